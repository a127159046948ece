"""Registering one person who stands at the door without a ticket.

Allowed until the festival ends, also when the registration on the web is closed or was never opened: who came is here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from festival.core.prepared import TAKEN
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus
from festival.registration import household_rows
from festival.registration.models import Registration
from festival.registration.signing_up import Household, SignUpOutcome, SignUpResult, find_submission


def submission_of(walk_in_id: UUID) -> str:
    """The mark of a walk-in's registration. Its colon is in no mark of a form: nobody can open it there."""
    return f"walk-in:{walk_in_id}"


def find_walk_in(festival: Festival, walk_in_id: UUID) -> Registration | None:
    """What the walk-in with this id registered in this festival, or None."""
    return find_submission(festival, submission_of(walk_in_id))


def register_walk_in(
    festival: Festival, household: Household, came_at: datetime, take_place: Callable[[], bool]
) -> SignUpResult:
    """Register the one person of `household` (made with `walk_in=True`), who came at `came_at`, or do nothing.

    `take_place` takes a place of the venue: one that the door holds already, or a free one. DONE; REPEATED: the same
    walk-in again, here is what it made; CLOSED: the festival is not open to residents or was over then; VENUE_FULL.
    """
    if known := find_submission(festival, household.submission):
        return SignUpResult(SignUpOutcome.REPEATED, known.id)
    if not _open(festival, came_at):
        return SignUpResult(SignUpOutcome.CLOSED)
    savepoint = db.session.begin_nested()
    if not take_place():
        savepoint.rollback()
        db.session.refresh(festival, ["status"])
        # Taken back into a draft at this very moment: then there is no place either.
        return SignUpResult(SignUpOutcome.VENUE_FULL if _open(festival, came_at) else SignUpOutcome.CLOSED)
    try:
        written = household_rows.write(festival.id, household)
    except TAKEN:
        savepoint.rollback()
        known = find_submission(festival, household.submission)
        return SignUpResult(SignUpOutcome.REPEATED, known.id) if known else SignUpResult(SignUpOutcome.CLOSED)
    savepoint.commit()
    return SignUpResult(SignUpOutcome.DONE, written.registration_id, public_id=written.public_id)


def _open(festival: Festival, at: datetime) -> bool:
    return festival.status in (FestivalStatus.PUBLISHED, FestivalStatus.LIVE) and at < festival.ends
