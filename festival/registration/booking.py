"""Seats: taken by one statement that the database decides, given back the same way. Nobody oversells.

The caller commits. Whatever is refused here has changed nothing: a refusal of one session inside a larger change is
undone by the savepoint of whoever called (`signing_up.py`).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, Integer, bindparam, or_, select, update
from sqlalchemy.orm import joinedload

from festival.core.clock import now
from festival.core.prepared import Prepared
from festival.extensions import Base, db
from festival.programme.models import Festival, FestivalStatus, Session
from festival.registration.models import Attendee, Booking, BookingState

HOLDS_A_SEAT = (BookingState.CONFIRMED, BookingState.OFFERED)
STANDING = (*HOLDS_A_SEAT, BookingState.WAITLISTED)
"""Has a seat, was offered one, or waits for one."""


class SeatOutcome(enum.Enum):
    """What came of asking for seats. WAITLISTED: no seat yet, a place in line, as was asked for."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    FULL = "full"
    ANSWER_FIRST = "answer_first"
    """Some of the household were offered seats there: they say yes or no before others ask for more."""
    OVERLAPS = "overlaps"
    STARTED = "started"


@dataclass(frozen=True)
class SeatResult:
    """The outcome; with OVERLAPS, who is elsewhere then, and where; with FULL, how many seats are left and wanted."""

    outcome: SeatOutcome
    session: Session
    who: str = ""
    conflicting: Session | None = None
    seats_left: int = 0
    wanted: int = 0

    @property
    def granted(self) -> bool:
        """Whether everybody has what was asked for: a seat, or a place in line."""
        return self.outcome in (SeatOutcome.CONFIRMED, SeatOutcome.WAITLISTED)


# Written once: to write a statement costs more than the database needs for it.
_more = bindparam("more", type_=Integer)
_sessions, _festivals = (Base.metadata.tables[entity.__tablename__] for entity in (Session, Festival))
_TAKE_SEATS = Prepared(
    update(_sessions)
    .where(
        _sessions.c.id == bindparam("session", type_=Integer), _sessions.c.seats_taken + _more <= _sessions.c.capacity
    )
    .values(seats_taken=_sessions.c.seats_taken + _more)
    .returning(_sessions.c.id)
)
_LOCK = Prepared(
    select(_sessions.c.id)
    .where(_sessions.c.id == bindparam("session", type_=Integer))
    .with_for_update(key_share=True)  # SQLite has one writer anyway
)
_TAKE_PLACES = Prepared(
    update(_festivals)
    .where(
        _festivals.c.id == bindparam("of_festival", type_=Integer),
        _festivals.c.places_taken + _more <= _festivals.c.capacity,
        or_(_festivals.c.status == FestivalStatus.PUBLISHED, _festivals.c.status == FestivalStatus.LIVE),
    )
    .values(places_taken=_festivals.c.places_taken + _more)
    .returning(_festivals.c.id)
)


def _changed_one(statement: Any) -> bool:
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount == 1


def take_seats(session: Session, count: int) -> bool:
    """Take `count` seats if there are so many; one statement, so that two at once cannot both have the last one."""
    db.session.flush()  # a capacity that was changed just now counts
    return bool(_TAKE_SEATS.rows(session=session.id, more=count))


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
    db.session.flush()  # a capacity that was changed just now counts
    return bool(_TAKE_PLACES.rows(of_festival=festival.id, more=count))


def free_places(festival_id: int, count: int) -> None:
    """Give places of the venue back."""
    db.session.execute(
        update(Festival)
        .where(Festival.id == festival_id)
        .values(places_taken=Festival.places_taken - count)
        .execution_options(synchronize_session=False)
    )


def lock_sessions(ids: Collection[int]) -> Sequence[Session]:
    """These sessions by id, as they are now, and nobody else takes, frees or offers their seats until the transaction
    ends. By id, so that two transactions never wait in a circle; after the household and the venue."""
    return db.session.scalars(
        select(Session)
        .where(Session.id.in_(ids))
        .order_by(Session.id)
        .with_for_update(key_share=True, of=Session)
        .execution_options(populate_existing=True)
    ).all()


def standing_bookings(attendees: Iterable[Attendee]) -> Sequence[Booking]:
    """The bookings of these people that hold a seat or wait for one, as they are now, by session."""
    ids = [attendee.id for attendee in attendees]
    return db.session.scalars(
        select(Booking)
        .where(Booking.attendee_id.in_(ids), Booking.state.in_(STANDING))
        .options(joinedload(Booking.session))
        .order_by(Booking.session_id, Booking.id)
        .execution_options(populate_existing=True)
    ).all()


def find_overlap(
    session: Session, attendees: Sequence[Attendee], states: Collection[BookingState] = STANDING
) -> tuple[Attendee, Session] | None:
    """Who of them has or waits for a seat elsewhere at that time, and where. Who waited in vain is free again."""
    people, at = {attendee.id: attendee for attendee in attendees}, now()
    for booking in standing_bookings(attendees):
        other = booking.session
        over = booking.state is BookingState.WAITLISTED and other.starts_at <= at
        if booking.state in states and other.id != session.id and not over and other.overlaps(session):
            return people[booking.attendee_id], other
    return None


def request_seats(session: Session, attendees: Sequence[Attendee], *, waits: bool = False) -> SeatResult:
    """Give each of `attendees` (all of one household) a seat in `session`, or none of them; with `waits` put all of
    them on its waiting list where there are not enough.

    OVERLAPS names the first one who is elsewhere at that time; STARTED: it began already; FULL: not enough seats;
    ANSWER_FIRST: others of the household have an open offer there. Who has a seat there already keeps it and takes no
    second one. A household waits together: with those of it who wait there already, the others get seats together,
    or all stand at the end of the line.
    """
    if session.starts_at <= now():
        return SeatResult(SeatOutcome.STARTED, session)
    if overlap := find_overlap(session, attendees):
        return SeatResult(SeatOutcome.OVERLAPS, session, who=overlap[0].name, conflicting=overlap[1])
    known = _bookings_of_household(session, attendees)
    waiting = [booking for booking in known.values() if booking.state is BookingState.WAITLISTED]
    new = [a for a in attendees if a.id not in known or known[a.id].state not in STANDING]
    if not new:
        return SeatResult(SeatOutcome.WAITLISTED if waiting else SeatOutcome.CONFIRMED, session)
    if any(booking.state is BookingState.OFFERED for booking in known.values()):
        return SeatResult(SeatOutcome.ANSWER_FIRST, session)
    together = [*(booking.attendee_id for booking in waiting), *(attendee.id for attendee in new)]
    if take_seats(session, len(together)):
        state = BookingState.CONFIRMED
    elif waits:
        state = stand_in_line(session, len(together))
    else:
        db.session.refresh(session, ["seats_taken", "capacity"])
        return SeatResult(SeatOutcome.FULL, session, seats_left=session.seats_left, wanted=len(together))
    _book(session, together, known, state)
    outcome = SeatOutcome.CONFIRMED if state is BookingState.CONFIRMED else SeatOutcome.WAITLISTED
    return SeatResult(outcome, session)


def _bookings_of_household(session: Session, attendees: Sequence[Attendee]) -> dict[int, Booking]:
    """Whatever bookings there are in the session, by person: also of those who do not ask now."""
    households = {attendee.registration_id for attendee in attendees}
    rows = db.session.scalars(
        select(Booking)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Booking.session_id == session.id, Attendee.registration_id.in_(households))
        .execution_options(populate_existing=True)
    )
    return {booking.attendee_id: booking for booking in rows}


def stand_in_line(session: Session, count: int) -> BookingState:
    """Whether those who found the session full get seats after all, or wait. Looks once more, now that nobody can free
    seats meanwhile: whoever does so looks through the line in the same transaction, and would miss somebody who is
    about to stand in it. The seat would stay empty."""
    _LOCK.rows(session=session.id)
    return BookingState.CONFIRMED if take_seats(session, count) else BookingState.WAITLISTED


def _book(session: Session, people: Sequence[int], known: Mapping[int, Booking], state: BookingState) -> None:
    """Those who wait have waited since now: one place in line for all of them."""
    at = now()
    queued_at = at if state is BookingState.WAITLISTED else None
    for attendee_id in people:
        booking = known.get(attendee_id)
        if booking is None:
            booking = Booking(session_id=session.id, attendee_id=attendee_id)
            db.session.add(booking)
        booking.queued_at = queued_at
        booking.state, booking.created_at = state, at
    db.session.flush()


def cancel_booking(booking: Booking) -> bool:
    """Take a person out of a session: the seat is free, or the place in line; False when there was neither, so that
    the same one cancelled twice at once frees once. The caller has locked the session, and offers what is free."""
    out: dict[str, Any] = {"state": BookingState.CANCELLED, "offered_until": None}
    own = update(Booking).where(Booking.id == booking.id)
    if _changed_one(own.where(Booking.state.in_(HOLDS_A_SEAT)).values(**out)):
        free_seats(booking.session_id, 1)
        return True
    return _changed_one(own.where(Booking.state == BookingState.WAITLISTED).values(**out))
