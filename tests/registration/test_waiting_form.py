"""The form and the page for changes, where there are not enough seats: what is a place in line is called so."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from festival.extensions import db
from festival.registration.links import secret_of
from festival.registration.models import Booking, Registration
from tests.conftest import plain
from tests.registration.typed_forms import family, last_step
from tests.registration.waiting.lines import line, register, states


@pytest.fixture
def full(festival, make_session):
    """A session with three seats, all taken."""
    session = make_session(capacity=3, title="VNeID từ A đến Z")
    register(festival, session, members=3)
    return session


def newest() -> Registration:
    return db.session.scalar(select(Registration).order_by(Registration.id.desc()))


def test_a_full_session_says_that_a_tick_is_a_place_in_line(send, full):
    page = send(**family(go="next"))

    words = plain(page.text)
    assert "Hết chỗ, vào danh sách chờ" in words
    assert "Đánh dấu thêm ở đây là xếp hàng chờ, chưa phải có chỗ." in words
    assert f'name="wait-{full.id}" value="y"' in page.text


def test_who_ticks_a_full_session_reads_it_again_before_sending_and_then_waits(client, send, full):
    ticks = {f"session-{full.id}": ["c", "0"], f"wait-{full.id}": "y"}

    look_over = send(**last_step(**ticks, step="workshops", go="next"))
    assert "VNeID từ A đến Z danh sách chờ, chưa có chỗ" in plain(look_over.text)
    assert f'name="wait-{full.id}"' in look_over.text

    answer = send(**last_step(**ticks))
    assert answer.status_code == 303
    assert states(newest(), full) == ["waitlisted"] * 2
    words = plain(client.get(answer.location).text)
    assert "Lớp “VNeID từ A đến Z”: gia đình mình đang trong danh sách chờ, chưa có chỗ." in words
    assert "Gia đình mình đứng thứ 1." in words


def test_who_was_not_told_that_it_is_the_waiting_list_is_not_put_on_it(send, full):
    for step, status in (("workshops", 422), ("consents", 409)):
        answer = send(**last_step(**{f"session-{full.id}": "c", "step": step}))

        assert answer.status_code == status
        assert "Mời chọn lớp khác, hoặc vào danh sách chờ." in plain(answer.text)
        assert f'name="wait-{full.id}" value="y"' in answer.text
    assert line(full) == []


def test_a_family_that_does_not_fit_may_choose_to_wait_together(send, festival, make_session):
    session = make_session(capacity=3)
    register(festival, session, members=2)
    ticks = {f"session-{session.id}": ["c", "0"]}

    refused = send(**last_step(**ticks, step="workshops", go="next"))
    box = re.search(rf'<input[^>]+name="wait-{session.id}"[^>]*>', refused.text)[0]
    assert 'type="checkbox"' in box
    assert "checked" not in box
    assert "Nếu thiếu chỗ, chúng tôi chờ đến khi đủ chỗ cho cả nhà" in plain(refused.text)

    assert send(**last_step(**ticks, **{f"wait-{session.id}": "y"})).status_code == 303
    assert states(newest(), session) == ["waitlisted"] * 2


def test_who_would_wait_and_fits_by_now_has_a_seat_and_is_not_told_otherwise(client, send, full):
    full.capacity = 9
    db.session.commit()

    answer = send(**last_step(**{f"session-{full.id}": "c", f"wait-{full.id}": "y"}))

    assert states(newest(), full)[0] == "confirmed"
    assert "danh sách chờ" not in plain(client.get(answer.location).text)


@pytest.mark.parametrize("number", ["", "x", "²", "9" * 20, "-1"])
def test_nonsense_in_the_place_of_a_session_waits_for_nothing(send, full, number):
    assert send(**last_step(**{f"wait-{number}": "y"})).status_code == 303
    assert (
        db.session.scalar(select(Booking.id).where(Booking.session_id == full.id, Booking.state == "waitlisted"))
        is None
    )


def test_the_page_for_changes_shows_the_place_and_what_a_change_does_to_it(client, festival, full):
    household = register(festival, full, members=2)
    person = household.attendees[0]
    address = f"/r/{secret_of(household)}/sessions"

    page = client.get(address)
    assert "Gia đình mình đứng thứ 1. Bớt người thì vẫn giữ thứ tự này. Thêm người thì cả nhà xuống cuối" in plain(
        page.text
    )
    assert len(re.findall(rf'name="session-{full.id}" value="\d+" checked', page.text)) == 2

    assert client.post(address, data={f"session-{full.id}": str(person.id), f"wait-{full.id}": "y"}).status_code == 303
    assert states(household, full) == ["waitlisted", ""]


def test_the_page_for_changes_puts_on_the_list_only_who_asks_to_wait(client, make_household, full):
    household = make_household(members=1)
    address, tick = f"/r/{secret_of(household)}/sessions", {f"session-{full.id}": str(household.attendees[0].id)}

    refused = client.post(address, data=tick)
    assert refused.status_code == 409
    assert line(full) == []

    assert client.post(address, data={**tick, f"wait-{full.id}": "y"}).status_code == 303
    assert line(full) == [household.id]
