"""The outbox: one row an outgoing mail."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Model


class MessageState(enum.Enum):
    """Where a message stands: waits, was handed to the mail server, or was given up."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Message(Model):
    """One outgoing mail, written in the transaction that causes it."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "state", "send_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), index=True)
    event: Mapped[str] = mapped_column(String(120), unique=True)
    recipient: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[MessageState] = mapped_column(choice_of(MessageState, "state"), default=MessageState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    send_after: Mapped[datetime] = mapped_column(Moment, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
