"""What came of each scan."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.checkin.models.devices import Device
from festival.checkin.models.places import Checkpoint
from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Model


class ScanSource(enum.Enum):
    """Where a scan came from: a paired device, the visitor's own phone (a stamp), a paper list typed in afterwards."""

    DEVICE = "device"
    VISITOR = "visitor"
    PAPER = "paper"


class Scan(Model):
    """One event at a checkpoint, with the id its device made; only ever added, but for `undone_…`.

    `scanned_at` is the moment it counts from, by the server's clock; `raw_scanned_at` what the device's clock said,
    `clock_offset_ms` what was added to it. `shown` is what the door showed, `verdict` and `answer` what the server
    answered first. `passed`: the person went through. A scan of several people of one pass has a row for each of
    them, with `part_of` naming the scan that the device made.
    """

    __tablename__ = "scans"
    __table_args__ = (
        Index(None, "checkpoint_id", "scanned_at"),
        Index(None, "attendee_id", "checkpoint_id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"), index=True)
    source: Mapped[ScanSource] = mapped_column(
        choice_of(ScanSource, "source"), default=ScanSource.DEVICE, server_default=ScanSource.DEVICE.value
    )
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendees.id"))
    part_of: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    direction: Mapped[str] = mapped_column(String(3), default="in")
    scanned_at: Mapped[datetime] = mapped_column(Moment)
    raw_scanned_at: Mapped[datetime | None] = mapped_column(Moment)
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    offline: Mapped[bool] = mapped_column(default=False)
    shown: Mapped[str | None] = mapped_column(String(32))
    verdict: Mapped[str] = mapped_column(String(32))
    passed: Mapped[bool] = mapped_column(default=False, server_default=false())
    skill: Mapped[str | None] = mapped_column(String(120))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    undo_reason: Mapped[str | None] = mapped_column(String(200))


class Admission(Model):
    """The fact "this attendee has been let in at this checkpoint", owned by the earliest scan that says so.

    At a checkpoint where a household gets something once, it stands for the household, under its first attendee.
    """

    __tablename__ = "admissions"
    __table_args__ = (
        UniqueConstraint("attendee_id", "checkpoint_id"),
        Index(None, "checkpoint_id", "changed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendees.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    scan_id: Mapped[UUID] = mapped_column(Uuid)
    admitted_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    checkpoint: Mapped[Checkpoint] = relationship()
    device: Mapped[Device | None] = relationship()


class ShownSkill(Model):
    """What somebody has shown to be able to do at a booth: one of the booth's skills, once."""

    __tablename__ = "shown_skills"
    __table_args__ = (UniqueConstraint("attendee_id", "checkpoint_id", "skill"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendees.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    skill: Mapped[str] = mapped_column(String(120))
    scan_id: Mapped[UUID] = mapped_column(Uuid)
    shown_at: Mapped[datetime] = mapped_column(Moment)


class DoorBooking(Model):
    """That a booking was made at its session's door, by a scan: it goes when the scan is undone.

    `booked_at` is the booking's `created_at` as it was then: one that was made anew since is the household's own.
    `waited`: the person stood on the waiting list before.
    """

    __tablename__ = "door_bookings"

    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True)
    scan_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    booked_at: Mapped[datetime] = mapped_column(Moment)
    waited: Mapped[bool] = mapped_column(default=False)
