"""A family that lost its link: found by number and code, sent again, renewed; and nothing told to strangers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from festival.core.clock import now
from festival.extensions import db, limiter
from festival.messages.models import Message
from festival.registration import changing
from festival.registration.coming_back import find_household, read_ticket_code, send_links
from festival.registration.links import secret_of
from festival.registration.models import Registration, TicketKind
from tests import factories
from tests.conftest import plain


@pytest.fixture
def household(make_household):
    return make_household(members=2, email="Hoa@Nha.example")


@pytest.fixture
def page(festival):
    return f"/{festival.slug}/my-tickets"


@pytest.fixture
def limits(monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    yield
    limiter.reset()


def codes(household: Registration) -> list[str]:
    return [ticket.short_code for ticket in household.tickets]


def by_code(client, page: str, phone: str, code: str):
    return client.post(page, data={"go": "open", "find-phone": phone, "find-code": code})


def asked(client, page: str, contact: str):
    return client.post(page, data={"go": "send", "send-contact": contact}, follow_redirects=True)


def work(app) -> None:
    """What the worker does with the calls that wait."""
    huey = app.extensions["huey"]
    db.session.rollback()
    while task := huey.dequeue():
        huey.execute(task)


@pytest.fixture
def queue(app):
    app.extensions["huey"].flush()
    return app.extensions["huey"]


@pytest.mark.parametrize("phone", ["0912345678", "0912.345.678", "+84 912 345 678", "84912345678"])
def test_the_number_and_the_code_of_any_ticket_open_the_page(client, household, page, phone):
    for code in codes(household):
        typed = f" {code[:4].lower()}-{code[4:]} ".replace("V", "u")

        assert by_code(client, page, phone, typed).location == f"/r/{secret_of(household)}"


def test_a_wrong_number_and_a_wrong_code_get_one_and_the_same_answer(client, household, page, make_household):
    other = make_household(members=1, phone="+84987000111")

    answers = [
        by_code(client, page, "0987000111", codes(household)[1]),
        by_code(client, page, "0912345678", codes(other)[1]),
        by_code(client, page, "0912345678", "22222222"),
        by_code(client, page, "0355555555", "22222222"),
    ]

    assert {answer.status_code for answer in answers} == {422}
    texts = {plain(answer.text) for answer in answers}
    assert len(texts) == 1
    assert "Không tìm thấy vé nào" in texts.pop()


def test_a_code_counts_within_its_festival_only(client, household, make_festival):
    other = make_festival()

    assert by_code(client, f"/{other.slug}/my-tickets", "0912345678", codes(household)[1]).status_code == 422


def test_the_ticket_of_somebody_taken_out_opens_nothing_but_a_cancelled_household_sees_that_it_is(
    client, household, page
):
    gone = next(ticket for ticket in household.tickets if ticket.attendee_id == household.attendees[1].id)
    changing.remove_member(household.attendees[1])
    db.session.commit()
    assert by_code(client, page, "0912345678", gone.short_code).status_code == 422

    changing.cancel(household)
    db.session.commit()

    answer = by_code(client, page, "0912345678", gone.short_code)
    assert "Đăng ký này đã hủy" in plain(client.get(answer.location).text)


def test_an_erased_registration_without_a_number_is_not_found(household, festival):
    household.phone = ""
    db.session.commit()

    assert find_household(festival, "", codes(household)[0]) is None


@pytest.mark.parametrize(("typed", "code"), [("7kq4 m2xa", "7KQ4M2XA"), ("U2345678", "V2345678")])
def test_a_code_is_read_however_it_is_typed(typed, code):
    assert read_ticket_code(typed) == code


@pytest.mark.parametrize("typed", ["", "7KQ4M2X", "7KQ4M2XAB", "0OIL1111", "ÀÁÂÃẠẢĂẮ"])
def test_what_cannot_be_a_code_is_none(typed):
    assert read_ticket_code(typed) is None


def test_writing_the_number_otherwise_is_no_new_number_to_the_limit(client, household, page, limits):
    ways = ["0912345678", "0912 345 678", "+84912345678", "84 912345678"]
    answers = [by_code(client, page, ways[n % 4], "22222222").status_code for n in range(21)]

    assert answers == [422] * 20 + [429]
    assert by_code(client, page, "0912345678", codes(household)[1]).status_code == 429
    assert by_code(client, page, "0355555555", "22222222").status_code == 422


def test_an_address_may_try_sixty_times_in_ten_minutes(client, page, limits):
    answers = [by_code(client, page, f"09{n:08}", "22222222").status_code for n in range(61)]

    assert answers == [422] * 60 + [429]


def test_the_link_is_sent_to_the_address_in_the_registration(app, client, household, page, queue):
    for contact in ("0912 345 678", "HOA@nha.example"):
        asked(client, page, contact)
    work(app)

    messages = db.session.scalars(select(Message)).all()
    assert [message.recipient for message in messages] == ["Hoa@Nha.example"] * 2
    assert all(f"/r/{secret_of(household)}" in message.body for message in messages)


def test_whether_somebody_is_registered_shows_neither_in_the_answer_nor_in_the_work(
    app, client, household, page, queue
):
    def statements(contact: str) -> tuple[str, list[str]]:
        seen: list[str] = []
        note = lambda *given: seen.append(given[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        words = plain(asked(client, page, contact).text)
        event.remove(db.engine, "before_cursor_execute", note)
        return words, seen

    known = statements("0912345678")

    assert statements("0355555555") == known
    assert statements("niemand@nha.example") == known
    assert "Nếu số này hoặc địa chỉ này đã đăng ký" in known[0]
    assert len(queue) == 3
    work(app)
    assert len(db.session.scalars(select(Message)).all()) == 1


def test_a_number_is_sent_to_three_times_an_hour_and_is_answered_the_same_afterwards(
    app, client, household, page, queue, limits
):
    ways = ["0912345678", "+84 912 345 678", "0912.345.678", "84912345678"]
    words = {plain(asked(client, page, way).text) for way in ways}
    work(app)

    assert len(words) == 1
    assert len(db.session.scalars(select(Message)).all()) == 3


def test_the_links_of_all_that_come_are_sent_and_a_cancelled_one_only_where_no_other_is(festival, household):
    second = factories.make_household(festival, members=1, email="hoa@nha.example")
    changing.cancel(household)
    db.session.commit()

    assert send_links(festival, "+84912345678") == 1
    assert db.session.scalars(select(Message.registration_id)).all() == [second.id]

    changing.cancel(second)
    db.session.commit()
    assert send_links(festival, "+84912345678") == 1


def test_a_link_is_renewed_only_when_asked_twice_and_the_old_one_leads_to_where_tickets_are_found(
    client, household, page
):
    old = secret_of(household)
    assert client.get(f"/r/{old}/renew").status_code == 200
    assert client.get(f"/r/{old}").status_code == 200

    answer = client.post(f"/r/{old}/renew")

    db.session.refresh(household)
    assert answer.location == f"/r/{secret_of(household)}"
    assert secret_of(household) != old
    gone = client.get(f"/r/{old}")
    assert gone.status_code == 410
    assert f'href="{page}"' in gone.text
    assert client.get(answer.location).status_code == 200
    assert f"/r/{secret_of(household)}" in db.session.scalars(select(Message.body)).one()


def test_a_link_that_never_was_leads_to_the_only_festival_there_is(client, household, page, make_festival):
    assert f'href="{page}"' in client.get("/r/never-was-a-link").text

    make_festival()

    unknown = client.get("/r/never-was-a-link")
    assert unknown.status_code == 404
    assert "my-tickets" not in unknown.text


def test_a_registration_is_confirmed_by_coming_back_and_not_by_the_form_that_leads_to_its_page(client, household, page):
    client.get(f"/r/{secret_of(household)}")
    db.session.refresh(household)
    assert household.confirmed_at is None
    household.created_at, changed_at = now() - timedelta(minutes=5), household.changed_at
    db.session.commit()

    client.get(f"/r/{secret_of(household)}")

    db.session.refresh(household)
    first = household.confirmed_at
    assert first is not None
    client.get(f"/r/{secret_of(household)}")
    db.session.refresh(household)
    assert household.confirmed_at == first
    assert household.changed_at > changed_at or household.changed_at == changed_at


def test_who_finds_the_household_by_number_and_code_has_come_back(client, household, page):
    by_code(client, page, "0912345678", codes(household)[0])

    db.session.refresh(household)
    assert household.confirmed_at is not None
    assert TicketKind.HOUSEHOLD in {ticket.kind for ticket in household.tickets}
