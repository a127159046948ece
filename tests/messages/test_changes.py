"""What a household changes on its page is told by mail, once, when it has left it at that; a cancellation at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from festival.core.clock import now
from festival.extensions import db
from festival.messages.models import Channel, Message
from festival.registration.links import secret_of
from festival.registration.notices import SETTLES
from festival.sms_settings import HttpSettings, SmsSettings


@pytest.fixture
def family(make_household):
    return make_household(members=3, email="hoa@festival.example")


def told() -> list[Message]:
    db.session.expire_all()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def take_out(client, family, place: int) -> None:
    address = f"/r/{secret_of(family)}/members/{family.attendees[place].id}"
    assert client.post(address, data={"go": "remove"}).status_code == 303


def test_two_changes_in_a_row_are_one_mail_with_what_is_true_now(client, family):
    first, *_others, last = (person.name for person in family.attendees)
    take_out(client, family, 1)
    take_out(client, family, 2)

    (row,) = told()

    assert row.kind == "change"
    assert row.send_after > now() + SETTLES - timedelta(minutes=1)
    assert first in row.body
    assert last not in row.body
    assert row.calendar


def test_a_mail_that_is_being_sent_is_not_called_back(client, family):
    take_out(client, family, 1)
    told()[0].claimed_by = "a worker"
    db.session.commit()
    take_out(client, family, 2)

    assert len(told()) == 2


def test_a_cancellation_is_told_instead_of_what_was_changed_before(client, family):
    take_out(client, family, 1)
    for _again in range(2):
        client.post(f"/r/{secret_of(family)}/cancel")

    assert [row.kind for row in told()] == ["cancellation"]


def test_a_refused_change_is_not_told(client, make_household):
    alone = make_household(members=1, email="hoa@festival.example")
    take_out(client, alone, 0)

    assert told() == []


def test_who_changes_something_on_the_phone_in_hand_gets_no_text_message(client, settings_of, make_household):
    settings_of(sms=SmsSettings(gateway="http", http=HttpSettings(url="https://sms.example/")))
    family = make_household(members=2)
    take_out(client, family, 1)
    client.post(f"/r/{secret_of(family)}/cancel")

    assert [(row.kind, row.channel) for row in told()] == [("cancellation", Channel.SMS)]
