"""Seats for people who are being registered: nothing is booked for them yet, so nothing has to be looked up.

The rules and their order are those of `booking.request_seats`. At a surge every statement counts: here it is one to
take seats for each session, and one for all bookings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration import booking
from festival.registration.booking import SeatOutcome, SeatResult
from festival.registration.models import Attendee, Booking, BookingState

_WANTED = (
    select(Session)
    .where(Session.festival_id == bindparam("festival"), Session.id.in_(bindparam("wanted", expanding=True)))
    .order_by(Session.id)
)
"""Written once: to write a statement costs more than the database needs for it."""
_BOOK = insert(Booking.__table__)  # type: ignore[arg-type]  # a model's table is a table


@dataclass(frozen=True)
class Seated:
    """What was refused, and whether they wait for a session at least."""

    refused: tuple[SeatResult, ...] = ()
    waiting: bool = False


def seat_newcomers(
    festival: Festival, wishes: Mapping[Attendee, frozenset[int]], waits: frozenset[int] = frozenset()
) -> Seated:
    """Give the people (all of one household) every session that they wish, or a place in line in those of `waits`.

    Where something was refused, something else may have been taken already, for the caller's savepoint to give back.
    Ids of other festivals are ignored.
    """
    wanted = sorted({session_id for ids in wishes.values() for session_id in ids})
    if not wanted:
        return Seated()
    at = now()
    plans: dict[Attendee, list[Session]] = {}
    bookings: list[dict[str, Any]] = []
    refused: list[SeatResult] = []
    waiting = False
    for session in db.session.scalars(_WANTED, {"festival": festival.id, "wanted": wanted}):
        people = [attendee for attendee, ids in wishes.items() if session.id in ids]
        result = _seat(session, people, plans, at, waits=session.id in waits)
        if not result.granted:
            refused.append(result)
            continue
        for attendee in people:
            plans.setdefault(attendee, []).append(session)
        waiting |= result.outcome is SeatOutcome.WAITLISTED
        bookings += _rows(session, people, result.outcome)
    if bookings and not refused:
        db.session.execute(_BOOK, bookings)
    return Seated(tuple(refused), waiting)


def _seat(
    session: Session, people: Sequence[Attendee], plans: Mapping[Attendee, list[Session]], at: datetime, *, waits: bool
) -> SeatResult:
    if session.starts_at <= at:
        return SeatResult(SeatOutcome.STARTED, session)
    for attendee in people:
        for other in plans.get(attendee, ()):
            if other.overlaps(session):
                return SeatResult(SeatOutcome.OVERLAPS, session, who=attendee.name, conflicting=other)
    if booking.take_seats(session, len(people)):
        return SeatResult(SeatOutcome.CONFIRMED, session)
    if waits:
        confirmed = booking.stand_in_line(session, len(people)) is BookingState.CONFIRMED
        return SeatResult(SeatOutcome.CONFIRMED if confirmed else SeatOutcome.WAITLISTED, session)
    db.session.refresh(session, ["seats_taken", "capacity"])
    return SeatResult(SeatOutcome.FULL, session, seats_left=session.seats_left, wanted=len(people))


def _rows(session: Session, people: Sequence[Attendee], outcome: SeatOutcome) -> list[dict[str, Any]]:
    """Their bookings: those who wait have waited since now, one place in line for all of them."""
    at, waiting = now(), outcome is SeatOutcome.WAITLISTED
    return [
        {
            "session_id": session.id,
            "attendee_id": attendee.id,
            "state": BookingState.WAITLISTED if waiting else BookingState.CONFIRMED,
            "created_at": at,
            "queued_at": at if waiting else None,
            "offered_until": None,
            "changed_at": at,
        }
        for attendee in people
    ]
