"""Making, changing and removing the places where scans happen. What is done is in the audit log; the caller commits."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError

from festival.accounts.audit import record, values_of
from festival.checkin.models import (
    Admission,
    Checkpoint,
    CheckpointKind,
    Device,
    FormerCheckpoint,
    Lease,
    Scan,
    device_checkpoints,
)
from festival.checkin.pairing import HANDS_IN
from festival.core.clock import local, now
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Festival, Session

NAME_LENGTH = 200
ROOM_LENGTH = 50


class Saving(enum.Enum):
    """What came of a change."""

    SAVED = "saved"
    TAKEN = "taken"
    """This session or booth has a checkpoint already."""
    STOCK_TOO_SMALL = "stock_too_small"
    """More has been given out than the new stock."""
    GIVEN_OUT = "given_out"
    """Once per person or per household can no longer change: something was given out by the old rule."""


class Removal(enum.Enum):
    """What became of the wish to remove a checkpoint."""

    REMOVED = "removed"
    HAS_SCANS = "has_scans"
    HAS_PHONES = "has_phones"
    """A phone that is not revoked scans for it, or did within a day, and may hold scans that it has not sent."""


@dataclass(frozen=True)
class Made:
    """How many checkpoints are new, and how many have a new name because their session or booth has changed."""

    new: int
    renamed: int


def sorted_checkpoints(festival: Festival) -> Sequence[Checkpoint]:
    """Entrances, sessions in the order of the day, booths by code, volunteers, what is handed out."""
    order = list(CheckpointKind)
    found = db.session.execute(
        select(Checkpoint, Session.starts_at)
        .outerjoin(Session, Session.id == Checkpoint.session_id)
        .where(Checkpoint.festival_id == festival.id)
    ).all()
    in_order = sorted(found, key=lambda row: (order.index(row[0].kind), str(row[1] or ""), row[0].name, row[0].id))
    return [row[0] for row in in_order]


def find_checkpoint(festival: Festival, checkpoint_id: int) -> Checkpoint | None:
    """That checkpoint of this festival, or None."""
    return db.session.scalar(
        select(Checkpoint).where(Checkpoint.id == checkpoint_id, Checkpoint.festival_id == festival.id)
    )


def save(checkpoint: Checkpoint, values: Mapping[str, Any]) -> Saving:
    """Set `values` on a checkpoint, new or known; its festival and kind stand already. A refusal changes nothing.

    One of a session or a booth takes its name from there.
    """
    values, is_new = dict(values), checkpoint.id is None
    before = None if is_new else values_of(checkpoint)
    if not is_new:
        if values.get("per_household", checkpoint.per_household) != checkpoint.per_household and _was_used(checkpoint):
            return Saving.GIVEN_OUT
        if not _change_stock(checkpoint, values.pop("stock", checkpoint.stock)):
            return Saving.STOCK_TOO_SMALL
    try:
        with db.session.begin_nested():
            for name, value in values.items():
                setattr(checkpoint, name, value)
            checkpoint.name = _name_of_place(checkpoint) or checkpoint.name
            db.session.add(checkpoint)
    except IntegrityError:
        return Saving.TAKEN
    after = values_of(checkpoint)
    if before != after:
        action = "checkpoint.added" if is_new else "checkpoint.edited"
        record(action, checkpoint.name, festival_id=checkpoint.festival_id, before=before, after=after)
    return Saving.SAVED


def _was_used(checkpoint: Checkpoint) -> bool:
    return db.session.scalar(select(Admission.id).where(Admission.checkpoint_id == checkpoint.id).limit(1)) is not None


def _change_stock(checkpoint: Checkpoint, stock: int | None) -> bool:
    """One statement decides, so that what is given out at the same moment is not run over."""
    if stock == checkpoint.stock:
        return True
    statement = update(Checkpoint).where(Checkpoint.id == checkpoint.id).values(stock=stock)
    if stock is not None:
        statement = statement.where(Checkpoint.stock_taken <= stock)
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.refresh(checkpoint)
    return isinstance(result, CursorResult) and result.rowcount == 1


def _name_of_place(checkpoint: Checkpoint) -> str | None:
    if checkpoint.session_id is not None:
        return name_of_session(db.session.get_one(Session, checkpoint.session_id), checkpoint.festival_id)
    if checkpoint.booth_id is not None:
        return name_of_booth(db.session.get_one(Booth, checkpoint.booth_id))
    return None


def name_of_session(session: Session, festival_id: int) -> str:
    """Time, what is taught and room; with the day where the festival has several."""
    festival = db.session.get_one(Festival, festival_id)
    starts = local(session.starts_at)
    when = f"{starts:%H:%M}" if festival.first_day == festival.last_day else f"{starts:%d/%m %H:%M}"
    room = f" · {session.room[:ROOM_LENGTH]}" if session.room else ""
    return f"{when} {session.workshop.title}"[: NAME_LENGTH - len(room)] + room


def name_of_booth(booth: Booth) -> str:
    """Code and name, as on the sign."""
    return f"{booth.code} {booth.name}"[:NAME_LENGTH]


def _take_turn(festival: Festival) -> None:
    """Wait until nobody else makes checkpoints for this festival, until the end of the transaction: a button is tapped
    twice, and a session has one checkpoint."""
    db.session.execute(select(Festival.id).where(Festival.id == festival.id).with_for_update(key_share=True))


def sessions_without(festival: Festival) -> Sequence[Session]:
    """The sessions that have no checkpoint yet, by time."""
    return db.session.scalars(
        select(Session)
        .outerjoin(Checkpoint, Checkpoint.session_id == Session.id)
        .where(Session.festival_id == festival.id, Checkpoint.id.is_(None))
        .order_by(Session.starts_at, Session.id)
    ).all()


def booths_without(festival: Festival) -> Sequence[Booth]:
    """The approved booths that have no checkpoint yet, by code."""
    return db.session.scalars(
        select(Booth)
        .outerjoin(Checkpoint, Checkpoint.booth_id == Booth.id)
        .where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED, Checkpoint.id.is_(None))
        .order_by(Booth.code)
    ).all()


def add_for_sessions(festival: Festival) -> Made:
    """A checkpoint for each session that has none yet, and for the others the session's name of today."""
    _take_turn(festival)
    renamed = _rename(festival, CheckpointKind.SESSION)
    sessions = sessions_without(festival)
    for session in sessions:
        name = name_of_session(session, festival.id)
        db.session.add(
            Checkpoint(festival_id=festival.id, kind=CheckpointKind.SESSION, name=name, session_id=session.id)
        )
    return _made(festival, "sessions", len(sessions), renamed)


def add_for_booths(festival: Festival) -> Made:
    """A checkpoint for each approved booth that has none yet, and for the others the booth's name of today."""
    _take_turn(festival)
    renamed = _rename(festival, CheckpointKind.BOOTH)
    booths = booths_without(festival)
    for booth in booths:
        db.session.add(
            Checkpoint(festival_id=festival.id, kind=CheckpointKind.BOOTH, name=name_of_booth(booth), booth_id=booth.id)
        )
    return _made(festival, "booths", len(booths), renamed)


def _rename(festival: Festival, kind: CheckpointKind) -> int:
    renamed = 0
    known = select(Checkpoint).where(Checkpoint.festival_id == festival.id, Checkpoint.kind == kind)
    for checkpoint in db.session.scalars(known).all():
        name = _name_of_place(checkpoint) or checkpoint.name
        renamed += name != checkpoint.name
        checkpoint.name = name
    return renamed


def _made(festival: Festival, of: str, new: int, renamed: int) -> Made:
    db.session.flush()
    if new or renamed:
        after = {"new": new, "renamed": renamed}
        record(f"checkpoint.added_for_{of}", str(new), festival_id=festival.id, after=after)
    return Made(new, renamed)


def allow_walk_ins(festival: Festival, allowed: bool) -> int:
    """Let all sessions' checkpoints admit walk-ins while seats last, or none of them; gives how many have changed.

    Seats that phones hold for walk-ins come back at the phones' next contact (`leases`).
    """
    changed = db.session.scalars(
        update(Checkpoint)
        .where(
            Checkpoint.festival_id == festival.id,
            Checkpoint.kind == CheckpointKind.SESSION,
            Checkpoint.walk_ins.is_(not allowed),
        )
        .values(walk_ins=allowed)
        .returning(Checkpoint.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.expire_all()
    if changed:
        after = {"walk_ins": allowed, "checkpoints": sorted(changed)}
        record("checkpoint.walk_ins", str(len(changed)), festival_id=festival.id, after=after)
    return len(changed)


def remove(checkpoint: Checkpoint) -> Removal:
    """Remove a checkpoint where nothing was ever scanned and that no phone scans for; scans are never lost."""
    used = select(Scan.id).where(Scan.checkpoint_id == checkpoint.id)
    if db.session.scalar(used.limit(1)) is not None or _was_used(checkpoint):
        return Removal.HAS_SCANS
    phones = (
        select(Device.id)
        .join(device_checkpoints, device_checkpoints.c.device_id == Device.id)
        .where(device_checkpoints.c.checkpoint_id == checkpoint.id)
    )
    lately = (
        select(Device.id)
        .join(FormerCheckpoint, FormerCheckpoint.device_id == Device.id)
        .where(FormerCheckpoint.checkpoint_id == checkpoint.id, FormerCheckpoint.until > now() - HANDS_IN)
    )
    for holding in (phones, lately):
        if db.session.scalar(holding.where(Device.revoked_at.is_(None)).limit(1)) is not None:
            return Removal.HAS_PHONES
    before, name, festival_id = values_of(checkpoint), checkpoint.name, checkpoint.festival_id
    try:
        with db.session.begin_nested():
            db.session.execute(delete(Lease).where(Lease.checkpoint_id == checkpoint.id, Lease.granted == 0))
            db.session.delete(checkpoint)
    except IntegrityError:  # scanned at this very moment
        return Removal.HAS_SCANS
    record("checkpoint.removed", name, festival_id=festival_id, before=before)
    return Removal.REMOVED
