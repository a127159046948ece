"""Certificates that were issued. What one says is frozen here when it is issued."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.core.clock import now
from festival.core.columns import Moment
from festival.extensions import Model
from festival.programme.models import Festival
from festival.registration.models import Attendee


class Certificate(Model):
    """One person's certificate of one festival: serial number without gaps, code that nobody guesses."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("festival_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendees.id"), unique=True)
    number: Mapped[int] = mapped_column()
    serial: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    issued_at: Mapped[datetime] = mapped_column(Moment, default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoke_reason: Mapped[str | None] = mapped_column(String(300))

    festival: Mapped[Festival] = relationship()
    attendee: Mapped[Attendee] = relationship()
