"""Mail: written with what causes it, sent by the worker to a real mail server, told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from festival.core.clock import now
from festival.extensions import db
from festival.messages import outbox
from festival.messages.claims import LEASE, claim, take_slot
from festival.messages.delivery import BACKOFF, deliver_due
from festival.messages.models import Channel, Message, MessageState
from festival.registration import notices
from festival.registration.links import address_of
from tests.messages.conftest import make_due, plain, state_of


def test_a_registration_with_an_address_is_confirmed_with_its_link(sink, make_household):
    family = make_household(members=2, email="hoa@festival.example")
    notices.confirmed(family)
    db.session.commit()

    assert deliver_due() == 1

    mail = sink.mails[0]
    assert mail["Subject"] == "Vé của gia đình: Ngày hội toàn dân học tập số"
    assert address_of(family) in plain(mail)
    assert family.attendees[1].name in plain(mail)


def test_without_an_address_nothing_is_written(make_household):
    notices.confirmed(make_household(members=1))

    assert db.session.scalars(select(Message)).all() == []


def test_an_event_is_told_once(message, festival):
    again = outbox.Mail(message.event, "hoa@festival.example", "x", "y")

    assert outbox.put(again, festival.id) is None


def test_a_rolled_back_change_sends_nothing(sink, festival):
    outbox.put(outbox.Mail("thử:2", "hoa@festival.example", "x", "y"), festival.id)
    db.session.rollback()

    assert deliver_due() == 0


def test_a_sent_mail_is_not_sent_again(sink, message):
    assert (deliver_due(), deliver_due()) == (1, 0)
    assert state_of(message) is MessageState.SENT


def test_a_refusal_for_now_is_tried_again_later(sink, message):
    sink.answer = "451 try later"

    assert deliver_due() == 0
    assert state_of(message) is MessageState.QUEUED
    assert message.send_after > now() + BACKOFF[0] - timedelta(seconds=30)
    sink.answer = "250 OK"
    assert deliver_due() == 0, "not before its time"
    message.send_after = now()
    db.session.commit()
    assert deliver_due() == 1


def test_after_the_last_attempt_it_is_given_up(sink, message):
    sink.answer = "451 not now"
    for _attempt in range(len(BACKOFF) + 1):
        make_due(message)
        deliver_due()

    assert state_of(message) is MessageState.FAILED
    assert message.attempts == len(BACKOFF) + 1
    assert message.reason == "451 not now"


@pytest.mark.parametrize("refused", ["answer", "recipients"])
def test_a_refusal_for_good_is_not_tried_again_and_says_why(sink, message, refused):
    setattr(sink, refused, "550 5.1.1 no such mailbox")

    assert deliver_due() == 0

    assert state_of(message) is MessageState.FAILED
    assert (message.attempts, message.reason) == (1, "550 5.1.1 no such mailbox")


def test_a_mailbox_that_is_greylisted_is_tried_again(sink, message):
    sink.recipients = "450 4.7.1 come back in a minute"

    deliver_due()

    assert state_of(message) is MessageState.QUEUED


def test_an_unreachable_server_loses_nothing_and_the_list_says_why(settings_of, message):
    settings_of(smtp_url="smtp://127.0.0.1:1")

    assert deliver_due() == 0

    assert state_of(message) is MessageState.QUEUED
    assert message.attempts == 0
    assert "refused" in message.reason


def test_a_subject_cannot_smuggle_a_header(sink, festival):
    mail = outbox.Mail("thử:3", "hoa@festival.example", "Vé\r\nBcc: x@evil.example", "y")
    outbox.put(mail, festival.id)
    db.session.commit()

    deliver_due()

    assert all(mail["Bcc"] is None for mail in sink.mails)


def test_what_nobody_needs_any_more_is_not_sent(sink, festival):
    late = outbox.put(
        outbox.Mail("thử:4", "hoa@festival.example", "x", "y", good_until=now() - timedelta(seconds=1)), festival.id
    )
    db.session.commit()

    assert deliver_due() == 0

    assert state_of(late) is MessageState.FAILED
    assert late.reason == "too late to be of use"


def test_many_are_put_in_at_once_and_none_twice(festival, message):
    mails = [outbox.Addressed(outbox.Mail(f"thử:{n}", "hoa@festival.example", "x", "y")) for n in (1, 5, 6, 6)]

    assert outbox.put_all(mails, festival.id) == 2
    assert sorted(db.session.scalars(select(Message.event))) == ["thử:1", "thử:5", "thử:6"]


def test_only_one_worker_gets_a_message(message):
    first, second = claim(message.id, now()), claim(message.id, now())
    db.session.commit()

    assert first is message
    assert second is None
    assert message.send_after > now() + LEASE - timedelta(seconds=30)


def test_a_minute_has_so_many_places_and_the_next_one_begins_anew(app):
    at = now().replace(second=0)

    assert [take_slot(Channel.EMAIL, 2, at) for _ in range(3)] == [True, True, False]
    assert take_slot(Channel.SMS, 2, at), "text messages are counted by themselves"
    assert take_slot(Channel.EMAIL, 2, at + timedelta(minutes=1))


def test_what_is_beyond_the_minutes_limit_waits_unharmed(settings_of, sink, festival):
    settings_of(smtp_url=f"smtp://127.0.0.1:{sink.port}", mail_per_minute=2)
    outbox.put_all(
        [outbox.Addressed(outbox.Mail(f"thử:{n}", "hoa@festival.example", "x", "y")) for n in range(4)], festival.id
    )
    db.session.commit()

    assert deliver_due() == 2, "the test runs within a minute: a second one would take two more"

    waiting = db.session.scalars(select(Message).where(Message.state == MessageState.QUEUED)).all()
    assert [(one.attempts, one.claimed_by) for one in waiting] == [(0, None)] * 2
