"""The record of erasures, and what people have asked for about their own data."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Model
from festival.programme.models import Festival


class RequestKind(enum.Enum):
    """What somebody may ask for about their data (Luật 91/2025/QH15, article 4)."""

    SEE = "see"
    CORRECT = "correct"
    RESTRICT = "restrict"
    DELETE = "delete"


class SubjectRequest(Model):
    """A request about somebody's own data, with its legal clocks. `registration_id` is empty once the data are gone."""

    __tablename__ = "subject_requests"
    __table_args__ = (Index(None, "festival_id", "done_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="SET NULL"), index=True)
    kind: Mapped[RequestKind] = mapped_column(choice_of(RequestKind, "kind"))
    wish: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(Text, default="")
    handled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))

    festival: Mapped[Festival] = relationship()


class Erasure(Model):
    """That the personal data of a festival were erased: when, of how many people, by whom. It names nobody of them."""

    __tablename__ = "erasures"
    __table_args__ = (CheckConstraint("people >= 0", name="people_counted"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), unique=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    people: Mapped[int] = mapped_column()
    actor: Mapped[str] = mapped_column(String(255))

    festival: Mapped[Festival] = relationship()
