"""The ledger of consents: one row each time one is given, refused or withdrawn. Rows are only ever added."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Model


class Purpose(enum.Enum):
    """What personal data may be used for; each is asked for on its own."""

    TAKING_PART = "taking_part"
    REMINDERS = "reminders"
    PHOTOS = "photos"
    CHILDREN = "children"
    CHILDRENS_OWN = "childrens_own"


class Consent(Model):
    """One answer to one purpose, with the version of the text that was read."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(choice_of(Purpose, "purpose"))
    text_version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    given: Mapped[bool] = mapped_column()
    given_by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
