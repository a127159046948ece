"""Taking back an admission: by the device that made it within a quarter of an hour, by a door manager always.

The scan stays, marked as undone. The admission goes to the next earliest scan that let the person in, if there is one.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from festival.checkin import claims
from festival.checkin.admitting import insert_admissions
from festival.checkin.decision import Verdict
from festival.checkin.models import Admission, Checkpoint, Device, Scan, ShownSkill
from festival.core.clock import now
from festival.core.text import tidy
from festival.extensions import db
from festival.registration.models import Attendee
from festival.registration.waiting_list import offer_freed

UNDO_WITHIN = timedelta(minutes=15)
LONGEST_REASON = 200


class UndoOutcome(enum.Enum):
    """What came of it: DONE_BEFORE changes nothing; TOO_LATE and NOT_YOURS are for devices only."""

    UNDONE = "undone"
    UNKNOWN = "unknown"
    TOO_LATE = "too_late"
    NOT_YOURS = "not_yours"
    DONE_BEFORE = "done_before"


def find_scan(festival_id: int, scan_id: UUID) -> Scan | None:
    """That scan of this festival, locked so that it is undone once; None when there is none."""
    return db.session.scalar(
        select(Scan)
        .where(Scan.id == scan_id, Scan.festival_id == festival_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def undo(
    scan: Scan,
    reason: str,
    at: datetime,
    by_user: int | None = None,
    by_device: Device | None = None,
    before: Collection[int] = (),
) -> UndoOutcome:
    """Take back what `scan` did, for all of its people; `at` is when somebody pressed it. The caller commits.

    `before` are the devices that the same phone was before it was paired again.
    """
    if by_device is not None and scan.device_id not in (by_device.id, *before):
        return UndoOutcome.NOT_YOURS
    if scan.undone_at is not None:
        return UndoOutcome.DONE_BEFORE
    if by_device is not None and _is_too_late(scan, at, by_device.revoked_at):
        return UndoOutcome.TOO_LATE
    parts = db.session.scalars(
        select(Scan)
        .where(or_(Scan.id == scan.id, Scan.part_of == scan.id), Scan.undone_at.is_(None))
        .order_by(Scan.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    checkpoint = db.session.get_one(Checkpoint, scan.checkpoint_id)
    claims.take_turn(checkpoint)
    for part in parts:
        part.undone_at, part.undone_by, part.undo_reason = at, by_user, tidy(reason)[:LONGEST_REASON]
    db.session.flush()
    ids = [part.id for part in parts]
    for seat in claims.seats_of(ids):
        following = _next_scan(checkpoint, seat.attendee_id)
        if following is None:
            claims.return_seat(seat)
        else:
            claims.hand_on(seat, following.id)
    if checkpoint.session_id is not None:
        offer_freed([checkpoint.session_id])
    _pass_on(checkpoint, ids)
    db.session.execute(delete(ShownSkill).where(ShownSkill.scan_id.in_(ids)))
    _tell_phones([part.attendee_id for part in parts if part.attendee_id is not None])
    return UndoOutcome.UNDONE


def _is_too_late(scan: Scan, at: datetime, revoked_at: datetime | None) -> bool:
    """Whether the device pressed it too late. When that was, only the device says; of one that was revoked, which may
    be in the wrong hands, only what came in the last quarter of an hour before or since is believed."""
    stale = revoked_at is not None and scan.received_at < revoked_at - UNDO_WITHIN
    return stale or at - scan.scanned_at > UNDO_WITHIN


def _tell_phones(people: Sequence[int]) -> None:
    """Phones learn of it by the person: an admission that is gone has no row to tell. By the whole household, because
    it may have shared what was taken back; and from now on, whenever it was undone, for phones ask what is new."""
    households = select(Attendee.registration_id).where(Attendee.id.in_(people))
    db.session.execute(
        update(Attendee)
        .where(Attendee.registration_id.in_(households))
        .values(changed_at=now())
        .execution_options(synchronize_session=False)
    )


def _pass_on(checkpoint: Checkpoint, ids: Sequence[UUID]) -> None:
    """Give the admissions of these scans to the next ones. Deleting first makes doors that write now wait for us, and
    what they have written before is found."""
    freed = db.session.execute(
        delete(Admission)
        .where(Admission.scan_id.in_(ids))
        .returning(Admission.attendee_id)
        .execution_options(synchronize_session=False)
    )
    owners = sorted(freed.scalars())
    for owner in owners:
        following = _next_scan(checkpoint, owner)
        if following is None:
            claims.return_stock(checkpoint.id)
            continue
        row = {
            "attendee_id": owner,
            "checkpoint_id": checkpoint.id,
            "device_id": following.device_id,
            "scan_id": following.id,
            "admitted_at": following.scanned_at,
            "changed_at": now(),
        }
        insert_admissions(db.session.connection(), [row], take_over=True)


def _next_scan(checkpoint: Checkpoint, owner: int) -> Scan | None:
    """The earliest scan left that let this person (or anybody of the household that the person stands for) in here."""
    people = select(Attendee.id).where(Attendee.id == owner)
    if checkpoint.per_household:
        household = select(Attendee.registration_id).where(Attendee.id == owner).scalar_subquery()
        people = select(Attendee.id).where(Attendee.registration_id == household)
    let_in = (Verdict.ADMITTED.value, Verdict.ALREADY_ADMITTED.value)
    return db.session.scalar(
        select(Scan)
        .where(
            Scan.attendee_id.in_(people),
            Scan.checkpoint_id == checkpoint.id,
            Scan.direction == "in",
            Scan.passed,
            Scan.verdict.in_(let_in),
            Scan.undone_at.is_(None),
        )
        .order_by(Scan.scanned_at, Scan.id)
        .limit(1)
    )
