"""The waiting list: who is next, and offering seats as they become free. Nobody jumps the line.

A household waits for a session together and is offered seats together. The line's order is since when it waits
(`queued_at`), then the registration. Freed seats go to the first that fits: a smaller household may pass a larger one
only while the larger one does not fit into what is free. So after every change no seat is empty for which somebody who
fits waits, and whoever then asks for seats that are free takes them from nobody (`docs/decisions/waiting-list.md`).

Who waits, was offered seats or gave some back changes only under the session's lock (`booking.lock_sessions`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Select, and_, bindparam, func, or_, select

from festival.core.clock import now
from festival.core.prepared import Prepared
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Session
from festival.registration import notices
from festival.registration.answer_times import answer_by
from festival.registration.booking import HOLDS_A_SEAT, find_overlap, free_seats, lock_sessions, take_seats
from festival.registration.models import Attendee, Booking, BookingState, Registration


@dataclass(frozen=True)
class Entry:
    """A household in the line of one session, and for how many seats."""

    registration_id: int
    seats: int


@dataclass(frozen=True)
class Wish:
    """How a household stands with a session that it has no seat in yet: an offer until a moment, or a place in line."""

    session: Session
    people: Sequence[Attendee]
    offered_until: datetime | None = None
    place: int = 0


@dataclass(frozen=True)
class LineLength:
    """How many people wait for a session, and for how many seats are kept until somebody has answered."""

    waiting: int = 0
    offered: int = 0


def line_of(session_id: int, at_most: int | None = None) -> list[Entry]:
    """Who waits for a session, the first one first; with `at_most`, only households of so many."""
    since = func.min(Booking.queued_at)
    query = (
        select(Attendee.registration_id, func.count())
        .join(Booking, Booking.attendee_id == Attendee.id)
        .where(Booking.session_id == session_id, Booking.state == BookingState.WAITLISTED)
        .group_by(Attendee.registration_id)
        .order_by(since, Attendee.registration_id)
    )
    if at_most is not None:
        query = query.having(func.count() <= at_most)
    return [Entry(*row) for row in db.session.execute(query)]


def place_in_line(registration: Registration, session: Session) -> int | None:
    """1 for the household whose turn is next; None for one that does not wait for this session."""
    households = [entry.registration_id for entry in line_of(session.id)]
    return households.index(registration.id) + 1 if registration.id in households else None


def wishes_of(registration: Registration) -> list[Wish]:
    """What the household was offered or waits for, in sessions that have not begun; offers first, by time."""
    rows = db.session.scalars(
        select(Booking)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .join(Session, Session.id == Booking.session_id)
        .where(
            Attendee.registration_id == registration.id,
            Booking.state.in_((BookingState.OFFERED, BookingState.WAITLISTED)),
            Session.starts_at > now(),
        )
        .order_by(Booking.state, Session.starts_at, Session.id, Attendee.id)
        .execution_options(populate_existing=True)
    ).all()
    groups: dict[tuple[BookingState, int], list[Booking]] = {}
    for booking in rows:
        groups.setdefault((booking.state, booking.session_id), []).append(booking)
    wishes = []
    for (state, _session_id), bookings in groups.items():
        session, people = bookings[0].session, [booking.attendee for booking in bookings]
        if state is BookingState.OFFERED:
            wishes.append(Wish(session, people, offered_until=bookings[0].offered_until))
        else:
            wishes.append(Wish(session, people, place=place_in_line(registration, session) or 1))
    return wishes


def lengths_of(sessions: Collection[Session]) -> dict[int, LineLength]:
    """By session: how many wait and are offered; sessions without a line are left out."""
    ids = [session.id for session in sessions]
    waiting, offered = (
        func.count().filter(Booking.state == state) for state in (BookingState.WAITLISTED, BookingState.OFFERED)
    )
    query = (
        select(Booking.session_id, waiting, offered)
        .where(Booking.session_id.in_(ids), Booking.state.in_((BookingState.WAITLISTED, BookingState.OFFERED)))
        .group_by(Booking.session_id)
    )
    return {row[0]: LineLength(row[1], row[2]) for row in db.session.execute(query)}


def _due() -> Select[int]:
    at = bindparam("at", type_=Booking.offered_until.type)
    over = and_(Booking.state == BookingState.OFFERED, or_(Booking.offered_until <= at, Session.starts_at <= at))
    free = and_(
        Booking.state == BookingState.WAITLISTED, Session.starts_at > at, Session.seats_taken < Session.capacity
    )
    query = select(Booking.session_id).join(Session, Session.id == Booking.session_id).where(or_(over, free))
    return query.distinct().order_by(Booking.session_id)


_DUE = _due()
# Everybody who registers asks this about each session that is wished.
_IS_DUE = Prepared(_due().where(Booking.session_id == bindparam("session", type_=Integer)).limit(1))

# --- offering --------------------------------------------------------------------------------------------------


def offer_freed(session_ids: Collection[int]) -> None:
    """Take back offers that nobody has answered in time, and offer what is free to the first that fit.

    At the end of every change that may have freed seats, in its transaction; locks the sessions. Each household is
    told by message. Nothing is offered once a session has begun, or while the festival is not open to residents.
    """
    at = now()
    for session in lock_sessions(session_ids) if session_ids else ():
        _end_offers(session, at)
        _offer(session, at)


def _offer(session: Session, at: datetime) -> None:
    status = db.session.scalar(select(Festival.status).where(Festival.id == session.festival_id))
    until = answer_by(at, session.starts_at)
    if until is None or status not in (FestivalStatus.PUBLISHED, FestivalStatus.LIVE):
        return
    db.session.refresh(session, ["seats_taken", "capacity"])
    free = session.seats_left
    for entry in line_of(session.id, at_most=free) if free > 0 else ():
        if entry.seats > free:
            continue
        bookings = _bookings(session, BookingState.WAITLISTED, entry.registration_id)
        people = [booking.attendee for booking in bookings]
        if find_overlap(session, people, HOLDS_A_SEAT) or not take_seats(session, len(people)):
            continue  # elsewhere by now, because a session was moved: it waits on, and the next one is asked
        for booking in bookings:
            booking.state, booking.offered_until = BookingState.OFFERED, until
        db.session.flush()
        notices.offered(db.session.get_one(Registration, entry.registration_id), session, len(people), until)
        free -= len(people)


def _end_offers(session: Session, at: datetime) -> None:
    """Whoever has not answered loses the offer and the place in line; the seats are free."""
    over: dict[int, int] = {}
    for booking in _bookings(session, BookingState.OFFERED):
        if booking.offered_until is not None and is_over(booking.offered_until, session, at):
            booking.state = BookingState.CANCELLED
            household = booking.attendee.registration_id
            over[household] = over.get(household, 0) + 1
    db.session.flush()
    for registration_id, seats in sorted(over.items()):
        free_seats(session.id, seats)
        notices.offer_ended(db.session.get_one(Registration, registration_id), session)


def is_over(offered_until: datetime, session: Session, at: datetime) -> bool:
    """Whether an offer cannot be accepted any more: its time is up, or the session (moved, perhaps) has begun."""
    return offered_until <= at or session.starts_at <= at


def _bookings(session: Session, state: BookingState, registration_id: int | None = None) -> Sequence[Booking]:
    query = select(Booking).where(Booking.session_id == session.id, Booking.state == state)
    if registration_id is not None:
        query = query.join(Attendee, Attendee.id == Booking.attendee_id).where(
            Attendee.registration_id == registration_id
        )
    return db.session.scalars(query.order_by(Booking.id).execution_options(populate_existing=True)).all()


def sessions_due(session_ids: Collection[int] | None = None) -> list[int]:
    """The sessions (of these, or of all) in which an offer is over, or something is free while somebody waits.

    For whoever looks or asks, and for the worker every minute: they call `offer_freed` with them.
    """
    db.session.flush()
    if session_ids is None:
        return list(db.session.scalars(_DUE, {"at": now()}))
    at = now()
    return [session_id for session_id in sorted(session_ids) if _IS_DUE.rows(session=session_id, at=at)]
