"""Requests about one's data: asked by the family, answered by the organizer in time, told to the family."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.core.clock import now, today
from festival.extensions import db
from festival.messages.models import Message
from festival.privacy.clocks import clocks_of
from festival.privacy.models import RequestKind, SubjectRequest
from festival.privacy.requests import OPEN_AT_ONCE
from festival.registration.links import secret_of
from tests import factories
from tests.conftest import plain

WISH = {"kind": "restrict", "wish": "Xin đừng gửi tin nhắn cho bà nữa."}


@pytest.fixture
def household(make_household):
    return make_household(members=2, email="nha@nha.example")


@pytest.fixture
def page(household):
    return f"/r/{secret_of(household)}/data"


@pytest.fixture
def desk(festival):
    return f"/manage/{festival.slug}/privacy"


def the_request() -> SubjectRequest:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(SubjectRequest)).one()


def messages_to(address: str) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.recipient == address).order_by(Message.id)))


def test_a_request_is_kept_shown_with_its_days_and_told_to_the_organizers(client, household, page, staff):
    staff(StaffRole.ORGANIZER)
    staff(StaffRole.DOOR_MANAGER)

    answer = client.post(f"{page}/request", data=WISH, follow_redirects=True)

    request = the_request()
    assert (request.kind, request.wish, request.registration_id) == (RequestKind.RESTRICT, WISH["wish"], household.id)
    assert "Xin đừng gửi tin nhắn cho bà nữa." in plain(answer.text)
    assert "trả lời trước hết ngày" in plain(answer.text)
    (mail,) = messages_to("organizer@festival.example")
    assert f"/privacy/requests/{request.id}" in mail.body
    assert household.contact_name not in mail.body + mail.subject
    assert not messages_to("door_manager@festival.example")


@pytest.mark.parametrize("wrong", [{"kind": ""}, {"kind": "steal"}, {"wish": "  "}, {"wish": "a" * 2001}])
def test_a_request_says_what_it_is_about(client, household, page, wrong):
    assert client.post(f"{page}/request", data=WISH | wrong).status_code == 422
    assert db.session.scalars(select(SubjectRequest)).all() == []


def test_no_more_than_five_wait_at_once(client, household, page):
    for _more in range(OPEN_AT_ONCE + 2):
        client.post(f"{page}/request", data=WISH)

    assert len(db.session.scalars(select(SubjectRequest)).all()) == OPEN_AT_ONCE


def test_the_organizer_answers_then_finishes_and_the_family_is_told_each_time(client, household, page, desk, sign_in):
    client.post(f"{page}/request", data=WISH)
    request, browser = the_request(), sign_in()
    assert household.contact_name in plain(browser.get(desk).text)
    address = f"{desk}/requests/{request.id}"

    browser.post(f"{address}/answer", data={"answer": "Phường đã nhận."})

    assert the_request().acknowledged_at is not None
    (told,) = messages_to("nha@nha.example")
    assert "Phường đã nhận." in told.body
    assert browser.post(f"{address}/done", data={"outcome": " "}).status_code == 422
    assert the_request().done_at is None

    browser.post(f"{address}/done", data={"outcome": "Đã tắt tin nhắn."})

    assert (the_request().outcome, the_request().done_at is not None) == ("Đã tắt tin nhắn.", True)
    assert "Đã tắt tin nhắn." in messages_to("nha@nha.example")[1].body
    assert "Đã tắt tin nhắn." in plain(client.get(page).text)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [action for action in actions if action.startswith("privacy.")] == [
        "privacy.request_answered",
        "privacy.request_done",
    ]


def test_pressing_twice_tells_the_family_once(client, household, page, desk, sign_in):
    client.post(f"{page}/request", data=WISH)
    address, browser = f"{desk}/requests/{the_request().id}", sign_in()

    for _again in range(2):
        browser.post(f"{address}/answer", data={"answer": ""})
        browser.post(f"{address}/done", data={"outcome": "Xong."})

    assert len(messages_to("nha@nha.example")) == 2


def test_a_request_is_put_off_once_for_a_reason_that_the_family_reads(client, household, page, desk, sign_in):
    client.post(f"{page}/request", data=WISH)
    request, browser = the_request(), sign_in()
    address = f"{desk}/requests/{request.id}"
    last = clocks_of(request, today()).done_by
    assert browser.post(f"{address}/later", data={"why": " "}).status_code == 422
    assert the_request().put_off_at is None

    for why in ("Phải hỏi trường học.", "Thêm lần nữa."):
        browser.post(f"{address}/later", data={"why": why})

    request = the_request()
    assert request.put_off_why == "Phải hỏi trường học."
    assert request.acknowledged_at == request.put_off_at
    assert clocks_of(request, today()).done_by == last + timedelta(days=15)
    (told,) = messages_to("nha@nha.example")
    assert "Phải hỏi trường học." in told.body
    assert f"{last + timedelta(days=15):%d/%m/%Y}" in told.body
    assert "Phải hỏi trường học." in plain(client.get(page).text)
    assert "Phải hỏi trường học." in plain(browser.get(address).text)
    assert client.get(f"{page}.json").json["requests"][0]["put_off_why"] == "Phải hỏi trường học."
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert [action for action in actions if action.startswith("privacy.")] == ["privacy.request_put_off"]


def test_what_has_run_out_or_is_done_is_not_put_off_any_more(client, household, page, desk, sign_in):
    client.post(f"{page}/request", data=WISH)
    address, browser = f"{desk}/requests/{the_request().id}", sign_in()
    the_request().received_at = now() - timedelta(days=16)
    db.session.commit()

    browser.post(f"{address}/later", data={"why": "Muộn rồi."})

    assert the_request().put_off_at is None
    assert "/later" not in browser.get(address).text


def test_finishing_at_once_is_an_answer_too(client, household, page, desk, sign_in):
    client.post(f"{page}/request", data=WISH)

    sign_in().post(f"{desk}/requests/{the_request().id}/done", data={"outcome": "Xong."})

    assert the_request().acknowledged_at == the_request().done_at


def test_what_is_overdue_says_so_in_words(client, household, page, desk, sign_in):
    client.post(f"{page}/request", data=WISH)
    browser = sign_in()
    assert "quá hạn" not in plain(browser.get(desk).text)
    the_request().received_at = now() - timedelta(days=30)
    db.session.commit()

    assert "quá hạn" in plain(browser.get(desk).text)
    assert "quá hạn" in plain(browser.get(f"{desk}/requests/{the_request().id}").text)


def test_the_list_says_what_to_expect_while_nobody_has_asked(desk, sign_in, client, household, page):
    browser = sign_in()
    assert "Chưa ai yêu cầu gì" in plain(browser.get(desk).text)

    client.post(f"{page}/request", data=WISH)
    browser.post(f"{desk}/requests/{the_request().id}/done", data={"outcome": "Xong."})

    assert "Không còn yêu cầu nào đang chờ" in plain(browser.get(desk).text)
    assert "Xin đừng" not in plain(browser.get(f"{desk}?show=done").text)
    assert household.contact_name in plain(browser.get(f"{desk}?show=done").text)


def test_a_request_of_another_festival_is_not_found(client, household, page, sign_in, make_festival):
    client.post(f"{page}/request", data=WISH)
    other = make_festival()

    assert sign_in().get(f"/manage/{other.slug}/privacy/requests/{the_request().id}").status_code == 404


def test_the_register_says_what_this_festival_does(desk, sign_in, festival):
    browser = sign_in()
    bare = plain(browser.get(f"{desk}/register").text)
    assert "Đóng dấu" not in bare
    assert f"{festival.erase_after:%d/%m/%Y}" in bare
    assert "2026-11" in bare

    booth = factories.make_booth(festival)
    factories.make_checkpoint(festival, factories.CheckpointKind.BOOTH, name="A05", booth_id=booth.id)

    assert "Đóng dấu" in plain(browser.get(f"{desk}/register").text)


def test_the_sign_says_how_to_stay_out_of_pictures(desk, sign_in, festival):
    words = plain(sign_in().get(f"{desk}/photo-sign").text)

    assert "Khu vực có chụp ảnh" in words
    assert festival.organizer_name in words
