"""A household's own changes, several at the same moment: two phones of a family, a double tap, a slow connection.

Each test ends with the invariants: what is counted is what the rows say.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import time
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from festival.extensions import db
from festival.registration.links import secret_of
from festival.registration.models import Attendee, Registration
from tests import crowd
from tests.crowd import Request, post
from tests.invariants import broken

ROUNDS = 4

CHILD = {"birth_year": "1990", "relation": "other"}


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[int]]:
    return partial(crowd.at_once, app)


def page_of(household: Registration) -> str:
    return f"/r/{secret_of(household)}"


def coming(household: Registration) -> int:
    db.session.rollback()
    return db.session.scalar(
        select(func.count(Attendee.id)).where(Attendee.registration_id == household.id, Attendee.cancelled_at.is_(None))
    )


def test_cancelling_from_four_phones_frees_each_place_once(at_once, make_household, make_session):
    session = make_session(capacity=20)
    for _round in range(ROUNDS):
        page = page_of(make_household(members=3, sessions=(session,)))

        assert set(at_once(*[post(f"{page}/cancel")] * 4)) == {303}

    assert broken() == []


def test_taking_the_same_person_out_twice_frees_one_place(at_once, make_household, make_session):
    session = make_session(capacity=20)
    for _round in range(ROUNDS):
        household = make_household(members=3, sessions=(session,))
        address = f"{page_of(household)}/members/{household.attendees[1].id}"

        assert set(at_once(*[post(address, go="remove")] * 4)) <= {303, 404}

        assert coming(household) == 2
    assert broken() == []


def test_cancelling_after_somebody_was_taken_out_voids_the_pass_too(client, make_household):
    household = make_household(members=3)
    page = page_of(household)

    client.post(f"{page}/members/{household.attendees[2].id}", data={"go": "remove"})
    client.post(f"{page}/cancel")

    assert broken() == []


def test_of_two_people_taken_out_at_once_one_stays(at_once, make_household):
    for _round in range(ROUNDS):
        household = make_household(members=2)
        page = page_of(household)

        at_once(*[post(f"{page}/members/{attendee.id}", go="remove") for attendee in household.attendees])

        assert coming(household) == 1
    assert broken() == []


def test_a_thirteenth_person_gets_in_by_no_haste(at_once, make_household):
    household = make_household(members=10)

    at_once(*[post(f"{page_of(household)}/members", name=f"Đỗ Thị Mới {n}", **CHILD) for n in range(6)])

    assert coming(household) == 12
    assert broken() == []


def test_a_double_tap_on_the_same_sessions_takes_each_seat_once(at_once, make_household, make_session):
    first, second = (make_session(capacity=9, start=time(hour), end=time(hour + 1)) for hour in (8, 10))
    household = make_household(members=3, sessions=(first,))
    page, people = page_of(household), [str(attendee.id) for attendee in household.attendees]

    for wanted in [second, first, second, first]:
        answers = at_once(*[post(f"{page}/sessions", **{f"session-{wanted.id}": people})] * 4)
        assert set(answers) == {303}

        assert broken() == []


def test_who_is_taken_out_keeps_no_seat_that_is_asked_for_meanwhile(at_once, make_household, make_session):
    session = make_session(capacity=20)
    for _round in range(ROUNDS):
        household = make_household(members=3)
        page, people = page_of(household), [str(attendee.id) for attendee in household.attendees]
        wish = post(f"{page}/sessions", **{f"session-{session.id}": people})

        at_once(wish, post(f"{page}/members/{people[1]}", go="remove"), wish)

        assert broken() == []


def test_nobody_is_added_to_a_household_that_cancels_meanwhile(at_once, make_household):
    for _round in range(ROUNDS):
        page = page_of(make_household(members=2))
        new = post(f"{page}/members", name="Đỗ Thị Mới", **CHILD)

        at_once(new, post(f"{page}/cancel"), new)

        assert broken() == []


def test_families_that_change_places_with_each_other_never_wait_for_ever(at_once, make_household, make_session):
    sessions = [make_session(capacity=4, start=time(hour), end=time(hour + 1)) for hour in (8, 10, 13)]
    families = [make_household(members=2, sessions=(sessions[place % 3],)) for place in range(6)]

    def move(place: int, turn: int) -> Request:
        to, people = sessions[(place + turn) % 3], [str(attendee.id) for attendee in families[place].attendees]
        return post(f"{page_of(families[place])}/sessions", **{f"session-{to.id}": people})

    for turn in range(1, 5):
        assert set(at_once(*[move(place, turn) for place in range(6)])) <= {303, 409}
        assert broken() == []


def test_whatever_two_families_do_at_once_the_counts_are_right(at_once, make_household, make_session):
    dice = random.Random(2027)
    sessions = [make_session(capacity=5, start=time(hour), end=time(hour + 2)) for hour in (8, 9, 11, 14)]
    families = [make_household(members=3) for _place in range(2)]

    def something() -> Request:
        family = dice.choice(families)
        page, people = page_of(family), [str(attendee.id) for attendee in family.attendees]
        wishes = {f"session-{one.id}": dice.sample(people, 2) for one in dice.sample(sessions, 2)}
        return dice.choice(
            [
                post(f"{page}/sessions", **wishes),
                post(f"{page}/members", name="Đỗ Văn Thêm", **CHILD),
                post(f"{page}/members/{dice.choice(people)}", go="remove"),
                post(f"{page}/members/{dice.choice(people)}", name="Đỗ Văn Sửa", **CHILD),
            ]
        )

    for _round in range(10):
        assert set(at_once(*[something() for _ in range(5)])) <= {303, 404, 409, 422}
        assert broken() == []
