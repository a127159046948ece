"""Delivery status notifications mark the message they are about, and nothing else does."""

from __future__ import annotations

import pytest

from festival.extensions import db
from festival.messages.bounces import BounceOutcome, read_bounce
from festival.messages.mail import message_id
from festival.messages.models import MessageState
from tests.messages.conftest import SENDER, state_of

NOTIFICATION = """\
From: MAILER-DAEMON@mx.example
To: {sender}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you …

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 24 Nov 2026 08:00:00 +0700

Final-Recipient: rfc822; hoa@festival.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnosis}

--B
Content-Type: {kind}

Subject: =?utf-8?q?V=C3=A9?=
Message-ID: {message_id}

--B--
"""


def notification(message, **values: str) -> bytes:
    defaults = {
        "sender": SENDER,
        "action": "failed",
        "status": "5.1.1",
        "diagnosis": "550 5.1.1 <hoa@festival.example>: no such user",
        "kind": "message/rfc822",
        "message_id": message_id(message.id, SENDER),
    }
    return NOTIFICATION.format(**{**defaults, **values}).encode()


@pytest.fixture
def sent(message):
    message.state = MessageState.SENT
    db.session.commit()
    return message


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_failed_delivery_marks_its_message_with_the_reason(sent, kind):
    assert read_bounce(notification(sent, kind=kind)).outcome is BounceOutcome.MARKED
    assert state_of(sent) is MessageState.BOUNCED
    assert sent.reason == "550 5.1.1 <hoa@festival.example>: no such user"


def test_a_delay_marks_nothing(sent):
    assert read_bounce(notification(sent, action="delayed", status="4.4.1")).outcome is BounceOutcome.NOT_FINAL
    assert state_of(sent) is MessageState.SENT


def test_the_same_notification_again_changes_nothing(sent):
    read_bounce(notification(sent))

    assert read_bounce(notification(sent, diagnosis="x")).outcome is BounceOutcome.KNOWN
    assert sent.reason != "x"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: I am on holiday\n\nBack on Monday",
        b"Content-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\nAction: failed\n",
    ],
)
def test_other_mail_is_left_alone(sent, raw):
    assert read_bounce(raw).outcome is BounceOutcome.NOT_OURS


def test_who_cannot_know_the_message_id_cannot_mark_it(sent):
    forged = f"<message-{sent.id}.0000000000000000@festival.example>"

    assert read_bounce(notification(sent, message_id=forged)).outcome is BounceOutcome.NOT_OURS
    assert state_of(sent) is MessageState.SENT


def test_the_command_reads_what_a_mail_server_pipes(app, sent):
    done = app.test_cli_runner().invoke(args=["festival", "bounce"], input=notification(sent))

    assert done.output.strip() == f"marked (message {sent.id})"
    assert state_of(sent) is MessageState.BOUNCED
