"""Making the places where scans happen: entrances by name, one for each session or booth at a stroke."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, Scan, device_checkpoints
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Festival, Session

NAME_LENGTH = 200


class Removal(enum.Enum):
    """What became of the wish to remove a checkpoint."""

    REMOVED = "removed"
    HAS_SCANS = "has_scans"


@dataclass(frozen=True)
class CheckpointRow:
    """A checkpoint with what an organizer wants to see beside it."""

    checkpoint: Checkpoint
    admitted: int
    devices: int


def checkpoints_of(festival: Festival) -> list[CheckpointRow]:
    """The festival's checkpoints: entrances first, then sessions by their start, then booths by code."""
    admitted = _count_by_checkpoint(select(Admission.checkpoint_id, func.count()).group_by(Admission.checkpoint_id))
    devices = _count_by_checkpoint(
        select(device_checkpoints.c.checkpoint_id, func.count())
        .join(Device, Device.id == device_checkpoints.c.device_id)
        .where(Device.festival_id == festival.id, Device.revoked_at.is_(None))
        .group_by(device_checkpoints.c.checkpoint_id)
    )
    return [
        CheckpointRow(checkpoint, admitted.get(checkpoint.id, 0), devices.get(checkpoint.id, 0))
        for checkpoint in sorted_checkpoints(festival)
    ]


def _count_by_checkpoint(query: object) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(query)}  # type: ignore[call-overload]


def sorted_checkpoints(festival: Festival) -> Sequence[Checkpoint]:
    """Entrances, sessions in the order of the day, booths."""
    order = [CheckpointKind.ENTRANCE, CheckpointKind.SESSION, CheckpointKind.BOOTH]
    found = db.session.execute(
        select(Checkpoint, Session.starts_at)
        .outerjoin(Session, Session.id == Checkpoint.session_id)
        .where(Checkpoint.festival_id == festival.id)
    ).all()
    in_order = sorted(found, key=lambda row: (order.index(row[0].kind), str(row[1] or ""), row[0].name, row[0].id))
    return [row[0] for row in in_order]


def add_entrance(festival: Festival, name: str) -> Checkpoint:
    """A new entrance; several doors may scan for it, and a ticket enters through one of them once."""
    checkpoint = Checkpoint(festival_id=festival.id, kind=CheckpointKind.ENTRANCE, name=name)
    db.session.add(checkpoint)
    db.session.flush()
    return checkpoint


def _take_turn(festival: Festival) -> None:
    """Wait until nobody else makes checkpoints for this festival, until the end of the transaction: a button is tapped
    twice, and a session has one checkpoint."""
    db.session.execute(select(Festival.id).where(Festival.id == festival.id).with_for_update(key_share=True))


def add_for_sessions(festival: Festival) -> int:
    """A checkpoint for each session that has none yet; how many are new."""
    _take_turn(festival)
    missing = (
        select(Session)
        .outerjoin(Checkpoint, Checkpoint.session_id == Session.id)
        .where(Session.festival_id == festival.id, Checkpoint.id.is_(None))
        .order_by(Session.starts_at, Session.id)
    )
    sessions = db.session.scalars(missing).all()
    for session in sessions:
        title = f"{local(session.starts_at):%H:%M} {session.workshop.title}"
        name = f"{title[: NAME_LENGTH - 60]} · {session.room[:50]}" if session.room else title[:NAME_LENGTH]
        db.session.add(
            Checkpoint(festival_id=festival.id, kind=CheckpointKind.SESSION, name=name, session_id=session.id)
        )
    db.session.flush()
    return len(sessions)


def add_for_booths(festival: Festival) -> int:
    """A checkpoint for each approved booth that has none yet; how many are new."""
    _take_turn(festival)
    missing = (
        select(Booth)
        .outerjoin(Checkpoint, Checkpoint.booth_id == Booth.id)
        .where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED, Checkpoint.id.is_(None))
        .order_by(Booth.code)
    )
    booths = db.session.scalars(missing).all()
    for booth in booths:
        name = f"{booth.code} {booth.name}"[:NAME_LENGTH]
        db.session.add(Checkpoint(festival_id=festival.id, kind=CheckpointKind.BOOTH, name=name, booth_id=booth.id))
    db.session.flush()
    return len(booths)


def find_checkpoint(festival: Festival, checkpoint_id: int) -> Checkpoint | None:
    """That checkpoint of this festival, or None."""
    return db.session.scalar(
        select(Checkpoint).where(Checkpoint.id == checkpoint_id, Checkpoint.festival_id == festival.id)
    )


def remove(checkpoint: Checkpoint) -> Removal:
    """Remove a checkpoint where nothing was ever scanned; scans are never lost."""
    if db.session.scalar(select(Scan.id).where(Scan.checkpoint_id == checkpoint.id).limit(1)) is not None:
        return Removal.HAS_SCANS
    try:
        with db.session.begin_nested():
            db.session.delete(checkpoint)
    except IntegrityError:  # scanned at this very moment
        return Removal.HAS_SCANS
    return Removal.REMOVED
