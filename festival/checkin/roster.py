"""What a phone needs to decide without asking: its checkpoints, its seats, its people, and how full the house is.

Everybody once, a page at a time; from then on whoever has changed (`roster_cursor.py`). Whom and what a phone may
see, `roster_scope.py` says; `roster_rows.py` reads it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from festival.checkin import leases, pairing, slips, stamping
from festival.checkin.headcount import Glance, headcount_lately
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, DeviceMode
from festival.checkin.roster_cursor import first_cursor, read_cursor
from festival.checkin.roster_rows import people_of, rows_of
from festival.checkin.roster_scope import scope_of
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Session, Workshop

MAX_WAITING = 1_000_000
MAX_OFFSET_MS = 10 * 366 * 86_400_000

_DEVICE = (
    select(Device)
    .where(Device.id == bindparam("device_id"))
    .options(
        joinedload(Device.festival),
        selectinload(Device.checkpoints).options(
            joinedload(Checkpoint.session), joinedload(Checkpoint.booth), joinedload(Checkpoint.festival)
        ),
    )
    .with_for_update(of=Device, key_share=True)
    .execution_options(populate_existing=True)
)
_STAMPS_GIVEN = (
    select(Admission.checkpoint_id, func.count())
    .where(Admission.checkpoint_id.in_(bindparam("checkpoint_ids", expanding=True)))
    .group_by(Admission.checkpoint_id)
)
_SESSIONS = (
    select(Session.id, Workshop.title, Session.room, Session.starts_at, Session.ends_at)
    .join(Workshop, Workshop.id == Session.workshop_id)
    .where(Session.festival_id == bindparam("festival_id"))
    .order_by(Session.starts_at, Session.id)
)


@dataclass(frozen=True)
class Contact:
    """A phone that has just been heard of, and what it holds: seats and places by checkpoint."""

    device: Device
    leases: Mapping[int, int]


def meet(device_id: int, at: datetime, waiting: int | None, clock_offset_ms: int | None) -> Contact | None:
    """Note that the phone called, fill up its leases and slips; None when it has been revoked at this very moment.

    `waiting` is how many scans it says it has not sent, `clock_offset_ms` how far its clock is behind; None or
    impossible: as it said before. Takes the device's row first, as revoking does, so that a phone that has just been
    revoked is given nothing. The caller commits.
    """
    device = db.session.scalars(_DEVICE, {"device_id": device_id}).unique().one()
    if device.revoked_at is not None:
        return None
    held = leases.top_up(device, at)
    slips.top_up(device, at)
    if waiting is None or not 0 <= waiting <= MAX_WAITING:
        waiting = device.waiting
    if clock_offset_ms is not None and abs(clock_offset_ms) > MAX_OFFSET_MS:
        clock_offset_ms = None
    pairing.note_seen(device, at, waiting, clock_offset_ms)
    return Contact(device, held)


def read_roster(contact: Contact, since: str, at: datetime) -> dict[str, Any]:
    """The answer to a phone that has the roster as far as the cursor `since` (empty: nothing yet).

    A cursor of another device, of another scope or of none at all begins anew and says so: `reset` tells the phone to
    drop the people it has. `more`: call again at once with the new cursor.
    """
    device = contact.device
    festival = device.festival
    over = is_over(festival, at)
    scope = scope_of(device, over=over)
    known = read_cursor(since, scope.fingerprint, at)
    cursor = known.begin_again(at) if known else first_cursor(scope.fingerprint, at)
    ids, more = people_of(scope, cursor.since, cursor.after)
    return {
        "now": at.isoformat(),
        "cursor": (cursor.moved_to(ids[-1]) if more else cursor.round_done()).text,
        "more": more,
        "reset": bool(since) and known is None,
        "scope": scope.reach.value,
        "festival": _festival(festival, over=over),
        "device": {"id": device.id, "name": device.name, "on_duty": device.on_duty, "mode": device.mode.value},
        "checkpoints": _checkpoints(contact),
        "sessions": _sessions(festival) if scope.all_bookings and not cursor.after else [],
        "people": rows_of(scope, ids),
        "slips": [] if over else slips.for_device(device),
        "headcount": _headcount(headcount_lately(festival, at)),
    }


def is_over(festival: Festival, at: datetime) -> bool:
    """Whether phones are to forget the people: closed by the organizer, or its last day has passed."""
    closed = festival.status in (FestivalStatus.CLOSED, FestivalStatus.ARCHIVED)
    past: bool = local(at).date() > festival.last_day
    return closed or past


def _festival(festival: Festival, *, over: bool) -> dict[str, Any]:
    return {
        "id": festival.id,
        "name": festival.name,
        "first_day": _day(festival.first_day),
        "last_day": _day(festival.last_day),
        "ends": festival.ends.isoformat(),
        "over": over,
        "public_key": _base64url(festival.public_key),
    }


def _checkpoints(contact: Contact) -> list[dict[str, Any]]:
    places = contact.device.checkpoints
    booths = [place.id for place in places if place.kind is CheckpointKind.BOOTH]
    rows = db.session.execute(_STAMPS_GIVEN, {"checkpoint_ids": booths}).all() if booths else []
    given = {row[0]: row[1] for row in rows}
    return [_checkpoint(place, contact, given.get(place.id, 0)) for place in places]


def _checkpoint(place: Checkpoint, contact: Contact, stamps_given: int) -> dict[str, Any]:
    session = place.session
    return {
        "id": place.id,
        "kind": place.kind.value,
        "name": place.name,
        "opens": _clock(place.opens),
        "closes": _clock(place.closes),
        "starts_at": session.starts_at.isoformat() if session else None,
        "ends_at": session.ends_at.isoformat() if session else None,
        "opens_before": place.opens_before,
        "re_entry": place.re_entry,
        "walk_ins": place.walk_ins,
        "per_household": place.per_household,
        "stamps_needed": place.stamps_needed,
        "stock_left": None if place.stock is None else place.stock - place.stock_taken,
        "session": place.session_id,
        "room": session.room if session else "",
        "skills": place.booth.skill_list if place.booth else [],
        "lease": contact.leases.get(place.id, 0),
        "stamp": _stamp(place, contact.device, stamps_given),
    }


def _stamp(place: Checkpoint, device: Device, given: int) -> dict[str, Any] | None:
    """For the booth's own people the numbers of the days and how many stamps it has given; only for its screen the key
    that makes codes."""
    if place.kind is not CheckpointKind.BOOTH or device.mode is DeviceMode.KIOSK:
        return None
    screen = device.mode is DeviceMode.SCREEN
    return {
        "key": _base64url(stamping.key_of(place.id)) if screen else None,
        "numbers": stamping.numbers_of(place.id, device.festival),
        "given": given,
    }


def _sessions(festival: Festival) -> list[list[Any]]:
    """The programme, to name what somebody has booked: session, title, room, start, end."""
    return [
        [session_id, title, room, starts_at.isoformat(), ends_at.isoformat()]
        for session_id, title, room, starts_at, ends_at in db.session.execute(_SESSIONS, {"festival_id": festival.id})
    ]


def _headcount(count: Glance) -> dict[str, int]:
    return {
        "inside": count.inside,
        "total": count.total,
        "capacity": count.capacity,
        "percent": count.percent,
        "waiting": count.waiting,
        "doors_late": count.late,
    }


def _clock(clock: time | None) -> str | None:
    return f"{clock:%H:%M}" if clock is not None else None


def _day(day: date) -> str:
    return day.isoformat()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
