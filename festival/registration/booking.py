"""Seats: taken by one statement that the database decides, given back the same way. Nobody oversells.

The caller commits. Whatever is refused here has changed nothing: a refusal of one session inside a larger change is
undone by the savepoint of whoever called (`signing_up.py`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import joinedload

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Session
from festival.registration.models import Attendee, Booking, BookingState

HOLDS_A_SEAT = (BookingState.CONFIRMED, BookingState.OFFERED)


class SeatOutcome(enum.Enum):
    """What came of asking for seats."""

    CONFIRMED = "confirmed"
    FULL = "full"
    OVERLAPS = "overlaps"
    STARTED = "started"


@dataclass(frozen=True)
class SeatResult:
    """The outcome; with OVERLAPS, who is elsewhere then, and where; with FULL, how many seats are left."""

    outcome: SeatOutcome
    session: Session
    who: str = ""
    conflicting: Session | None = None
    seats_left: int = 0


def _changed_one(statement: Any) -> bool:
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1


def take_seats(session: Session, count: int) -> bool:
    """Take `count` seats if there are so many; one statement, so that two at once cannot both have the last one."""
    return _changed_one(
        update(Session)
        .where(Session.id == session.id, Session.seats_taken + count <= Session.capacity)
        .values(seats_taken=Session.seats_taken + count)
        .execution_options(synchronize_session=False)
    )


def free_seats(session_id: int, count: int) -> None:
    """Give seats back."""
    db.session.execute(
        update(Session)
        .where(Session.id == session_id)
        .values(seats_taken=Session.seats_taken - count)
        .execution_options(synchronize_session=False)
    )


def take_places(festival: Festival, count: int) -> bool:
    """Take `count` places of the venue's capacity if there are so many, and the festival is still open to residents."""
    return _changed_one(
        update(Festival)
        .where(
            Festival.id == festival.id,
            Festival.places_taken + count <= Festival.capacity,
            Festival.status.in_((FestivalStatus.PUBLISHED, FestivalStatus.LIVE)),
        )
        .values(places_taken=Festival.places_taken + count)
        .execution_options(synchronize_session=False)
    )


def free_places(festival_id: int, count: int) -> None:
    """Give places of the venue back."""
    db.session.execute(
        update(Festival)
        .where(Festival.id == festival_id)
        .values(places_taken=Festival.places_taken - count)
        .execution_options(synchronize_session=False)
    )


def held_bookings(attendees: Iterable[Attendee]) -> Sequence[Booking]:
    """The bookings of these people that hold a seat, with their sessions."""
    ids = [attendee.id for attendee in attendees]
    return db.session.scalars(
        select(Booking)
        .where(Booking.attendee_id.in_(ids), Booking.state.in_(HOLDS_A_SEAT))
        .options(joinedload(Booking.session))
    ).all()


def find_overlap(session: Session, attendees: Sequence[Attendee]) -> tuple[Attendee, Session] | None:
    """Who of them already has a seat at that time, and where."""
    people = {attendee.id: attendee for attendee in attendees}
    for booking in held_bookings(attendees):
        if booking.session_id != session.id and booking.session.overlaps(session):
            return people[booking.attendee_id], booking.session
    return None


def request_seats(session: Session, attendees: Sequence[Attendee]) -> SeatResult:
    """Give each of `attendees` (all of one household) a seat in `session`, or none of them.

    OVERLAPS names the first one who is elsewhere at that time; STARTED: it began already; FULL: not enough seats.
    Who has a seat there already keeps it and takes no second one.
    """
    if session.starts_at <= now():
        return SeatResult(SeatOutcome.STARTED, session)
    if overlap := find_overlap(session, attendees):
        return SeatResult(SeatOutcome.OVERLAPS, session, who=overlap[0].name, conflicting=overlap[1])
    known = {
        booking.attendee_id: booking
        for booking in db.session.scalars(
            select(Booking).where(Booking.session_id == session.id, Booking.attendee_id.in_([a.id for a in attendees]))
        )
    }
    new = [a for a in attendees if a.id not in known or known[a.id].state not in HOLDS_A_SEAT]
    if new and not take_seats(session, len(new)):
        db.session.refresh(session, ["seats_taken", "capacity"])
        return SeatResult(SeatOutcome.FULL, session, seats_left=session.seats_left)
    for attendee in new:
        if booking := known.get(attendee.id):
            booking.state, booking.created_at = BookingState.CONFIRMED, now()
        else:
            db.session.add(Booking(session_id=session.id, attendee_id=attendee.id, state=BookingState.CONFIRMED))
    return SeatResult(SeatOutcome.CONFIRMED, session)


def cancel_booking(booking: Booking) -> bool:
    """Give one seat back; False when it held none (cancelled twice at once frees once)."""
    held = _changed_one(
        update(Booking)
        .where(Booking.id == booking.id, Booking.state.in_(HOLDS_A_SEAT))
        .values(state=BookingState.CANCELLED)
    )
    if held:
        free_seats(booking.session_id, 1)
    return held
