"""Handing the outbox over: with patience, at its hour, so many a minute, and never two workers at one message.

A message is claimed, handed over and marked as sent, in this order and each in a transaction of its own. A worker that
dies between the second and the third has sent a message that will be sent again
(docs/decisions/at-most-once-or-at-least-once.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import case, select, update
from sqlalchemy.exc import OperationalError

from festival.core.clock import now
from festival.extensions import db
from festival.messages.claims import claim, due, free_claims_of_the_dead, take_slot
from festival.messages.mail import compose
from festival.messages.models import Channel, Message, MessageState
from festival.messages.quiet_hours import cannot_wait, is_quiet, not_at_night
from festival.messages.sms import Gateway, SmsOutcome, gateway_of
from festival.messages.smtp import MailOutcome, MailServer

BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
"""How long to wait after each failed attempt; after the last one the message is given up."""

BATCH = 200
MAX_RECONNECTS = 3
SETTLE_TRIES = 10
HELD_AT_NIGHT = "held at night"
"""The reason of what waits for 07:00; the other reasons are the servers' own words."""

TOO_LATE = "too late to be of use"
URGENT = ("link",)
"""Kinds that somebody has asked for at this very moment: they go out at night too."""


@dataclass(frozen=True)
class Verdict:
    """What became of an attempt. `hold`: it was not the message's fault, so the attempt does not count."""

    state: MessageState
    reason: str = ""
    hold: timedelta | None = None


Send = Callable[[Message], Verdict | None]
"""Hands one message over; None when nothing more can be sent in this round."""


def deliver_due(stopped: Callable[[], bool] = lambda: False) -> int:
    """Send what is due; returns how many were handed over. Without a mail server or a gateway it waits.

    `stopped` is asked before each message whether to leave the rest for later.
    """
    settings = current_app.extensions["settings"]
    free_claims_of_the_dead()
    sent = 0
    if settings.smtp_url:
        with MailServer(settings.smtp_url) as server:
            sent += _deliver(Channel.EMAIL, settings.mail_per_minute, _by_mail(server), server.connect, stopped)
    if gateway := gateway_of(settings.sms):
        sent += _deliver(Channel.SMS, settings.sms.per_minute, _by_text(gateway), gateway.ready, stopped)
    return sent


def _by_mail(server: MailServer) -> Send:
    settings = current_app.extensions["settings"]
    broken = 0

    def send(message: Message) -> Verdict | None:
        nonlocal broken
        try:
            mail = compose(message, settings.mail_from, settings.public_url)
        except (ValueError, IndexError) as error:  # the standard library's parser of addresses raises both
            return Verdict(MessageState.FAILED, f"cannot be addressed: {error}")
        if problem := server.connect():
            broken += 1
            structlog.get_logger().warning("mail server hung up", reason=problem)
            return Verdict(MessageState.QUEUED, problem, hold=BACKOFF[0]) if broken < MAX_RECONNECTS else None
        answer = server.send(mail)
        match answer.outcome:
            case MailOutcome.TAKEN:
                return Verdict(MessageState.SENT)
            case MailOutcome.REFUSED:
                return Verdict(MessageState.FAILED, answer.reason)
            case MailOutcome.LATER:
                return Verdict(MessageState.QUEUED, answer.reason)

    return send


def _by_text(gateway: Gateway) -> Send:
    def send(message: Message) -> Verdict:
        answer = gateway.send(message.recipient, message.body, message)
        match answer.outcome:
            case SmsOutcome.TAKEN:
                return Verdict(MessageState.SENT)
            case SmsOutcome.REFUSED:
                return Verdict(MessageState.FAILED, answer.reason)
            case SmsOutcome.LATER:
                return Verdict(MessageState.QUEUED, answer.reason)
            case SmsOutcome.NOT_NOW:
                return Verdict(MessageState.QUEUED, answer.reason, hold=answer.wait)

    return send


def _deliver(
    channel: Channel, per_minute: int, send: Send, ready: Callable[[], str], stopped: Callable[[], bool]
) -> int:
    """One round for one channel."""
    ids = _due_ids(channel)
    if not ids:
        return 0
    if problem := ready():
        structlog.get_logger().warning("cannot send", channel=channel.value, reason=problem)
        _note(ids, problem)
        return 0
    sent = 0
    for message_id in ids:
        if stopped():
            break
        at = now()
        message = claim(message_id, at)
        if message is None or _not_now(message, at):
            db.session.commit()
            continue
        if not take_slot(channel, per_minute, at):
            db.session.rollback()  # the claim too
            break
        db.session.commit()
        verdict = send(message)
        if verdict is None:
            _settle(message, Verdict(MessageState.QUEUED, message.reason, hold=BACKOFF[0]))
            break
        _settle(message, verdict)
        sent += verdict.state is MessageState.SENT
    return sent


def _due_ids(channel: Channel) -> Sequence[int]:
    """What is due: first what is about the household alone, then what is written to many; the oldest first."""
    many = case((Message.group_message_id.is_(None), 0), else_=1)
    query = select(Message.id).where(due(now()), Message.channel == channel).order_by(many, Message.id).limit(BATCH)
    ids = db.session.scalars(query).all()
    db.session.commit()
    return ids


def _note(ids: Sequence[int], reason: str) -> None:
    """Let the organizer's list say why nothing goes out."""
    known = reason[:300]
    db.session.execute(update(Message).where(Message.id.in_(ids), Message.reason != known).values(reason=known))
    db.session.commit()


def _not_now(message: Message, at: datetime) -> bool:
    """Give the claim back, or the message up, when it must not go out at this moment."""
    if message.good_until is not None and message.good_until <= at:
        message.state, message.reason = MessageState.FAILED, TOO_LATE
    elif _must_rest(message, at):
        message.send_after, message.reason = not_at_night(at), HELD_AT_NIGHT
    else:
        return False
    message.claimed_by, message.attempts = None, message.attempts - 1
    return True


def _must_rest(message: Message, at: datetime) -> bool:
    """At night text messages and what is written to many wait, unless by morning it would be too late."""
    quiet = message.channel is Channel.SMS or message.group_message_id is not None
    return quiet and is_quiet(at) and message.kind not in URGENT and not cannot_wait(at, message.good_until)


def _settle(message: Message, verdict: Verdict) -> None:
    """Write down what became of the attempt, and commit. A database that is busy or away for a moment is waited for:
    what has been sent and is not written down would be sent again.
    """
    if verdict.state is not MessageState.SENT:
        structlog.get_logger().warning("message not sent", message=message.id, channel=message.channel.value)
    statement = update(Message).where(Message.id == message.id).values(**_values(message.attempts, verdict, now()))
    for attempt in range(1, SETTLE_TRIES + 1):
        try:
            db.session.execute(statement, execution_options={"synchronize_session": False})
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            if attempt == SETTLE_TRIES:
                raise
            time.sleep(1)
        else:
            return


def _values(attempts: int, verdict: Verdict, at: datetime) -> dict[str, object]:
    values: dict[str, object] = {"claimed_by": None, "reason": verdict.reason[:300]}
    if verdict.state is MessageState.SENT:
        return values | {"state": MessageState.SENT, "sent_at": at}
    if verdict.hold is not None:
        return values | {"attempts": attempts - 1, "send_after": at + verdict.hold}
    if verdict.state is MessageState.FAILED or attempts > len(BACKOFF):
        return values | {"state": MessageState.FAILED}
    return values | {"send_after": at + BACKOFF[attempts - 1]}
