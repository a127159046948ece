"""The phones that scan, and how they are invited."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    String,
    Table,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.checkin.models.places import Checkpoint
from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Base, Model
from festival.programme.models import Festival


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
