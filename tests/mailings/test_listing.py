"""The list of messages: found, filtered, why they wait, sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry
from festival.core.clock import now
from festival.extensions import db
from festival.mailings.listing import resend
from festival.messages import outbox
from festival.messages.delivery import deliver_due
from festival.messages.models import Channel, Message, MessageState
from festival.registration import notices
from festival.registration.links import secret_of
from tests.conftest import plain


def shown(organizer, address) -> str:
    return plain(organizer.get(f"{address}?lang=en").text)


def test_an_empty_list_says_when_something_will_stand_there(organizer, address):
    assert "As soon as a family registers" in shown(organizer, address)


def test_without_a_mail_server_the_page_says_so_plainly(organizer, address, put):
    put()

    assert "No mail server is set up, so no mail goes out." in shown(organizer, address)


def test_what_the_server_said_stands_above_the_list(sink, organizer, address, put):
    put()
    sink.answer = "451 4.7.1 the box is full"
    deliver_due()

    page = shown(organizer, address)

    assert "No mail server" not in page
    assert "Why some wait 1: 451 4.7.1 the box is full" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?state=bounced", 1),
        ("?state=nonsense", 3),
        ("?kind=offer", 1),
        ("?channel=sms", 1),
        ("?q=do+thi+uoc", 1),
        ("?q=0912+999+888", 1),
        ("?q=999888", 1),
        ("?q=mai%40", 2),
        ("?q=%25", 0),
        ("?page=9", 3),
    ],
)
def test_messages_are_found_by_state_kind_way_and_person(organizer, address, festival, make_household, query, count):
    family = make_household(contact_name="Đỗ Thị Ước", members=1)
    family.attendees[0].name = "Đỗ Thị Ước"
    rows = [
        outbox.put(outbox.Mail("1", "mai@festival.example", "x", "y", kind="offer"), festival.id, family.id),
        outbox.put(outbox.Mail("2", "mai@festival.example", "x", "y", kind="link"), festival.id),
        outbox.put(outbox.TextMessage("3", "+84912999888", "y", kind="reminder"), festival.id),
    ]
    rows[0].state = MessageState.BOUNCED
    db.session.commit()

    page = organizer.get(f"{address}{query}")

    assert page.text.count('<th scope="row"') == count


def test_another_festivals_messages_are_not_found(organizer, address, make_festival):
    other = make_festival()
    row = outbox.put(outbox.Mail("1", "mai@festival.example", "x", "y"), other.id)
    db.session.commit()

    assert organizer.get(f"{address}/{row.id}").status_code == 404
    assert organizer.post(f"{address}/{row.id}/resend").status_code == 404


def test_a_message_is_shown_without_the_familys_secret(organizer, address, make_household):
    family = make_household(members=1, email="hoa@festival.example")
    notices.confirmed(family)
    db.session.commit()
    row = db.session.scalars(select(Message)).one()

    page = organizer.get(f"{address}/{row.id}").text

    assert "/r/…" in page
    assert secret_of(family) not in page


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.BOUNCED])
def test_what_failed_is_sent_again_once_and_it_is_on_record(sink, organizer, address, put, state):
    row = put(state=state, attempts=6, reason="550 no such user")

    for _press in range(2):
        organizer.post(f"{address}/{row.id}/resend")

    assert deliver_due() == 1
    assert deliver_due() == 0
    assert db.session.scalars(select(Message.event)).all() == ["thử:1"], "the event stays one"
    assert db.session.scalars(select(AuditEntry.action)).all() == ["message.resent"]


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.QUEUED, MessageState.WITHDRAWN])
def test_what_did_not_fail_is_not_sent_again(organizer, address, put, state):
    row = put(state=state)

    organizer.post(f"{address}/{row.id}/resend")

    db.session.refresh(row)
    assert row.state is state


def test_it_goes_to_the_address_that_the_family_has_now(organizer, address, make_household, put):
    family = make_household(members=1, email="moi@festival.example")
    row = put(state=MessageState.BOUNCED, registration_id=family.id)

    organizer.post(f"{address}/{row.id}/resend")

    db.session.refresh(row)
    assert row.recipient == "moi@festival.example"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"good_until": now() - timedelta(hours=1)}, "its time is over"),
        ({"recipient": ""}, "nobody left"),
    ],
)
def test_what_helps_nobody_is_not_sent_again(organizer, address, put, values, words):
    row = put(state=MessageState.FAILED, **values)

    page = organizer.post(f"{address}/{row.id}/resend?lang=en", follow_redirects=True)

    assert words in page.text
    db.session.refresh(row)
    assert row.state is MessageState.FAILED


def test_a_text_message_goes_to_the_phone_it_is_about(make_household, put):
    family = make_household(members=1, phone="+84987654321", email="hoa@festival.example")
    row = put(state=MessageState.FAILED, channel=Channel.SMS, registration_id=family.id)

    resend(row)

    assert row.recipient == "+84987654321"
