"""Many at once for the last seats: exactly as many get one as there are. Without the guard, more do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration import booking
from festival.registration.models import Attendee, Booking
from festival.registration.signing_up import SignUpOutcome, sign_up
from tests import factories

SEATS = 10
REQUESTS = 200
THREADS = 16


def _rush(app: Flask, request: Callable[[int], bool]) -> int:
    """Make all requests from many threads, each in a transaction of its own; gives how many were told yes."""
    ready = threading.Barrier(THREADS)

    def one(number: int) -> bool:
        with app.app_context():
            if number < THREADS:
                ready.wait()
            try:
                granted = request(number)
                if granted:
                    db.session.commit()
                return granted
            finally:
                db.session.rollback()
                db.session.remove()

    with ThreadPoolExecutor(THREADS) as crowd:
        return sum(crowd.map(one, range(REQUESTS)))


def _bookings(session: Session) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Booking.id)).where(Booking.session_id == session.id)) or 0


def test_two_hundred_households_at_once_for_the_last_ten_seats(app, festival, make_session):
    session = make_session(capacity=SEATS)
    festival_id, session_id = festival.id, session.id

    def request(_number: int) -> bool:
        at, wanted = db.session.get_one(Festival, festival_id), db.session.get_one(Session, session_id)
        household = factories.household_of(members=1, sessions=(wanted,))
        return sign_up(at, household).outcome is SignUpOutcome.DONE

    granted = _rush(app, request)

    assert granted == SEATS
    assert _bookings(session) == SEATS
    db.session.refresh(session)
    db.session.refresh(festival)
    assert (session.seats_taken, festival.places_taken) == (SEATS, SEATS)


@pytest.fixture
def rush_for_seats(app, festival, make_session) -> Callable[[], tuple[int, int]]:
    """Two hundred registered people who all ask for one of the last ten seats; gives (told yes, bookings)."""
    session = make_session(capacity=SEATS)
    families = [sign_up(festival, factories.household_of(members=10)) for _ in range(REQUESTS // 10)]
    people = [attendee.id for family in families for attendee in family.registration.attendees]
    db.session.commit()

    def request(number: int) -> bool:
        wanted, person = db.session.get_one(Session, session.id), db.session.get_one(Attendee, people[number])
        return booking.request_seats(wanted, [person]).outcome is booking.SeatOutcome.CONFIRMED

    return lambda: (_rush(app, request), _bookings(session))


def test_ten_seats_make_ten_bookings(rush_for_seats):
    assert rush_for_seats() == (SEATS, SEATS)


def test_without_the_guard_the_same_rush_oversells(rush_for_seats, monkeypatch):
    """The guard is the condition inside the UPDATE. Taken away, one would look first and write then."""

    def look_then_write(session: Session, count: int) -> bool:
        taken = db.session.scalar(select(func.count(Booking.id)).where(Booking.session_id == session.id)) or 0
        db.session.commit()
        time.sleep(0.01)  # the moment in which a page is shown, so that the race does not depend on a busy machine
        if taken + count > SEATS:
            return False
        db.session.execute(update(Session).where(Session.id == session.id).values(seats_taken=0))
        return True

    monkeypatch.setattr(booking, "take_seats", look_then_write)

    told_yes, bookings = rush_for_seats()

    assert told_yes == bookings
    assert bookings > SEATS
