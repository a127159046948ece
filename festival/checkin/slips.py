"""Blank tickets, signed ahead: some on each phone for the time without a network, others printed on paper.

A slip becomes the ticket of one person when that person is registered; before that it opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, or_, select, update

from festival.checkin.models import CheckpointKind, Device, DeviceMode, Slip
from festival.core.clock import now
from festival.core.secrets import short_code
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Ticket
from festival.registration.tickets import slip_text

ON_PHONE = 10
"""Unused slips that a phone at an entrance carries: as many as it holds places (`leases.PLACES`)."""
MOST_PRINTED = 100
"""Blank slips of one print: a dozen sheets of paper, drawn in about two seconds."""


@dataclass(frozen=True)
class Batch:
    """Slips that were printed together: any one of them names the batch."""

    first: int
    made_at: datetime
    total: int
    used: int


def top_up(device: Device, at: datetime) -> int:
    """See that a phone of the staff at an entrance has `ON_PHONE` unused slips; gives how many it has now."""
    unused = db.session.scalar(select(func.count()).where(*_unused_of(device))) or 0
    at_entrance = any(checkpoint.kind is CheckpointKind.ENTRANCE for checkpoint in device.checkpoints)
    if device.mode is not DeviceMode.STAFF or device.revoked_at is not None or not at_entrance:
        return unused
    if at >= device.festival.ends or unused >= ON_PHONE:
        return unused
    _make(device.festival, ON_PHONE - unused, at, device.id)
    return ON_PHONE


def for_device(device: Device) -> list[dict[str, Any]]:
    """The unused slips of this phone, for its own eyes only: number, text of the QR, short code."""
    public_url = current_app.extensions["settings"].public_url
    mine = db.session.scalars(select(Slip).where(*_unused_of(device)).order_by(Slip.id))
    return [
        {
            "id": slip.id,
            "ticket": slip_text(slip.id, device.festival, public_url),
            "short_code": slip.short_code,
        }
        for slip in mine
    ]


def _unused_of(device: Device) -> tuple[Any, ...]:
    return Slip.device_id == device.id, Slip.ticket_id.is_(None)


def make_printed(festival: Festival, count: int) -> Batch:
    """New blank slips for paper, at most `MOST_PRINTED`; they belong to no phone."""
    made = _make(festival, min(count, MOST_PRINTED), now(), None)
    return Batch(made[0].id, made[0].made_at, len(made), 0)


def _make(festival: Festival, count: int, at: datetime, device_id: int | None) -> list[Slip]:
    """New slips whose codes no ticket and no slip of the festival has."""
    codes: set[str] = set()
    while len(codes) < count:
        fresh = {short_code() for _ in range(count - len(codes))}
        codes |= fresh - _taken(festival, fresh)
    slips = [Slip(festival_id=festival.id, device_id=device_id, short_code=code, made_at=at) for code in sorted(codes)]
    db.session.add_all(slips)
    db.session.flush()
    return slips


def _taken(festival: Festival, codes: set[str]) -> set[str]:
    taken: set[str] = set()
    for kind in (Ticket, Slip):
        taken.update(
            db.session.scalars(
                select(kind.short_code).where(kind.festival_id == festival.id, kind.short_code.in_(codes))
            )
        )
    return taken


def batches_of(festival: Festival) -> list[Batch]:
    """What was printed, the latest first."""
    rows = db.session.execute(
        select(func.min(Slip.id), Slip.made_at, func.count(), func.count(Slip.ticket_id))
        .where(Slip.festival_id == festival.id, Slip.device_id.is_(None))
        .group_by(Slip.made_at)
        .order_by(Slip.made_at.desc())
    )
    return [Batch(*row) for row in rows]


def blank_in_batch(festival: Festival, slip_id: int) -> Sequence[Slip] | None:
    """The slips printed together with this one that nobody has yet; None when it is no printed slip of the festival."""
    of_paper = (Slip.festival_id == festival.id, Slip.device_id.is_(None))
    made_at = db.session.scalar(select(Slip.made_at).where(Slip.id == slip_id, *of_paper))
    if made_at is None:
        return None
    return db.session.scalars(
        select(Slip).where(Slip.made_at == made_at, Slip.ticket_id.is_(None), *of_paper).order_by(Slip.id)
    ).all()


def give(device: Device, ticket: Ticket, slip_id: int | None, code: str | None) -> bool:
    """Make a slip of this phone, or a printed one, the ticket of a person; False when it is none of those, or was used.

    One statement decides, so that two phones never give the same printed slip to two people. The short code on it
    becomes the ticket's own.
    """
    which = Slip.id == slip_id if slip_id is not None else Slip.short_code == code
    given = db.session.scalar(
        update(Slip)
        .where(
            which,
            Slip.festival_id == device.festival_id,
            or_(Slip.device_id == device.id, Slip.device_id.is_(None)),
            Slip.ticket_id.is_(None),
        )
        .values(ticket_id=ticket.id)
        .returning(Slip.short_code)
        .execution_options(synchronize_session=False)
    )
    if given is None:
        return False
    taken = select(Ticket.id).where(Ticket.festival_id == ticket.festival_id, Ticket.short_code == given)
    if db.session.scalar(taken.where(Ticket.id != ticket.id)) is None:
        ticket.short_code = given
        db.session.flush()
    return True
