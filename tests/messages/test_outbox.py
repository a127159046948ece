"""Mail: written with what causes it, sent by the worker to a real mail server, told once."""

from __future__ import annotations

import email
import email.policy
import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from festival.core.clock import now
from festival.extensions import db
from festival.messages import outbox
from festival.messages.delivery import BACKOFF, deliver_due
from festival.messages.models import Message, MessageState
from festival.registration import notices
from festival.registration.links import address_of
from tests.conftest import make_settings


class Sink:
    """A mail server that keeps what it gets, or refuses it with `answer`."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


@pytest.fixture
def sink(app, tmp_path):
    handler = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    before = app.extensions["settings"]
    app.extensions["settings"] = make_settings(
        tmp_path, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="ngay-hoi@festival.example"
    )
    yield handler
    app.extensions["settings"] = before
    server.stop()


@pytest.fixture
def message(festival):
    mail = outbox.Mail("thử:1", "hoa@festival.example", "Vé của gia đình: Đỗ Thị Ước", "Mời bà con…\n")
    message = outbox.put(mail, festival.id)
    db.session.commit()
    return message


def state_of(message) -> MessageState:
    db.session.refresh(message)
    return message.state


def test_a_registration_with_an_address_is_confirmed_with_its_link(sink, make_household):
    family = make_household(members=2, email="hoa@festival.example")
    notices.confirmed(family)
    db.session.commit()

    assert deliver_due() == 1

    mail = sink.mails[0]
    assert mail["Subject"] == "Vé của gia đình: Ngày hội toàn dân học tập số"
    assert address_of(family) in mail.get_content()
    assert family.attendees[1].name in mail.get_content()


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
    sink.answer = "554 never"
    for _attempt in range(len(BACKOFF) + 1):
        message.send_after = now()
        db.session.commit()
        deliver_due()
        db.session.refresh(message)

    assert message.state is MessageState.FAILED
    assert message.attempts == len(BACKOFF) + 1


def test_an_unreachable_server_loses_nothing(app, message, tmp_path):
    before = app.extensions["settings"]
    app.extensions["settings"] = make_settings(tmp_path, smtp_url="smtp://127.0.0.1:1")
    assert deliver_due() == 0
    app.extensions["settings"] = before

    assert state_of(message) is MessageState.QUEUED
    assert message.attempts == 0


def test_a_subject_cannot_smuggle_a_header(sink, festival):
    mail = outbox.Mail("thử:3", "hoa@festival.example", "Vé\r\nBcc: x@evil.example", "y")
    outbox.put(mail, festival.id)
    db.session.commit()

    deliver_due()

    assert all(mail["Bcc"] is None for mail in sink.mails)
