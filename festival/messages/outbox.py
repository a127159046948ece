"""Writing a message into the outbox. The worker sends it; a rolled-back change sends nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy import insert, select

from festival.core.clock import now
from festival.extensions import db
from festival.messages.models import Channel, Message, MessageState

BATCH = 500
"""So many events are looked up, and messages written, by one statement."""


@dataclass(frozen=True)
class Mail:
    """What a mail says, and the event it tells of: an event is told once.

    `good_until`: later it is of no use to anybody and is not sent. `fields`: the same words one by one; its `link` is
    the household's own page.
    """

    event: str
    recipient: str
    subject: str
    body: str
    kind: str = "notice"
    html: str = ""
    calendar: str = ""
    language: str = "vi"
    recipient_name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    send_after: datetime | None = None
    good_until: datetime | None = None


@dataclass(frozen=True)
class TextMessage:
    """What a text message says to the phone `recipient` (E.164). Its event is another one than the mail's beside it."""

    event: str
    recipient: str
    body: str
    kind: str = "notice"
    language: str = "vi"
    recipient_name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    send_after: datetime | None = None
    good_until: datetime | None = None


@dataclass(frozen=True)
class Addressed:
    """A message, whom of a festival's households it is for, and which message to many it belongs to."""

    message: Mail | TextMessage
    registration_id: int | None = None
    group_message_id: int | None = None


def put(message: Mail | TextMessage, festival_id: int, registration_id: int | None = None) -> Message | None:
    """Add the message in the current transaction; None when its event has been told already."""
    if db.session.scalar(select(Message.id).where(Message.event == message.event)) is not None:
        return None
    row = Message(**_values(Addressed(message, registration_id), festival_id))
    db.session.add(row)
    return row


def put_all(messages: Sequence[Addressed], festival_id: int) -> int:
    """Add many in the current transaction; gives how many were new. Of an event told before, nothing is added."""
    added = 0
    for start in range(0, len(messages), BATCH):
        batch = {one.message.event: one for one in messages[start : start + BATCH]}
        told = db.session.scalars(select(Message.event).where(Message.event.in_(batch))).all()
        for event in told:
            del batch[event]
        if batch:
            db.session.execute(insert(Message), [_values(one, festival_id) for one in batch.values()])
            added += len(batch)
    return added


def _values(one: Addressed, festival_id: int) -> dict[str, object]:
    message, at = one.message, now()
    mail = message if isinstance(message, Mail) else None
    return {
        "festival_id": festival_id,
        "registration_id": one.registration_id,
        "group_message_id": one.group_message_id,
        "event": message.event,
        "kind": message.kind,
        "channel": Channel.EMAIL if mail else Channel.SMS,
        "recipient": message.recipient,
        "recipient_name": message.recipient_name,
        "language": message.language,
        "subject": mail.subject[:300] if mail else "",
        "body": message.body,
        "html": mail.html if mail else "",
        "calendar": mail.calendar if mail else "",
        "fields": dict(message.fields),
        "state": MessageState.QUEUED,
        "created_at": at,
        "send_after": message.send_after or at,
        "good_until": message.good_until,
    }


def wake_worker() -> None:
    """Call after the commit: lets the worker look into the outbox now instead of some seconds later."""
    settings = current_app.extensions["settings"]
    if settings.smtp_url or settings.sms.gateway:
        current_app.extensions["deliver_messages"]()
