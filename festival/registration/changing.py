"""What a household may change later: who comes, which sessions, and not coming at all. Seats are freed at once.

One change of a household at a time: each begins by taking its row (`take_turn`), then the venue, then sessions by id.
Two phones of a family, or one that taps twice, so never decide on what the other one is changing. Seats that become
free are offered to who waits for them, at the end of the same transaction.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from festival.core.clock import now, today
from festival.extensions import db
from festival.registration.booking import (
    STANDING,
    SeatResult,
    cancel_booking,
    free_places,
    lock_sessions,
    standing_bookings,
    take_places,
)
from festival.registration.models import Attendee, Booking, Registration
from festival.registration.signing_up import MAX_MEMBERS, Member, add_attendee, request_wishes
from festival.registration.waiting_list import offer_freed, sessions_due


class ChangeOutcome(enum.Enum):
    """What came of a change."""

    DONE = "done"
    CLOSED = "closed"
    VENUE_FULL = "venue_full"
    TOO_MANY = "too_many"
    LAST_ONE = "last_one"
    """Nobody would be left: that is a cancellation, which is asked for by itself."""
    SEATS_REFUSED = "seats_refused"


@dataclass(frozen=True)
class ChangeResult:
    """The outcome, and each refused session with its reason; a refused change has changed nothing."""

    outcome: ChangeOutcome
    refused: tuple[SeatResult, ...] = ()


DONE = ChangeResult(ChangeOutcome.DONE)


def coming(registration: Registration) -> list[Attendee]:
    """The members who have not been taken out."""
    return [attendee for attendee in registration.attendees if attendee.cancelled_at is None]


def _open(registration: Registration) -> bool:
    return registration.cancelled_at is None and registration.festival.registration_open(now())


def take_turn(registration: Registration) -> None:
    """Wait until nobody else changes this household, until the end of the transaction; then know it as it is now.

    PostgreSQL locks the row; SQLite has one writer anyway (BEGIN IMMEDIATE in `extensions`).
    """
    people = selectinload(Registration.attendees).selectinload(Attendee.bookings).selectinload(Booking.session)
    db.session.scalars(
        select(Registration)
        .where(Registration.id == registration.id)
        .options(people, selectinload(Registration.tickets))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def change_sessions(
    registration: Registration, wishes: Mapping[int, frozenset[int]], waits: frozenset[int] = frozenset()
) -> ChangeResult:
    """Let every member (by id) have exactly the sessions wished for, or wait for those in `waits` where they are full;
    sessions that began already stay as they are. Who is not wished to wait any more, or to be offered a seat, leaves.

    A seat may pass from one of the family to another before it is offered to anybody else.
    """
    take_turn(registration)
    if not _open(registration):
        return ChangeResult(ChangeOutcome.CLOSED)
    members = {attendee: wishes.get(attendee.id, frozenset()) for attendee in coming(registration)}
    savepoint = db.session.begin_nested()
    sessions = {booking.session_id for booking in standing_bookings(members)}.union(*members.values())
    lock_sessions(sessions)
    offer_freed(sessions_due(sessions))
    standing = standing_bookings(members)
    for booking in standing:
        attendee = next(member for member in members if member.id == booking.attendee_id)
        if booking.session_id not in members[attendee] and booking.session.starts_at > now():
            cancel_booking(booking)
    db.session.flush()
    kept = {(booking.attendee_id, booking.session_id) for booking in standing if booking.state in STANDING}
    wanted = {
        member: frozenset(session_id for session_id in ids if (member.id, session_id) not in kept)
        for member, ids in members.items()
    }
    refused = request_wishes(registration.festival, wanted, waits)
    if refused:
        savepoint.rollback()
        return ChangeResult(ChangeOutcome.SEATS_REFUSED, tuple(refused))
    offer_freed(sessions_due(sessions))
    savepoint.commit()
    return DONE


def add_member(registration: Registration, member: Member, guardian_name: str | None) -> ChangeResult:
    """One more person, while the venue and the household's size allow it."""
    take_turn(registration)
    if not _open(registration):
        return ChangeResult(ChangeOutcome.CLOSED)
    if len(coming(registration)) >= MAX_MEMBERS:
        return ChangeResult(ChangeOutcome.TOO_MANY)
    if not take_places(registration.festival, 1):
        db.session.refresh(registration.festival, ["status"])
        return ChangeResult(ChangeOutcome.VENUE_FULL if _open(registration) else ChangeOutcome.CLOSED)
    add_attendee(registration, member, guardian_name)
    return DONE


def edit_member(attendee: Attendee, member: Member, guardian_name: str | None) -> ChangeResult:
    """Correct a person's name, year of birth or relation; the ticket stays the same."""
    registration = attendee.registration
    take_turn(registration)
    if not _open(registration) or attendee.cancelled_at is not None:
        return ChangeResult(ChangeOutcome.CLOSED)
    attendee.name, attendee.birth_year, attendee.relation = member.name, member.birth_year, member.relation
    child = attendee.is_child(today().year)
    attendee.guardian_name = (guardian_name or attendee.guardian_name or registration.contact_name) if child else None
    return DONE


def remove_member(attendee: Attendee) -> ChangeResult:
    """Take a person out: ticket void, seats and place free. The last one stays. Repeating it changes nothing."""
    registration = attendee.registration
    take_turn(registration)
    if attendee.cancelled_at is not None:
        return DONE
    if not _open(registration):
        return ChangeResult(ChangeOutcome.CLOSED)
    if coming(registration) == [attendee]:
        return ChangeResult(ChangeOutcome.LAST_ONE)
    _release(registration, [attendee])
    return DONE


def cancel(registration: Registration) -> ChangeResult:
    """The whole household does not come. Repeating it changes nothing."""
    take_turn(registration)
    if registration.cancelled_at is not None:
        return DONE
    if not _open(registration):
        return ChangeResult(ChangeOutcome.CLOSED)
    _release(registration, coming(registration))
    registration.cancelled_at = now()
    for ticket in registration.tickets:  # the pass of the whole family too
        ticket.revoked_at = ticket.revoked_at or registration.cancelled_at
    return DONE


def leave(registration: Registration, leaving: list[Attendee]) -> None:
    """Take these people out whenever it is asked for, closed or not: for somebody who has their data deleted.

    The caller has taken its turn. With the last one who came the whole household is cancelled.
    """
    _release(registration, leaving)
    if registration.cancelled_at is None and leaving and not coming(registration):
        registration.cancelled_at = now()


def _release(registration: Registration, leaving: list[Attendee]) -> None:
    """Mark these people as not coming, once, and free what they held, also their places in line, so that what was too
    many may fit now: venue first, then sessions by id."""
    ids = [attendee.id for attendee in leaving]
    marked = db.session.scalars(
        update(Attendee)
        .where(Attendee.id.in_(ids), Attendee.cancelled_at.is_(None))
        .values(cancelled_at=now())
        .returning(Attendee.id)
    ).all()
    if not marked:
        return
    free_places(registration.festival_id, len(marked))
    sessions = {booking.session_id for booking in standing_bookings(leaving)}
    lock_sessions(sessions)
    for booking in standing_bookings(leaving):
        cancel_booking(booking)
    offer_freed(sessions_due(sessions))
    for ticket in registration.tickets:
        if ticket.attendee_id in marked:
            ticket.revoked_at = ticket.revoked_at or now()
