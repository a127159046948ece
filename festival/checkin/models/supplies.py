"""What phones may give away by themselves, and what was told about a full house."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from festival.core.clock import now
from festival.core.columns import Moment
from festival.extensions import Model


class Lease(Model):
    """Seats (of a session checkpoint) or places of the venue (of an entrance) that a device may give away by itself.

    They are taken from the session or the festival when they are granted, so that phones without a network can never
    oversell together; what is not used is given back.
    """

    __tablename__ = "leases"
    __table_args__ = (
        UniqueConstraint("device_id", "checkpoint_id"),
        CheckConstraint("used BETWEEN 0 AND granted", name="used_within_granted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"), index=True)
    granted: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)


class Slip(Model):
    """A blank ticket, signed ahead: a phone without a network gives it to a walk-in, or it lies printed at the door.

    Its QR is of its own kind and names this row; `ticket_id` is filled in when the walk-in reaches the server.
    """

    __tablename__ = "slips"
    __table_args__ = (UniqueConstraint("festival_id", "short_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), index=True)
    short_code: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), unique=True)


class CapacityWarning(Model):
    """That the venue was so full (in percent) on a day has been told by message: once."""

    __tablename__ = "capacity_warnings"
    __table_args__ = (UniqueConstraint("festival_id", "day", "percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    day: Mapped[date] = mapped_column(Date)
    percent: Mapped[int] = mapped_column()
    warned_at: Mapped[datetime] = mapped_column(Moment, default=now)
