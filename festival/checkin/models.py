"""Places where scans happen, the phones that make them, and what came of each scan."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Base, Model
from festival.programme.models import Booth, Festival, Session


class CheckpointKind(enum.Enum):
    """What an admission there means: in the house, in a class, stamped at a booth."""

    ENTRANCE = "entrance"
    SESSION = "session"
    BOOTH = "booth"


class Checkpoint(Model):
    """A place where scans happen. Several doors (devices) may share one."""

    __tablename__ = "checkpoints"
    __table_args__ = (
        CheckConstraint("(kind = 'session') = (session_id IS NOT NULL)", name="session_of_a_session_checkpoint"),
        CheckConstraint("(kind = 'booth') = (booth_id IS NOT NULL)", name="booth_of_a_booth_checkpoint"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), index=True)
    kind: Mapped[CheckpointKind] = mapped_column(choice_of(CheckpointKind, "kind"))
    name: Mapped[str] = mapped_column(String(200))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), unique=True)
    booth_id: Mapped[int | None] = mapped_column(ForeignKey("booths.id", ondelete="CASCADE"), unique=True)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)

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


class PairingCode(Model):
    """An invitation for one phone, good once and for ten minutes."""

    __tablename__ = "pairing_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), index=True)
    code_digest: Mapped[str] = mapped_column(String(64), unique=True)
    door: Mapped[str] = mapped_column(String(80))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    festival: Mapped[Festival] = relationship()
    checkpoints: Mapped[list[Checkpoint]] = relationship(secondary=pairing_code_checkpoints)


class Device(Model):
    """A paired phone. Its token is kept on the phone; here is only what recognizes it."""

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    on_duty: Mapped[str] = mapped_column(String(80), default="")
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    paired_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    festival: Mapped[Festival] = relationship()
    checkpoints: Mapped[list[Checkpoint]] = relationship(secondary=device_checkpoints, order_by=Checkpoint.id)


class Scan(Model):
    """One event at a door, with the id its device made; only ever added. `answer` is what the door was told."""

    __tablename__ = "scans"
    __table_args__ = (Index(None, "checkpoint_id", "scanned_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendees.id"), index=True)
    direction: Mapped[str] = mapped_column(String(3), default="in")
    scanned_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    offline: Mapped[bool] = mapped_column(default=False)
    shown: Mapped[str | None] = mapped_column(String(32))
    verdict: Mapped[str] = mapped_column(String(32))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)


class Admission(Model):
    """The fact "this attendee has been let in at this checkpoint"."""

    __tablename__ = "admissions"
    __table_args__ = (
        UniqueConstraint("attendee_id", "checkpoint_id"),
        Index(None, "checkpoint_id", "admitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendees.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoints.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    scan_id: Mapped[UUID] = mapped_column(Uuid)
    admitted_at: Mapped[datetime] = mapped_column(Moment)

    checkpoint: Mapped[Checkpoint] = relationship()
    device: Mapped[Device] = relationship()
