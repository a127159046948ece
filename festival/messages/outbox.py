"""Writing a mail into the outbox. The worker sends it; a rolled-back change sends nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from festival.extensions import db
from festival.messages.models import Message


@dataclass(frozen=True)
class Mail:
    """What a mail says, and the event it tells of: an event is told once."""

    event: str
    recipient: str
    subject: str
    body: str


def put(mail: Mail, festival_id: int, registration_id: int | None = None) -> Message | None:
    """Add the mail in the current transaction; None when its event has been told already."""
    if db.session.scalar(select(Message.id).where(Message.event == mail.event)) is not None:
        return None
    message = Message(
        festival_id=festival_id,
        registration_id=registration_id,
        event=mail.event,
        recipient=mail.recipient,
        subject=mail.subject,
        body=mail.body,
    )
    db.session.add(message)
    return message


def wake_worker() -> None:
    """Call after the commit: lets the worker look into the outbox now instead of at the next full minute."""
    if current_app.extensions["settings"].smtp_url:
        current_app.extensions["deliver_messages"]()
