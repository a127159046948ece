"""A household's page while it waits: its place, offers with their deadline, yes and no, leaving the line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from festival.core.clock import now, today
from festival.extensions import db
from festival.household.waiting import deadline_words
from festival.registration import changing
from festival.registration.links import secret_of
from festival.registration.models import Booking, BookingState
from tests import factories
from tests.conftest import plain
from tests.registration.waiting.lines import MAIL, register, states


@pytest.fixture
def session(festival, make_session):
    festival.last_day = today() + timedelta(days=5)
    return make_session(day=festival.last_day, capacity=3, title="VNeID từ A đến Z")


@pytest.fixture
def seated(festival, session):
    return register(festival, session, members=3)


@pytest.fixture
def family(festival, session, seated):
    """A household of two that waits."""
    return register(festival, session, members=2, **MAIL)


@pytest.fixture
def offered(family, seated):
    """The same, after seats have become free for it."""
    changing.cancel(seated)
    db.session.commit()
    return family


def page_of(household) -> str:
    return f"/r/{secret_of(household)}"


def answer_page(household, session) -> str:
    return f"{page_of(household)}/waiting/{session.id}"


def run_out(session) -> None:
    db.session.execute(
        update(Booking)
        .where(Booking.session_id == session.id, Booking.state == BookingState.OFFERED)
        .values(offered_until=now() - timedelta(seconds=1))
    )
    db.session.commit()


def test_the_page_shows_the_place_in_line_and_that_it_is_no_seat(client, festival, session, family):
    third = register(festival, session, members=1)

    words = plain(client.get(page_of(family)).text)
    assert "Gia đình mình đứng thứ 1. Có chỗ sẽ báo ngay. Hiện chưa có chỗ." in words
    assert "Danh sách chờ hoạt động thế nào" in words
    words = plain(client.get(page_of(third)).text)
    assert "Gia đình mình đứng thứ 2." in words
    assert "Có chỗ sẽ báo ngay." not in words, "nobody can tell a household that no message reaches"


def test_a_ticket_lists_no_session_that_is_only_waited_for_or_offered(client, session, family, seated):
    assert "09:00 VNeID" not in plain(client.get(f"{page_of(family)}/print").text)
    changing.cancel(seated)
    db.session.commit()

    assert "09:00 VNeID" not in plain(client.get(f"{page_of(family)}/print").text)
    assert "VNeID" not in client.get(f"{page_of(family)}/calendar.ics").text
    client.post(answer_page(family, session), data={"go": "accept"})
    assert "09:00 VNeID" in plain(client.get(f"{page_of(family)}/print").text)


def test_an_offer_stands_on_the_page_with_its_deadline_in_words(client, offered, session):
    until = db.session.scalar(select(Booking.offered_until).where(Booking.state == BookingState.OFFERED))

    words = plain(client.get(page_of(offered)).text)

    assert "Có chỗ cho gia đình mình" in words
    assert f"Có 2 chỗ đang giữ cho gia đình mình đến {deadline_words(until)}." in words


def test_saying_yes_takes_the_seats(client, offered, session):
    answer = client.post(answer_page(offered, session), data={"go": "accept"}, follow_redirects=True)

    assert "Lớp “VNeID từ A đến Z”: gia đình mình đã có chỗ." in plain(answer.text)
    assert states(offered, session) == ["confirmed"] * 2


def test_saying_no_is_asked_once_more_and_passes_the_seats_on(client, festival, session, offered):
    following = register(festival, session, members=2)
    asked = client.get(answer_page(offered, session))
    assert "Không, nhường nhà kế tiếp" in plain(asked.text)
    assert states(offered, session) == ["offered"] * 2

    answer = client.post(answer_page(offered, session), data={"go": "decline"}, follow_redirects=True)

    assert "cảm ơn gia đình mình, chỗ được nhường cho nhà kế tiếp." in plain(answer.text)
    assert (states(offered, session), states(following, session)) == (["", ""], ["offered"] * 2)


def test_an_offer_whose_time_is_up_is_not_shown_as_open_even_before_the_worker_comes(
    client, festival, session, offered
):
    following = register(festival, session, members=2)
    run_out(session)

    words = plain(client.get(page_of(offered)).text)

    assert "đang giữ cho gia đình mình" not in words
    assert states(following, session) == ["offered"] * 2


def test_saying_yes_too_late_is_answered_truthfully(client, session, offered):
    run_out(session)

    answer = client.post(answer_page(offered, session), data={"go": "accept"}, follow_redirects=True)

    assert "đã quá giờ trả lời, chỗ được nhường cho nhà kế tiếp." in plain(answer.text)
    assert states(offered, session) == ["", ""]


def test_leaving_the_line_is_asked_once_more(client, session, family):
    asked = plain(client.get(answer_page(family, session)).text)
    assert "Thôi không chờ nữa" in asked
    assert states(family, session) == ["waitlisted"] * 2

    answer = client.post(answer_page(family, session), data={"go": "leave"}, follow_redirects=True)

    assert "Gia đình mình đã rời danh sách chờ lớp “VNeID từ A đến Z”." in plain(answer.text)
    assert states(family, session) == ["", ""]


def test_a_household_answers_only_for_itself(client, make_festival, session, offered, seated):
    elsewhere = factories.make_session(make_festival())

    assert client.post(answer_page(seated, session), data={"go": "accept"}).status_code == 303
    assert client.get(answer_page(offered, elsewhere)).status_code == 404
    assert client.post(answer_page(offered, session), data={"go": "jump"}).status_code == 400
    assert states(offered, session) == ["offered"] * 2


def test_the_deadline_is_said_as_people_say_it(app):
    day = today()
    with app.test_request_context("/", headers={"Accept-Language": "vi"}):
        assert deadline_words(factories.at_local(day, factories.time(14, 30))) == "14:30 hôm nay"
        assert deadline_words(factories.at_local(day + timedelta(days=1), factories.time(9))) == "09:00 ngày mai"
        far = deadline_words(factories.at_local(day + timedelta(days=4), factories.time(9)))
        assert far.startswith("09:00 ")
        assert far.endswith(f"{day + timedelta(days=4):%d/%m/%Y}")
