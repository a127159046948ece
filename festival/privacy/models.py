"""The record of erasures."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.core.clock import now
from festival.core.columns import Moment
from festival.extensions import Model
from festival.programme.models import Festival


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
