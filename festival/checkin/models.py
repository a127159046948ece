"""Places where scans happen, the phones that make them, and what came of each scan."""

from __future__ import annotations

import enum
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Time,
    UniqueConstraint,
    Uuid,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Base, Model
from festival.programme.models import Booth, Festival, Session


class CheckpointKind(enum.Enum):
    """What an admission there means: in the house, in a class, stamped at a booth, on duty, or something handed out."""

    ENTRANCE = "entrance"
    SESSION = "session"
    BOOTH = "booth"
    VOLUNTEERS = "volunteers"
    CUSTOM = "custom"


OPENS_BEFORE = 30
"""Minutes before its start that a session lets people in: earlier they stand in the way of the one before it."""


class Checkpoint(Model):
    """A place where scans happen. Several doors (devices) may share one.

    `opens` and `closes` are local times of every festival day, None for no limit of its own. `opens_before` (minutes)
    and `walk_ins` are about sessions, `re_entry` about entrances and volunteers; `per_household`, `stock` and
    `stamps_needed` about custom ones: a meal, a gift, a prize for a full passport.
    """

    __tablename__ = "checkpoints"
    __table_args__ = (
        CheckConstraint("(kind = 'session') = (session_id IS NOT NULL)", name="session_of_a_session_checkpoint"),
        CheckConstraint("(kind = 'booth') = (booth_id IS NOT NULL)", name="booth_of_a_booth_checkpoint"),
        CheckConstraint("stock_taken >= 0 AND (stock IS NULL OR stock_taken <= stock)", name="stock_not_overdrawn"),
        CheckConstraint("opens_before BETWEEN 0 AND 1440", name="opens_before_within_a_day"),
        CheckConstraint("stamps_needed BETWEEN 0 AND 1000", name="stamps_needed_plausible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), index=True)
    kind: Mapped[CheckpointKind] = mapped_column(choice_of(CheckpointKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), unique=True)
    booth_id: Mapped[int | None] = mapped_column(ForeignKey("booths.id", ondelete="CASCADE"), unique=True)
    opens: Mapped[time | None] = mapped_column(Time)
    closes: Mapped[time | None] = mapped_column(Time)
    opens_before: Mapped[int] = mapped_column(default=OPENS_BEFORE, server_default=str(OPENS_BEFORE))
    re_entry: Mapped[bool] = mapped_column(default=True, server_default=true())
    walk_ins: Mapped[bool] = mapped_column(default=False, server_default=false())
    per_household: Mapped[bool] = mapped_column(default=False, server_default=false())
    stock: Mapped[int | None] = mapped_column()
    stock_taken: Mapped[int] = mapped_column(default=0, server_default="0")
    stamps_needed: Mapped[int] = mapped_column(default=0, server_default="0")

    festival: Mapped[Festival] = relationship()
    session: Mapped[Session | None] = relationship()
    booth: Mapped[Booth | None] = relationship()


def _link(name: str, left: str) -> Table:
    return Table(
        name,
        Base.metadata,
        Column(f"{left}_id", ForeignKey(f"{left}s.id", ondelete="CASCADE"), primary_key=True),
        Column("checkpoint_id", ForeignKey("checkpoints.id", ondelete="CASCADE"), primary_key=True),
    )


pairing_code_checkpoints = _link("pairing_code_checkpoints", "pairing_code")
device_checkpoints = _link("device_checkpoints", "device")


class DeviceMode(enum.Enum):
    """What a paired device is: in the hands of staff, facing visitors who check themselves in, or a booth's screen
    that shows the code to be stamped by."""

    STAFF = "staff"
    KIOSK = "kiosk"
    SCREEN = "screen"


class PairingCode(Model):
    """An invitation for one phone, good once and for ten minutes; with `replaces_id` for one that was paired before."""

    __tablename__ = "pairing_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), index=True)
    code_digest: Mapped[str] = mapped_column(String(64), unique=True)
    door: Mapped[str] = mapped_column(String(80))
    mode: Mapped[DeviceMode] = mapped_column(
        choice_of(DeviceMode, "mode"), default=DeviceMode.STAFF, server_default=DeviceMode.STAFF.value
    )
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"))

    festival: Mapped[Festival] = relationship()
    checkpoints: Mapped[list[Checkpoint]] = relationship(secondary=pairing_code_checkpoints)


class Device(Model):
    """A paired phone. Its token is kept on the phone; here is only what recognizes it.

    `waiting` is how many scans it said, at `last_seen_at`, that it had not sent yet; `clock_offset_ms` how far its
    clock was behind then (to be added to its times). `replaces_id` is what the same phone was before it was paired
    again: that device is revoked, and what it had not sent comes with this one (`paired_again.py`).
    """

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    mode: Mapped[DeviceMode] = mapped_column(
        choice_of(DeviceMode, "mode"), default=DeviceMode.STAFF, server_default=DeviceMode.STAFF.value
    )
    on_duty: Mapped[str] = mapped_column(String(80), default="")
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    paired_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    waiting: Mapped[int] = mapped_column(default=0, server_default="0")
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))

    festival: Mapped[Festival] = relationship()
    checkpoints: Mapped[list[Checkpoint]] = relationship(secondary=device_checkpoints, order_by=Checkpoint.id)


class FormerCheckpoint(Model):
    """That a device scanned for a checkpoint until a moment: what it made there before that still counts."""

    __tablename__ = "former_checkpoints"

    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id", ondelete="CASCADE"), primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[datetime] = mapped_column(Moment)


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
