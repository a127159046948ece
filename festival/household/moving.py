"""A ticket moves to another relative, until the day: same code, same seats, another person.

The old name is gone everywhere the family and the door look: there is one row a ticket, and it names who comes. What
was agreed to for the one before says nothing about the new one, so the form asks again where it has to.
"""

from __future__ import annotations

import enum
from difflib import SequenceMatcher

from sqlalchemy import select, update

from festival.checkin.models import Admission, Scan
from festival.core.clock import now, today
from festival.core.text import fold
from festival.extensions import db
from festival.registration.changing import coming, take_turn
from festival.registration.models import Attendee, Ticket
from festival.registration.signing_up import Member

ALIKE = 0.6
"""How much two names must have in common to be one name, corrected; the share of letters in the same order."""


class MoveOutcome(enum.Enum):
    """DONE; or why nothing was changed: CLOSED (registration is), THE_DAY (the festival has begun), ADMITTED (somebody
    came in with the ticket), ALREADY_COMING (the new person has a ticket of this family)."""

    DONE = "done"
    CLOSED = "closed"
    THE_DAY = "the_day"
    ADMITTED = "admitted"
    ALREADY_COMING = "already_coming"


def may_move(attendee: Attendee) -> MoveOutcome:
    """Whether the ticket of this person could move now, and if not why.

    Not from midnight of the first day on: a door without a network may have let somebody in that nobody knows of yet.
    """
    festival = attendee.registration.festival
    if attendee.cancelled_at is not None or attendee.registration.cancelled_at is not None:
        return MoveOutcome.CLOSED
    if today() >= festival.first_day:
        return MoveOutcome.THE_DAY
    if was_let_in(attendee):
        return MoveOutcome.ADMITTED
    return MoveOutcome.DONE if festival.registration_open(now()) else MoveOutcome.CLOSED


def was_let_in(attendee: Attendee) -> bool:
    """Whether somebody went through with this ticket anywhere: an entrance, a class, a booth, a counter; also where it
    was undone later."""
    admitted = select(Admission.id).where(Admission.attendee_id == attendee.id)
    passed = select(Scan.id).where(Scan.attendee_id == attendee.id, Scan.passed)
    return db.session.scalar(select(admitted.exists() | passed.exists())) is True


def move_ticket(attendee: Attendee, member: Member, guardian_name: str | None) -> MoveOutcome:
    """Let the ticket of `attendee` be that of `member`. Its code, its seats and its places in line go along."""
    registration = attendee.registration
    take_turn(registration)
    outcome = may_move(attendee)
    if outcome is not MoveOutcome.DONE:
        return outcome
    if any(_is(other, member) for other in coming(registration)):
        return MoveOutcome.ALREADY_COMING
    attendee.name, attendee.birth_year, attendee.relation = member.name, member.birth_year, member.relation
    child = attendee.is_child(today().year)
    attendee.guardian_name = (guardian_name or registration.contact_name) if child else None
    attendee.changed_at = now()
    db.session.execute(update(Ticket).where(Ticket.attendee_id == attendee.id).values(changed_at=now()))
    return MoveOutcome.DONE


def _is(attendee: Attendee, member: Member) -> bool:
    return attendee.birth_year == member.birth_year and attendee.folded_name == fold(member.name)


def is_correction(attendee: Attendee, member: Member) -> bool:
    """Whether the new name and year may still mean the same person: either may have been wrong, not both at once.

    Once the day has begun or somebody came in with the ticket, anything else would be a move by another name.
    """
    old, new = attendee.folded_name, fold(member.name)
    if attendee.birth_year != member.birth_year:
        return old == new
    return old.split()[-1:] == new.split()[-1:] or SequenceMatcher(None, old, new).ratio() >= ALIKE


def only_corrections(attendee: Attendee) -> bool:
    """Whether another person may no longer take this one's place."""
    return may_move(attendee) in (MoveOutcome.THE_DAY, MoveOutcome.ADMITTED)
