"""Mail that comes back: delivery status notifications (RFC 3464) are read, and the message says why."""

from __future__ import annotations

import email
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as MailPart
from email.policy import default
from typing import cast

from sqlalchemy import update

from festival.core.text import tidy
from festival.extensions import db
from festival.messages.mail import find_message_number
from festival.messages.models import Channel, Message, MessageState

MAX_BYTES = 2 * 1024 * 1024


class BounceOutcome(enum.Enum):
    """MARKED; KNOWN before; NOT_FINAL: the servers are still trying, or it has arrived; NOT_OURS: something else."""

    MARKED = "marked"
    KNOWN = "known"
    NOT_FINAL = "not_final"
    NOT_OURS = "not_ours"


@dataclass(frozen=True)
class Bounce:
    """The outcome, and which message."""

    outcome: BounceOutcome
    message_id: int | None = None


def read_bounce(raw: bytes) -> Bounce:
    """Mark the message that this notification is about. The caller commits.

    Only a mail of ours can be marked: its Message-ID, which only we can make, must stand in the part of the
    notification that repeats the mail it is about.
    """
    mail = email.message_from_bytes(raw[:MAX_BYTES], policy=default)
    if mail.get_content_type() != "multipart/report":
        return Bounce(BounceOutcome.NOT_OURS)
    number = _number(mail)
    if number is None:
        return Bounce(BounceOutcome.NOT_OURS)
    reason = _failure(mail)
    if reason is None:
        return Bounce(BounceOutcome.NOT_FINAL, number)
    marked = db.session.scalar(
        update(Message)
        .where(
            Message.id == number,
            Message.channel == Channel.EMAIL,
            Message.state.in_((MessageState.SENT, MessageState.QUEUED)),
        )
        .values(state=MessageState.BOUNCED, reason=reason[:300], claimed_by=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return Bounce(BounceOutcome.KNOWN if marked is None else BounceOutcome.MARKED, number)


def _number(mail: MailPart) -> int | None:
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            text = str(first.get("Message-ID", "")) if isinstance(first, MailPart) else ""
        elif kind == "text/rfc822-headers":
            text = cast("bytes", part.get_payload(decode=True) or b"").decode("ascii", "replace")
        else:
            continue
        if number := find_message_number(text):
            return number
    return None


def _failure(mail: MailPart) -> str | None:
    """Why the mail did not arrive; None while it may still, or when it has."""
    for block in _blocks(mail):
        if str(block.get("Action", "")).strip().lower() == "failed":
            diagnosis = str(block.get("Diagnostic-Code", "")).partition(";")[2]
            return tidy(diagnosis or f"status {block.get('Status', '5.0.0')}") or "returned"
    return None


def _blocks(mail: MailPart) -> Iterator[MailPart]:
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            yield from (block for block in payload if isinstance(block, MailPart)) if isinstance(payload, list) else ()
