"""The record of erasures, what people have asked for about their own data, and the organizer's part of the register."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
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
    """A request about somebody's own data, with its legal clocks. `registration_id` is empty once the data are gone;
    `put_off_at` is when its second clock was put off, which may happen once, `put_off_why` what the family was told."""

    __tablename__ = "subject_requests"
    __table_args__ = (Index(None, "festival_id", "done_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id", ondelete="SET NULL"), index=True)
    kind: Mapped[RequestKind] = mapped_column(choice_of(RequestKind, "kind"))
    wish: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    put_off_at: Mapped[datetime | None] = mapped_column(Moment)
    put_off_why: Mapped[str] = mapped_column(Text, default="", server_default="")
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(Text, default="")
    handled_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))

    festival: Mapped[Festival] = relationship()


class ProcessingRegister(Model):
    """What the organizer writes into a festival's register of processing; what is empty says what the service does.

    `recipients` and `kept` hold the own words for each activity that has some, by its key (`processing.Kind`).
    """

    __tablename__ = "processing_registers"

    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"), primary_key=True)
    controller: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(Text, default="")
    protection_officer: Mapped[str] = mapped_column(Text, default="")
    added: Mapped[str] = mapped_column(Text, default="")
    recipients: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    kept: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)


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
