"""Places where scans happen."""

from __future__ import annotations

import enum
from datetime import time

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    Time,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.core.columns import choice_of
from festival.extensions import Model
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
