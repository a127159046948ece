"""Seats: what a household gets, and what it is told."""

from __future__ import annotations

from festival.extensions import db
from festival.registration.booking import SeatOutcome, request_seats


def test_a_household_gets_all_its_seats(make_session, make_household):
    session = make_session(capacity=3)
    family = make_household(members=2)

    assert request_seats(session, family.attendees).outcome is SeatOutcome.CONFIRMED
    db.session.commit()
    db.session.refresh(session)
    assert session.seats_taken == 2


def test_a_household_is_refused_together_when_one_seat_is_missing(make_session, make_household):
    session = make_session(capacity=1)
    family = make_household(members=2)

    result = request_seats(session, family.attendees)

    assert (result.outcome, result.seats_left) == (SeatOutcome.FULL, 1)
    db.session.refresh(session)
    assert session.seats_taken == 0
