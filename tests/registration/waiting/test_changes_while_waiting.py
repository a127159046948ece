"""Households that change while they wait, and two sessions at one time."""

from __future__ import annotations

from datetime import time

import pytest

from festival.extensions import db
from festival.registration import answering, changing, waiting_list
from festival.registration.answering import AnswerOutcome
from festival.registration.booking import SeatOutcome
from festival.registration.changing import change_sessions
from tests.registration.waiting.lines import cancel, line, register, seats, states, wish

# --- changes of a household ------------------------------------------------------------------------------------


def test_a_waiting_household_that_shrinks_keeps_its_place_and_may_fit_now(festival, session, seated, clock):
    first = register(festival, session, members=2)
    clock.forward(minutes=1)
    register(festival, session, members=2)
    clock.forward(minutes=1)
    wish(seated, session, [0, 1])
    assert states(first, session) == ["waitlisted"] * 2

    changing.remove_member(first.attendees[1])
    db.session.commit()

    assert states(first, session) == ["offered", ""]
    assert seats(session) == 3


def test_a_waiting_household_that_grows_stands_at_the_end(festival, session, seated, clock):
    first = register(festival, session, members=3)
    wish(first, session, [0, 1])
    clock.forward(minutes=1)
    second = register(festival, session, members=2)
    assert line(session) == [first.id, second.id]
    clock.forward(minutes=1)

    wish(first, session, [0, 1, 2])

    assert line(session) == [second.id, first.id]
    assert states(first, session) == ["waitlisted"] * 3


def test_one_of_an_offered_household_who_is_taken_out_frees_the_seat_for_the_next(festival, session, seated):
    family, single = register(festival, session, members=3), register(festival, session)
    cancel(seated)
    assert states(single, session) == ["waitlisted"]

    changing.remove_member(family.attendees[2])
    db.session.commit()

    assert states(family, session) == ["offered", "offered", ""]
    assert states(single, session) == ["offered"]


def test_an_offered_household_answers_before_more_of_it_ask(festival, session, seated):
    family = register(festival, session, members=3)
    wish(family, session, [0, 1])
    cancel(seated)

    result = wish(family, session, [0, 1, 2])

    assert result.refused[0].outcome is SeatOutcome.ANSWER_FIRST
    assert states(family, session) == ["offered", "offered", ""]


def test_unticking_an_offered_session_declines_it(festival, session, seated):
    first, second = (register(festival, session, members=3) for _ in range(2))
    cancel(seated)

    wish(first, session, [])

    assert states(first, session) == ["", "", ""]
    assert states(second, session) == ["offered"] * 3


def test_a_household_that_cancels_leaves_every_line(festival, session, seated):
    family = register(festival, session, members=2)

    cancel(family)

    assert line(session) == []
    assert seats(session) == 3


def test_a_seat_passes_within_the_family_before_anybody_is_asked(festival, session):
    family = register(festival, session, members=4)
    assert states(family, session) == ["waitlisted"] * 4
    wish(family, session, [0, 1, 2])
    assert states(family, session) == ["offered", "offered", "offered", ""], "three fit"
    answering.accept(family, session)
    db.session.commit()
    other = register(festival, session)

    wish(family, session, [1, 2, 3])

    assert states(family, session) == ["", "confirmed", "confirmed", "confirmed"]
    assert states(other, session) == ["waitlisted"]


# --- two sessions at one time ----------------------------------------------------------------------------------


@pytest.fixture
def meanwhile(festival, make_session):
    """Another session at the same time."""
    return make_session(day=festival.first_day, start=time(9, 30), end=time(11), title="Mua bán qua mạng")


def test_nobody_waits_for_a_session_while_having_a_seat_in_another_at_that_time(festival, session, seated, meanwhile):
    family = register(festival, meanwhile)
    both = {family.attendees[0].id: frozenset({session.id, meanwhile.id})}

    result = change_sessions(family, both, frozenset({session.id}))

    assert [(each.outcome, each.conflicting.id) for each in result.refused] == [(SeatOutcome.OVERLAPS, meanwhile.id)]


def test_nobody_takes_a_seat_while_waiting_for_another_at_that_time(festival, session, seated, meanwhile):
    family = register(festival, session)
    both = {family.attendees[0].id: frozenset({session.id, meanwhile.id})}

    result = change_sessions(family, both)

    assert [(each.outcome, each.conflicting.id) for each in result.refused] == [(SeatOutcome.OVERLAPS, session.id)]


def test_whoever_sits_elsewhere_because_a_session_was_moved_is_passed_over_and_keeps_the_place(
    festival, session, seated, make_session
):
    elsewhere = make_session(day=festival.first_day, start=time(14), end=time(15))
    first, second = register(festival, session), register(festival, session)
    change_sessions(first, {first.attendees[0].id: frozenset({session.id, elsewhere.id})}, frozenset({session.id}))
    elsewhere.starts_at, elsewhere.ends_at = session.starts_at, session.ends_at
    db.session.commit()

    wish(seated, session, [0, 1])

    assert states(first, session) == ["waitlisted"]
    assert states(second, session) == ["offered"]
    assert waiting_list.place_in_line(first, session) == 1


def test_an_offer_for_whoever_sits_elsewhere_by_now_is_not_accepted(festival, session, seated, make_session):
    elsewhere = make_session(day=festival.first_day, start=time(14), end=time(15))
    family = register(festival, session)
    change_sessions(family, {family.attendees[0].id: frozenset({session.id, elsewhere.id})}, frozenset({session.id}))
    cancel(seated)
    elsewhere.starts_at, elsewhere.ends_at = session.starts_at, session.ends_at
    db.session.commit()

    answer = answering.accept(family, session)

    assert (answer.outcome, answer.conflicting.id) == (AnswerOutcome.OVERLAPS, elsewhere.id)
    assert states(family, session) == ["offered"]
