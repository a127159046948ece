"""Festivals and what they offer: zones, booths, workshops and their sessions; and the wards of the country."""

from __future__ import annotations

import enum
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from festival.core.clock import at_local, now
from festival.core.columns import Moment, choice_of
from festival.core.text import fold
from festival.extensions import Model

MAX_CAPACITY = 1_000_000
DEFAULT_KEEP_DAYS = 60
MAX_KEEP_DAYS = 365


class Ward(Model):
    """A ward, commune or special zone with its official code (Quyết định 19/2025/QĐ-TTg)."""

    __tablename__ = "wards"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(260))
    kind: Mapped[str] = mapped_column(String(20))
    province_code: Mapped[str] = mapped_column(String(2), index=True)
    province_name: Mapped[str] = mapped_column(String(120))
    as_of: Mapped[date] = mapped_column(Date)

    @property
    def full_name(self) -> str:
        """ "Phường Hai Bà Trưng, Thành phố Hà Nội"."""
        return f"{self.name}, {self.province_name}"


class FestivalStatus(enum.Enum):
    """The life of a festival: seen by staff only, seen by all, running, over, put away."""

    DRAFT = "draft"
    PUBLISHED = "published"
    LIVE = "live"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Festival(Model):
    """One yearly edition."""

    __tablename__ = "festivals"
    __table_args__ = (
        CheckConstraint("places_taken BETWEEN 0 AND capacity", name="places_within_capacity"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("opens_at < closes_at", name="hours_in_order"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("keep_days BETWEEN 1 AND 365", name="keep_days_within_a_year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(Text, default="")
    organizer_name: Mapped[str] = mapped_column(String(200))
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("wards.code"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    opens_at: Mapped[time] = mapped_column(Time)
    closes_at: Mapped[time] = mapped_column(Time)
    venue: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    contact_phone: Mapped[str | None] = mapped_column(String(20))
    contact_email: Mapped[str | None] = mapped_column(String(255))
    capacity: Mapped[int] = mapped_column()
    places_taken: Mapped[int] = mapped_column(default=0)
    status: Mapped[FestivalStatus] = mapped_column(
        choice_of(FestivalStatus, "status"), default=FestivalStatus.DRAFT, index=True
    )
    registration_opens: Mapped[datetime | None] = mapped_column(Moment)
    registration_closes: Mapped[datetime | None] = mapped_column(Moment)
    certificates_issued: Mapped[int] = mapped_column(default=0)
    keep_days: Mapped[int] = mapped_column(default=DEFAULT_KEEP_DAYS)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    sealed_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    zones: Mapped[list[Zone]] = relationship(back_populates="festival", order_by="Zone.position, Zone.name")
    ward: Mapped[Ward | None] = relationship()

    @validates("name")
    def _refold(self, _key: str, value: str) -> str:
        self.folded = fold(value)
        return value

    @property
    def public(self) -> bool:
        """Whether strangers may see it."""
        return self.status in (FestivalStatus.PUBLISHED, FestivalStatus.LIVE, FestivalStatus.CLOSED)

    @property
    def days(self) -> list[date]:
        """Each day of the festival."""
        length = (self.last_day - self.first_day).days + 1
        return [self.first_day + timedelta(days=offset) for offset in range(length)]

    @property
    def starts(self) -> datetime:
        """The moment the doors open on the first day."""
        return at_local(self.first_day, self.opens_at)

    @property
    def ends(self) -> datetime:
        """The moment the doors close on the last day."""
        return at_local(self.last_day, self.closes_at)

    @property
    def erase_after(self) -> date:
        """The last day on which the residents' data are kept; on the next one they are erased (`festival/privacy`)."""
        return self.last_day + timedelta(days=self.keep_days)

    def registration_open(self, at: datetime) -> bool:
        """Whether a household may register or change at that moment: within the window, until the festival ends."""
        if self.status not in (FestivalStatus.PUBLISHED, FestivalStatus.LIVE):
            return False
        after_start = self.registration_opens is None or self.registration_opens <= at
        return after_start and at < (self.registration_closes or self.ends)


class Zone(Model):
    """A part of the venue."""

    __tablename__ = "zones"
    __table_args__ = (UniqueConstraint("festival_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)

    festival: Mapped[Festival] = relationship(back_populates="zones")

    @validates("name")
    def _refold(self, _key: str, value: str) -> str:
        self.folded = fold(value)
        return value


class BoothStatus(enum.Enum):
    """Where a booth's application stands; only approved ones are shown to residents."""

    APPLIED = "applied"
    APPROVED = "approved"
    DECLINED = "declined"


class Booth(Model):
    """A stand where residents are shown something."""

    __tablename__ = "booths"
    __table_args__ = (
        UniqueConstraint("festival_id", "code"),
        CheckConstraint("power_watts >= 0 AND tables >= 0 AND chairs >= 0", name="needs_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zones.id"), index=True)
    code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(120), default="")
    host_name: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    power_watts: Mapped[int] = mapped_column(default=0)
    tables: Mapped[int] = mapped_column(default=0)
    chairs: Mapped[int] = mapped_column(default=0)
    skills: Mapped[str] = mapped_column(Text, default="", server_default="")
    status: Mapped[BoothStatus] = mapped_column(choice_of(BoothStatus, "status"), default=BoothStatus.APPROVED)
    folded: Mapped[str] = mapped_column(Text, default="")

    zone: Mapped[Zone | None] = relationship()

    @property
    def skill_list(self) -> list[str]:
        """What a visitor can show to be able to do here, one skill a line of `skills`; at most 120 characters each."""
        return list(dict.fromkeys(line[:120] for line in self.skills.splitlines() if line))

    @validates("code", "name", "topic", "host_name", "description")
    def _refold(self, key: str, value: str) -> str:
        parts = {part: getattr(self, part) or "" for part in ("code", "name", "topic", "host_name", "description")}
        self.folded = fold(" ".join((parts | {key: value}).values()))
        return value


class Workshop(Model):
    """What is taught, once or several times."""

    __tablename__ = "workshops"
    __table_args__ = (UniqueConstraint("festival_id", "title", "audience"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(120), default="")
    host_name: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    learn_more_url: Mapped[str | None] = mapped_column(String(500))
    folded: Mapped[str] = mapped_column(Text, default="")

    sessions: Mapped[list[Session]] = relationship(back_populates="workshop", order_by="Session.starts_at")

    @validates("title", "audience", "host_name", "description")
    def _refold(self, key: str, value: str) -> str:
        parts = {part: getattr(self, part) or "" for part in ("title", "audience", "host_name", "description")}
        self.folded = fold(" ".join((parts | {key: value}).values()))
        return value


class Session(Model):
    """One sitting of a workshop. `seats_taken` counts confirmed and offered bookings, bounded by the database."""

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("seats_taken BETWEEN 0 AND capacity", name="seats_within_capacity"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        UniqueConstraint("workshop_id", "room", "starts_at"),
        Index(None, "festival_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshops.id"))
    booth_id: Mapped[int | None] = mapped_column(ForeignKey("booths.id"), index=True)
    room: Mapped[str] = mapped_column(String(120), default="")
    folded_room: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    capacity: Mapped[int] = mapped_column()
    seats_taken: Mapped[int] = mapped_column(default=0)

    workshop: Mapped[Workshop] = relationship(back_populates="sessions", lazy="joined", innerjoin=True)
    booth: Mapped[Booth | None] = relationship()

    @validates("room")
    def _refold(self, _key: str, value: str) -> str:
        self.folded_room = fold(value)
        return value

    @property
    def seats_left(self) -> int:
        """Seats that nobody has."""
        return self.capacity - self.seats_taken

    def overlaps(self, other: Session) -> bool:
        """Whether one person cannot sit in both: touching ends do not overlap."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class ProgrammeUpload(Model):
    """A workbook between its preview and the confirmation; removed after that, or after a day."""

    __tablename__ = "programme_uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    festival_id: Mapped[int | None] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    choices: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


class ProgrammeImport(Model):
    """What one import made and changed, so that it can be taken back as a whole.

    `created` holds {kind, id}, `changed` {kind, id, before, after} with the values that differ.
    """

    __tablename__ = "programme_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    filename: Mapped[str] = mapped_column(String(255))
    created: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    changed: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    taken_back_at: Mapped[datetime | None] = mapped_column(Moment)
