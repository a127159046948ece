"""Handing the outbox to a mail server: with patience, and never two workers at one message."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import structlog
from flask import current_app
from sqlalchemy import select, update

from festival.core.clock import now
from festival.core.text import tidy
from festival.extensions import db
from festival.messages.models import Message, MessageState

BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
"""How long to wait after each failed attempt; after the last one the message is given up."""

BATCH = 200


def deliver_due() -> int:
    """Send what is due; returns how many mails were handed over. Without a mail server everything waits."""
    settings = current_app.extensions["settings"]
    if not settings.smtp_url:
        return 0
    due = select(Message.id).where(Message.state == MessageState.QUEUED, Message.send_after <= now())
    ids = db.session.scalars(due.order_by(Message.id).limit(BATCH)).all()
    db.session.commit()
    if not ids:
        return 0
    try:
        server = _connect(settings.smtp_url)
    except (OSError, smtplib.SMTPException) as error:
        structlog.get_logger().warning("mail server unreachable", reason=type(error).__name__)
        return 0
    sent = 0
    with closing(server):
        for message_id in ids:
            try:
                sent += _send(server, message_id, settings.mail_from)
            except smtplib.SMTPServerDisconnected:
                structlog.get_logger().warning("mail server hung up", sent=sent)
                break
    return sent


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, tls = parts.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=20, context=tls)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=20)
        if server.has_extn("starttls") or (server.ehlo() and server.has_extn("starttls")):
            server.starttls(context=tls)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _claim(message_id: int, at: datetime) -> Message | None:
    """Take the message for this worker: whoever moves `send_after` first has it."""
    lease = at + timedelta(minutes=10)
    claimed = db.session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state == MessageState.QUEUED, Message.send_after <= at)
        .values(send_after=lease, attempts=Message.attempts + 1)
    )
    db.session.commit()
    return db.session.get(Message, message_id) if claimed.rowcount else None  # type: ignore[attr-defined]


def _send(server: smtplib.SMTP, message_id: int, sender: str) -> bool:
    at = now()
    message = _claim(message_id, at)
    if message is None:
        return False
    try:
        server.send_message(compose(message, sender))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        structlog.get_logger().warning("mail not sent", message=message.id, reason=type(error).__name__)
        hopeless = isinstance(error, ValueError | smtplib.SMTPRecipientsRefused)  # no such mail can be written or taken
        if message.attempts > len(BACKOFF) or hopeless:
            message.state = MessageState.FAILED
        else:
            message.send_after = at + BACKOFF[message.attempts - 1]
        db.session.commit()
        if isinstance(error, smtplib.SMTPServerDisconnected):
            raise
        return False
    message.state, message.sent_at = MessageState.SENT, at
    db.session.commit()
    return True


def compose(message: Message, sender: str) -> EmailMessage:
    """The mail as it goes over the wire; its Message-ID is the same at every attempt."""
    mail = EmailMessage()
    domain = sender.rpartition("@")[2] or "localhost"
    mail["From"], mail["To"], mail["Subject"] = sender, message.recipient, tidy(message.subject)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<message-{message.id}@{domain}>"
    mail.set_content(message.body)
    return mail
