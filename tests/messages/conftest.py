"""A mail server that keeps or refuses what it gets, and a way to give the app other settings for one test."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from festival.core.clock import now
from festival.extensions import db
from festival.messages import outbox
from festival.messages.models import Message, MessageState

SENDER = "ngay-hoi@festival.example"


class Sink:
    """A mail server that keeps what it gets, or refuses it with `answer`, or refuses `refused` recipients."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.recipients = "250 OK"
        self.port = 0

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802
        if self.recipients.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipients

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings_of(app) -> Iterator[Callable[..., None]]:
    """Give the app other settings until the end of the test."""
    before = app.extensions["settings"]

    def change(**values: object) -> None:
        app.extensions["settings"] = replace(before, **values)

    yield change
    app.extensions["settings"] = before


@pytest.fixture
def sink(settings_of) -> Iterator[Sink]:
    """A mail server, and the app told to use it."""
    handler = Sink()
    handler.port = free_port()
    server = Controller(handler, hostname="127.0.0.1", port=handler.port)
    server.start()
    settings_of(smtp_url=f"smtp://127.0.0.1:{handler.port}", mail_from=SENDER)
    yield handler
    server.stop()


@pytest.fixture
def message(festival) -> Message:
    """A mail in the outbox."""
    mail = outbox.Mail("thử:1", "hoa@festival.example", "Vé của gia đình: Đỗ Thị Ước", "Mời bà con…\n")
    message = outbox.put(mail, festival.id)
    db.session.commit()
    assert message is not None
    return message


def state_of(message: Message) -> MessageState:
    db.session.refresh(message)
    return message.state


def make_due(message: Message) -> None:
    message.send_after = now()
    db.session.commit()


def plain(mail: EmailMessage) -> str:
    """The text part of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
