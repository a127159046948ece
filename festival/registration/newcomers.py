"""Seats for people who are being registered: nothing is booked for them yet, so nothing has to be looked up.

The rules and their order are those of `booking.request_seats`. At a surge every statement counts: here it is one to
take seats for each session, and one for all bookings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from festival.core.clock import now
from festival.core.prepared import PreparedRows
from festival.extensions import Base, db
from festival.programme.models import Festival, Session
from festival.registration import booking
from festival.registration.booking import SeatOutcome, SeatResult
from festival.registration.calendar import Sitting
from festival.registration.models import Booking, BookingState

_WANTED = (
    select(Session)
    .where(Session.festival_id == bindparam("festival"), Session.id.in_(bindparam("wanted", expanding=True)))
    .order_by(Session.id)
)
"""Written once: to write a statement costs more than the database needs for it."""
_BOOKINGS = PreparedRows(
    Base.metadata.tables[Booking.__tablename__],
    ("session_id", "attendee_id", "state", "created_at", "queued_at", "changed_at"),
)


@dataclass(frozen=True)
class Newcomer:
    """One person who has just been written, and the sessions that the person wishes."""

    attendee_id: int
    name: str
    session_ids: frozenset[int]


@dataclass(frozen=True)
class Seated:
    """What was refused; or where they sit from now on, and for what they wait, in order of time."""

    refused: tuple[SeatResult, ...] = ()
    sittings: tuple[Sitting, ...] = ()


def seat_newcomers(festival: Festival, people: Sequence[Newcomer], waits: frozenset[int] = frozenset()) -> Seated:
    """Give the people (all of one household) every session that they wish, or a place in line in those of `waits`.

    Where something was refused, something else may have been taken already, for the caller's savepoint to give back.
    Ids of other festivals are ignored.
    """
    wanted = sorted({session_id for newcomer in people for session_id in newcomer.session_ids})
    if not wanted:
        return Seated()
    at = now()
    plans: dict[int, list[Session]] = {}
    bookings: list[dict[str, Any]] = []
    refused: list[SeatResult] = []
    sittings: list[Sitting] = []
    for session in db.session.scalars(_WANTED, {"festival": festival.id, "wanted": wanted}):
        wishing = [newcomer for newcomer in people if session.id in newcomer.session_ids]
        result = _seat(session, wishing, plans, at, waits=session.id in waits)
        if not result.granted:
            refused.append(result)
            continue
        for newcomer in wishing:
            plans.setdefault(newcomer.attendee_id, []).append(session)
        names = tuple(newcomer.name for newcomer in wishing)
        sittings.append(Sitting(session, names, sure=result.outcome is SeatOutcome.CONFIRMED))
        bookings += _rows(session, wishing, result.outcome)
    if bookings and not refused:
        _BOOKINGS.insert(bookings)
    return Seated(tuple(refused), tuple(sorted(sittings, key=lambda one: (one.session.starts_at, one.session.id))))


def _seat(
    session: Session,
    people: Sequence[Newcomer],
    plans: Mapping[int, list[Session]],
    at: datetime,
    *,
    waits: bool,
) -> SeatResult:
    if session.starts_at <= at:
        return SeatResult(SeatOutcome.STARTED, session)
    for newcomer in people:
        for other in plans.get(newcomer.attendee_id, ()):
            if other.overlaps(session):
                return SeatResult(SeatOutcome.OVERLAPS, session, who=newcomer.name, conflicting=other)
    if booking.take_seats(session, len(people)):
        return SeatResult(SeatOutcome.CONFIRMED, session)
    if waits:
        confirmed = booking.stand_in_line(session, len(people)) is BookingState.CONFIRMED
        return SeatResult(SeatOutcome.CONFIRMED if confirmed else SeatOutcome.WAITLISTED, session)
    db.session.refresh(session, ["seats_taken", "capacity"])
    return SeatResult(SeatOutcome.FULL, session, seats_left=session.seats_left, wanted=len(people))


def _rows(session: Session, people: Sequence[Newcomer], outcome: SeatOutcome) -> list[dict[str, Any]]:
    """Their bookings: those who wait have waited since now, one place in line for all of them."""
    at, waiting = now(), outcome is SeatOutcome.WAITLISTED
    return [
        {
            "session_id": session.id,
            "attendee_id": newcomer.attendee_id,
            "state": BookingState.WAITLISTED if waiting else BookingState.CONFIRMED,
            "created_at": at,
            "queued_at": at if waiting else None,
            "changed_at": at,
        }
        for newcomer in people
    ]
