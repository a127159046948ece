"""The waiting list: who is next, what is offered, and what comes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from festival.extensions import db
from festival.programme.models import FestivalStatus
from festival.registration import answering, changing, waiting_list
from festival.registration.answering import AnswerOutcome
from festival.registration.booking import SeatOutcome
from festival.registration.changing import ChangeOutcome
from festival.registration.signing_up import SignUpOutcome, sign_up
from tests import factories
from tests.registration.waiting.lines import MAIL, cancel, line, register, seats, states, told, wish


def test_who_asks_to_wait_stands_in_line_and_takes_no_seat(festival, session, seated):
    family = register(festival, session, members=2)

    assert states(family, session) == ["waitlisted", "waitlisted"]
    assert waiting_list.place_in_line(family, session) == 1
    assert waiting_list.place_in_line(seated, session) is None
    assert seats(session) == 3


def test_who_does_not_ask_to_wait_is_refused(festival, session, seated):
    result = sign_up(festival, factories.household_of(members=1, sessions=(session,)))

    assert result.outcome is SignUpOutcome.SEATS_REFUSED
    assert result.refused[0].outcome is SeatOutcome.FULL


def test_who_would_wait_gets_a_seat_where_there_is_one(festival, session):
    assert states(register(festival, session, members=3), session) == ["confirmed"] * 3


def test_a_household_waits_together_when_one_seat_is_missing(festival, session):
    register(festival, session, members=2)

    family = register(festival, session, members=2)

    assert states(family, session) == ["waitlisted", "waitlisted"]
    assert seats(session) == 2


def test_a_freed_seat_is_offered_to_the_first_in_line(festival, session, seated, clock):
    first, second = (register(festival, session, members=3, **MAIL) for _ in range(2))
    clock.forward(hours=1)

    cancel(seated)

    assert states(first, session) == ["offered"] * 3
    assert states(second, session) == ["waitlisted"] * 3
    assert told("offered") == [first.id]
    assert waiting_list.place_in_line(second, session) == 1
    assert seats(session) == 3
    wishes = waiting_list.wishes_of(first)
    assert [(each.session.id, len(each.people), each.offered_until) for each in wishes] == [
        (session.id, 3, clock.at + timedelta(hours=33))  # 24 waking hours from eleven: the night does not count
    ]


def test_a_small_household_passes_a_large_one_only_when_that_does_not_fit(festival, session, seated):
    large, small, next_small = (register(festival, session, members=size) for size in (3, 1, 1))

    wish(seated, session, [0, 1])

    assert line(session) == [large.id, next_small.id]
    assert states(small, session) == ["offered"]
    wish(seated, session, [])
    assert states(next_small, session) == ["offered"]
    answering.decline(small, session)
    assert states(large, session) == ["waitlisted"] * 3
    answering.decline(next_small, session)
    assert states(large, session) == ["offered"] * 3


def test_an_accepted_offer_is_a_seat(festival, session, seated):
    family = register(festival, session, members=2)
    cancel(seated)

    assert answering.accept(family, session).outcome is AnswerOutcome.ACCEPTED
    assert answering.accept(family, session).outcome is AnswerOutcome.ACCEPTED, "a double tap is answered as before"

    assert states(family, session) == ["confirmed"] * 2
    assert seats(session) == 2


def test_a_declined_offer_goes_to_the_next(festival, session, seated):
    first, second = (register(festival, session, members=2) for _ in range(2))
    cancel(seated)

    assert answering.decline(first, session).outcome is AnswerOutcome.DECLINED

    assert states(first, session) == ["", ""]
    assert states(second, session) == ["offered"] * 2
    assert seats(session) == 2
    assert answering.accept(first, session).outcome is AnswerOutcome.TOO_LATE


def test_an_offer_that_nobody_answers_goes_to_the_next_and_both_are_told(festival, session, seated, clock):
    first, second = (register(festival, session, members=3, **MAIL) for _ in range(2))
    cancel(seated)
    clock.at = waiting_list.wishes_of(first)[0].offered_until - timedelta(seconds=1)
    assert waiting_list.sessions_due() == []

    clock.forward(seconds=1)
    assert waiting_list.sessions_due() == [session.id]
    waiting_list.offer_freed([session.id])
    db.session.commit()

    assert (states(first, session), states(second, session)) == (["", "", ""], ["offered"] * 3)
    assert (told("offer-ended"), told("offered")) == ([first.id], [first.id, second.id])


def test_who_accepts_too_late_is_told_so_and_the_next_is_asked(festival, session, seated, clock):
    first, second = (register(festival, session, members=2) for _ in range(2))
    cancel(seated)
    clock.at = waiting_list.wishes_of(first)[0].offered_until

    assert answering.accept(first, session).outcome is AnswerOutcome.TOO_LATE

    assert states(second, session) == ["offered"] * 2


def test_who_asks_after_an_offer_has_run_out_does_not_jump_the_line(festival, session, seated, clock):
    first, second = (register(festival, session, members=3) for _ in range(2))
    cancel(seated)
    clock.at = waiting_list.wishes_of(first)[0].offered_until

    newcomer = register(festival, session, members=1)

    assert states(first, session) == ["", "", ""]
    assert states(second, session) == ["offered"] * 3
    assert states(newcomer, session) == ["waitlisted"]


def test_who_was_offered_seats_once_and_asks_again_stands_at_the_end(festival, session, seated, clock):
    first, second = (register(festival, session, members=3) for _ in range(2))
    cancel(seated)
    answering.decline(first, session)
    db.session.commit()
    third = register(festival, session, members=3)
    clock.forward(minutes=1)

    wish(first, session, [0, 1, 2])

    assert line(session) == [third.id, first.id]
    assert states(second, session) == ["offered"] * 3


def test_nothing_is_offered_once_the_session_has_begun(festival, session, seated, clock):
    family = register(festival, session, members=2)
    clock.at = session.starts_at
    cancel(seated)

    assert states(family, session) == ["waitlisted"] * 2
    assert waiting_list.wishes_of(family) == []
    assert waiting_list.sessions_due() == []


def test_an_offer_ends_when_the_session_begins(festival, session, seated, clock):
    family = register(festival, session, members=2)
    clock.at = session.starts_at - timedelta(minutes=10)
    cancel(seated)
    assert states(family, session) == ["offered"] * 2

    clock.at = session.starts_at
    assert answering.accept(family, session).outcome is AnswerOutcome.TOO_LATE

    assert seats(session) == 0


@pytest.mark.parametrize("status", [FestivalStatus.CLOSED, FestivalStatus.DRAFT])
def test_a_festival_that_is_not_open_offers_nothing(festival, session, seated, status):
    family = register(festival, session)
    wish(seated, session, [0, 1, 2])
    festival.status = status
    session.capacity = 9
    db.session.commit()

    waiting_list.offer_freed([session.id])

    assert states(family, session) == ["waitlisted"]


def test_an_offer_may_be_accepted_after_the_registration_has_closed(festival, session, seated, clock):
    family = register(festival, session)
    cancel(seated)
    festival.registration_closes = clock.at
    db.session.commit()

    assert changing.cancel(family).outcome is ChangeOutcome.CLOSED
    assert answering.accept(family, session).outcome is AnswerOutcome.ACCEPTED


def test_who_leaves_the_line_lets_the_others_move_up(festival, session, seated):
    first, second = (register(festival, session, members=2) for _ in range(2))

    assert answering.leave(first, session).outcome is AnswerOutcome.LEFT

    assert line(session) == [second.id]
    assert states(first, session) == ["", ""]


def test_an_offer_that_comes_at_that_moment_is_not_thrown_away_by_leaving(festival, session, seated):
    family = register(festival, session, members=2)
    cancel(seated)

    assert answering.leave(family, session).outcome is AnswerOutcome.OFFERED

    assert states(family, session) == ["offered"] * 2
