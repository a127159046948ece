"""The outbox: one row an outgoing message; messages to many; the keys of the text message gateway."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Model


class Channel(enum.Enum):
    """By what a message goes out; `recipient` is an address or a phone number (E.164) accordingly."""

    EMAIL = "email"
    SMS = "sms"


class MessageState(enum.Enum):
    """Where a message stands: waits, was handed over, was given up, came back, or was withdrawn before it went out."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"


class GroupMessage(Model):
    """What an organizer writes to many at once. Its messages wait a minute, in which it can be withdrawn.

    `chosen` is the filter that it was written to, as the form knows it; `short_text` goes to phones without an address.
    From `started_at` on the worker writes its messages, until `written_at`.
    """

    __tablename__ = "group_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"), index=True)
    written_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON)
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    households: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    goes_out_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    short_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    written_at: Mapped[datetime | None] = mapped_column(Moment)


class Message(Model):
    """One outgoing message, written in the transaction that causes it; `event` is told once.

    `body` is plain text; an e-mail may have `html` and a `calendar` (iCalendar text) beside it. `fields` are the same
    words one by one, for gateways that have the text themselves. `reason` says why it failed, waits or came back.
    After `good_until` nobody needs it any more. `claimed_by` is the run of a worker that is sending it just now.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index(None, "state", "send_after"),
        Index(None, "festival_id", "created_at"),
        Index(None, "claimed_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), index=True)
    group_message_id: Mapped[int | None] = mapped_column(
        ForeignKey("group_messages.id", ondelete="SET NULL"), index=True
    )
    event: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(40), default="notice", server_default="notice")
    channel: Mapped[Channel] = mapped_column(
        choice_of(Channel, "channel"), default=Channel.EMAIL, server_default=Channel.EMAIL.value
    )
    recipient: Mapped[str] = mapped_column(String(255))
    recipient_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    language: Mapped[str] = mapped_column(String(2), default="vi", server_default="vi")
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="", server_default="")
    calendar: Mapped[str] = mapped_column(Text, default="", server_default="")
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    state: Mapped[MessageState] = mapped_column(choice_of(MessageState, "state"), default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    send_after: Mapped[datetime] = mapped_column(Moment, default=now)
    good_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    claimed_by: Mapped[str | None] = mapped_column(String(120))


class SendRate(Model):
    """How many messages all workers together have handed over in this minute (counted from 1970), by channel."""

    __tablename__ = "send_rates"

    channel: Mapped[str] = mapped_column(String(32), primary_key=True)
    minute: Mapped[int] = mapped_column()
    taken: Mapped[int] = mapped_column()


class GatewayKeys(Model):
    """The keys of a text message gateway that change with each use (Zalo's refresh token is good once).

    `sealed` is a JSON object encrypted under the app's secret; `version` counts its renewals, so that of two workers
    that renew at once only one wins.
    """

    __tablename__ = "gateway_keys"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)
