"""Seats: what a household gets, and what it is told."""

from __future__ import annotations

from sqlalchemy import update

from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus
from festival.registration.booking import SeatOutcome, request_seats
from festival.registration.signing_up import SignUpOutcome, sign_up
from tests import factories


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


def test_a_festival_taken_back_while_somebody_registers_is_closed_to_them_not_full(festival):
    db.session.execute(
        update(Festival)
        .values(status=FestivalStatus.DRAFT.value)
        .execution_options(synchronize_session=False)  # another organizer, whom this request has not noticed
    )

    assert sign_up(festival, factories.household_of(members=2)).outcome is SignUpOutcome.CLOSED
    db.session.refresh(festival)
    assert festival.places_taken == 0
