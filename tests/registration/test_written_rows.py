"""A household's rows, written at one go: what is taken already, and what stands in the way."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select

from festival.extensions import db
from festival.registration import household_rows
from festival.registration.models import Booking, Registration, Ticket
from festival.registration.signing_up import SignUpOutcome, sign_up
from tests import factories


def test_a_short_code_that_is_another_tickets_is_drawn_again(festival, make_household, monkeypatch):
    taken = make_household(members=1).tickets[0].short_code
    drawn = iter([taken, "AAAA2222", "BBBB2222", "CCCC2222"])
    monkeypatch.setattr(household_rows, "short_code", lambda: next(drawn))

    result = sign_up(festival, factories.household_of(members=1))

    assert result.outcome is SignUpOutcome.DONE
    assert sorted(ticket.short_code for ticket in result.registration.tickets) == ["BBBB2222", "CCCC2222"]
    assert db.session.scalar(select(func.count(Registration.id))) == 2
    assert db.session.scalar(select(func.count(Ticket.id))) == 4


def test_a_form_that_was_sent_to_another_festival_registers_nobody_here(festival, make_festival):
    household = factories.household_of(members=2)
    sign_up(make_festival(), household)

    result = sign_up(festival, household)

    assert (result.outcome, result.registration) == (SignUpOutcome.REPEATED, None)
    assert db.session.scalar(select(func.count(Registration.id))) == 1


def test_each_person_gets_the_seat_that_was_asked_for_that_person(festival, make_session):
    session = make_session()
    household = factories.household_of(members=12)
    *others, last = household.members
    members = [*others, replace(last, session_ids=frozenset({session.id}))]

    sign_up(festival, replace(household, members=members))

    assert [booking.attendee.name for booking in db.session.scalars(select(Booking))] == [last.name]
