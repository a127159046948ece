"""The waiting list, many at once: no seat is lost between who leaves and who comes to wait, and nobody waits for ever.

Each test ends with the invariants, among them that no seat is empty for which somebody who fits waits.
"""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from festival.core.clock import local, now, today
from festival.extensions import db
from festival.programme.models import Session
from festival.registration import booking, changing, waiting_list
from festival.registration.links import secret_of
from festival.registration.models import Booking, BookingState, Registration
from tests import crowd, factories
from tests.crowd import Request, post
from tests.invariants import broken
from tests.registration.waiting.lines import register, states

ROUNDS = 4


@pytest.fixture
def at_once(app):
    return partial(crowd.at_once, app)


@pytest.fixture
def session(festival, make_session):
    festival.last_day = today() + timedelta(days=3)
    return make_session(day=festival.last_day, capacity=2)


def page_of(household: Registration) -> str:
    return f"/r/{secret_of(household)}"


# --- the guard -------------------------------------------------------------------------------------------------


@pytest.fixture
def comes_while_the_other_goes(app, festival, session):
    """Somebody finds the session full and asks to wait; between looking and standing in line the family with the
    seats cancels. Gives how the newcomer stands then."""
    seated, newcomer = register(festival, session, members=2), register(festival, members=2)
    session_id, seated_id, newcomer_id = session.id, seated.id, newcomer.id
    looked, gone = threading.Event(), threading.Event()

    def go() -> None:
        with app.app_context():
            looked.wait(30)
            changing.cancel(db.session.get_one(Registration, seated_id))
            db.session.commit()
            gone.set()

    def come() -> Registration:
        leaver = threading.Thread(target=go)
        leaver.start()
        wanted, household = db.session.get_one(Session, session_id), db.session.get_one(Registration, newcomer_id)
        booking.request_seats(wanted, household.attendees, waits=True)
        db.session.commit()
        leaver.join(30)
        return household

    def look_then(stand_in_line):
        """A place in line, taken as the guard does or without it, once the family has gone."""

        def wrapped(one: Session, count: int) -> BookingState:
            db.session.commit()  # SQLite has one writer: let the other one write, as PostgreSQL would
            looked.set()
            gone.wait(30)
            return stand_in_line(one, count)

        return wrapped

    return come, look_then


def test_who_comes_to_wait_as_a_seat_is_given_up_gets_it(comes_while_the_other_goes, session, monkeypatch):
    come, look_then = comes_while_the_other_goes
    monkeypatch.setattr(booking, "stand_in_line", look_then(booking.stand_in_line))

    assert states(come(), session) == ["confirmed"] * 2
    assert broken() == []


def test_without_the_second_look_the_same_seat_stays_empty_while_somebody_waits(
    comes_while_the_other_goes, session, monkeypatch
):
    """The guard is the second look under the session's lock. Taken away, one stands in line for what is free."""
    come, look_then = comes_while_the_other_goes
    monkeypatch.setattr(booking, "stand_in_line", look_then(lambda _session, _count: BookingState.WAITLISTED))

    assert states(come(), session) == ["waitlisted"] * 2
    assert any("waits for session" in sentence for sentence in broken())


# --- many at once ----------------------------------------------------------------------------------------------


def test_of_two_who_answer_for_one_family_one_is_heard(at_once, festival, session):
    for _round in range(ROUNDS):
        seated, family = register(festival, session, members=2), register(festival, session, members=2)
        changing.cancel(seated)
        db.session.commit()
        page = f"{page_of(family)}/waiting/{session.id}"

        assert set(at_once(*[post(page, go=go) for go in ("accept", "decline", "accept", "decline")])) == {303}

        assert states(family, session) in (["confirmed"] * 2, ["", ""])
        assert broken() == []
        changing.cancel(family)
        db.session.commit()


def test_an_offer_runs_out_once_for_the_worker_and_whoever_looks(app, festival, session):
    seated = register(festival, session, members=2)
    families = [register(festival, session, members=1) for _ in range(4)]
    changing.cancel(seated)
    db.session.execute(
        update(Booking).where(Booking.state == BookingState.OFFERED).values(offered_until=now() - timedelta(seconds=1))
    )
    db.session.commit()

    def work(browser):
        with app.app_context():
            waiting_list.offer_freed(waiting_list.sessions_due())
            db.session.commit()
        return browser.get("/healthz")

    def look(page: str) -> Request:
        return lambda browser: browser.get(page)

    looks = [look(page_of(each)) for each in families]
    assert set(crowd.at_once(app, work, *looks, work)) == {200}

    assert [states(each, session) for each in families] == [[""], [""], ["offered"], ["offered"]]
    assert broken() == []


def test_whatever_families_do_at_once_no_seat_is_lost_and_nobody_waits_for_ever(
    app, at_once, festival, make_session, sign_in
):
    dice = random.Random(2028)
    day = festival.last_day = today() + timedelta(days=3)
    sessions = [
        make_session(day=day, capacity=3, start=factories.time(hour), end=factories.time(hour + 1))
        for hour in (8, 10, 13)
    ]
    for session in sessions:
        register(festival, session, members=3)
    families = [register(festival, sessions[place % 3], members=2) for place in range(6)]
    everybody = [*families, *db.session.scalars(select(Registration).order_by(Registration.id).limit(3))]
    boss = sign_in()

    def something() -> Request:
        household, session = dice.choice(everybody), dice.choice(sessions)
        page, people = page_of(household), [str(attendee.id) for attendee in household.attendees]
        some = dice.sample(people, dice.randint(0, 2))
        wishes = {f"session-{session.id}": some, **{f"wait-{one.id}": "y" for one in sessions}}
        resized = {
            "workshop_id": str(session.workshop_id),
            "room": session.room,
            "booth_id": "0",
            "day": day.isoformat(),
            "start": f"{local(session.starts_at):%H:%M}",
            "end": f"{local(session.ends_at):%H:%M}",
            "capacity": str(dice.randint(2, 6)),
        }
        return dice.choice(
            [
                post(f"{page}/sessions", **wishes),
                post(f"{page}/sessions", **wishes),
                post(f"{page}/waiting/{session.id}", go="accept"),
                post(f"{page}/waiting/{session.id}", go="decline"),
                post(f"{page}/members", name="Đỗ Văn Thêm", birth_year="1990", relation="other"),
                post(f"{page}/members/{dice.choice(people)}", go="remove"),
                post(f"/manage/{festival.slug}/sessions/{session.id}", boss, **resized),
                lambda browser: browser.get(page),
            ]
        )

    for _round in range(12):
        assert set(at_once(*[something() for _ in range(5)])) <= {200, 302, 303, 404, 409, 422}
        assert broken() == []
