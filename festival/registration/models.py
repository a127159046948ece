"""Households, the people in them, their tickets and their bookings."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.core.text import fold, name_key
from festival.extensions import Model
from festival.programme.models import Festival, Session, Ward

GUARDIAN_BELOW_AGE = 17
"""Whose years, counted from the year of birth alone, are fewer than this may still be younger than 16. Who is younger
than 16 is a child (Luật Trẻ em 102/2016/QH13, article 1) and comes with a guardian."""

OWN_CONSENT_FROM_AGE = 7
"""A child of this age agrees too, beside the guardian (Nghị định 356/2025/NĐ-CP; Luật 91/2025/QH15)."""


LONGEST_FOLDED = 260
PHONE_END = 4
"""The last digits of a phone by which it is found."""


class LinkKind(enum.Enum):
    """Whom a helper's link is for: a volunteer who registers people of one residential group, or a school's classes."""

    GROUP = "group"
    CLASSES = "classes"


class HelperLink(Model):
    """A link with which a helper registers other people, for one residential group or school, until it is ended.

    Its secret is made from `public_id` and the app's secret, never stored (as a household's link).
    """

    __tablename__ = "helper_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"), index=True)
    kind: Mapped[LinkKind] = mapped_column(choice_of(LinkKind, "kind"), default=LinkKind.GROUP)
    group_name: Mapped[str] = mapped_column(String(120))
    helper_name: Mapped[str] = mapped_column(String(120), default="")
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    festival: Mapped[Festival] = relationship()


class Registration(Model):
    """One household's sign-up. Its secret link is made from `public_id` and `link_version`, never stored.

    `phone` is empty where there is none. `helper_link` and `recorded_by` tell who wrote it down for them, `group_name`
    the residential group or class. `origin` is a keyed digest of the address it came from: registrations of a flood are
    found by it, and released together unless somebody has `confirmed_at` them by opening their link. `helped_on` is a
    keyed digest of the helper's device: a helper sees again only what was written there.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index(None, "festival_id", "phone"),
        Index(None, "festival_id", "phone_end"),
        Index(None, "festival_id", "created_at"),
        Index(None, "festival_id", "changed_at"),
        Index(None, "festival_id", "origin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    link_version: Mapped[int] = mapped_column(default=1)
    submission: Mapped[str] = mapped_column(String(64), unique=True)
    contact_name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(16))
    phone_end: Mapped[str] = mapped_column(String(PHONE_END), default="", server_default="")
    email: Mapped[str | None] = mapped_column(String(255))
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("wards.code"))
    language: Mapped[str] = mapped_column(String(2), default="vi")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    walk_in: Mapped[bool] = mapped_column(default=False, server_default=false())
    helper_link_id: Mapped[int | None] = mapped_column(ForeignKey("helper_links.id", ondelete="SET NULL"), index=True)
    recorded_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    group_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    origin: Mapped[str | None] = mapped_column(String(32))
    helped_on: Mapped[str | None] = mapped_column(String(32))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    festival: Mapped[Festival] = relationship()
    ward: Mapped[Ward | None] = relationship()
    attendees: Mapped[list[Attendee]] = relationship(back_populates="registration", order_by="Attendee.id")
    tickets: Mapped[list[Ticket]] = relationship(back_populates="registration", order_by="Ticket.id")

    @validates("phone")
    def _keep_end(self, _key: str, value: str) -> str:
        self.phone_end = value[-PHONE_END:]
        return value


class Relation(enum.Enum):
    """What a member is to the contact person."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    OTHER = "other"


class Attendee(Model):
    """One person."""

    __tablename__ = "attendees"
    __table_args__ = (
        CheckConstraint("birth_year BETWEEN 1900 AND 2200", name="birth_year_plausible"),
        Index(None, "festival_id", "folded_name", "registration_id"),
        Index(None, "festival_id", "name_key"),
        Index(None, "festival_id", "birth_year", "name_key"),
        Index(None, "festival_id", "changed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    folded_name: Mapped[str] = mapped_column(String(LONGEST_FOLDED), default="")
    name_key: Mapped[str] = mapped_column(String(LONGEST_FOLDED), default="")
    birth_year: Mapped[int] = mapped_column()
    relation: Mapped[Relation] = mapped_column(choice_of(Relation, "relation"))
    guardian_name: Mapped[str | None] = mapped_column(String(120))
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    registration: Mapped[Registration] = relationship(back_populates="attendees")
    bookings: Mapped[list[Booking]] = relationship(back_populates="attendee")

    @validates("name")
    def _refold(self, _key: str, value: str) -> str:
        # One character may fold to eighteen ("ﷺ"): what is too long is not refused, only not searched to its end.
        self.folded_name = fold(value)[:LONGEST_FOLDED]
        self.name_key = name_key(value)[:LONGEST_FOLDED]
        return value

    def is_child(self, year: int) -> bool:
        """Whether the person may still be below the guardian's age in that year; only the year of birth is known."""
        return year - self.birth_year < GUARDIAN_BELOW_AGE


class TicketKind(enum.Enum):
    """One person's ticket, or the pass of the whole household."""

    TICKET = "ticket"
    HOUSEHOLD = "household"


class Ticket(Model):
    """What a QR stands for. The QR's text is computed from it and signed (`ticket_code.py`)."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("festival_id", "short_code"),
        CheckConstraint("(kind = 'ticket') = (attendee_id IS NOT NULL)", name="ticket_of_a_person"),
        Index(None, "festival_id", "changed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    kind: Mapped[TicketKind] = mapped_column(choice_of(TicketKind, "kind"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendees.id"), unique=True)
    short_code: Mapped[str] = mapped_column(String(8))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    registration: Mapped[Registration] = relationship(back_populates="tickets")
    attendee: Mapped[Attendee | None] = relationship()


class BookingState(enum.Enum):
    """Where an attendee stands with a session; confirmed and offered ones hold a seat."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CANCELLED = "cancelled"


class Booking(Model):
    """One attendee in one session.

    `queued_at` is since when a waitlisted or offered one has waited, which is its place in line; `offered_until` the
    deadline of an offer. Those of one household for one session have the same.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("session_id", "attendee_id"),
        Index(None, "session_id", "changed_at"),
        Index(None, "session_id", "state", "queued_at"),
        Index(None, "state", "offered_until"),
        CheckConstraint("(state = 'offered') = (offered_until IS NOT NULL)", name="offer_has_a_deadline"),
        CheckConstraint("state NOT IN ('waitlisted', 'offered') OR queued_at IS NOT NULL", name="waits_since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendees.id"), index=True)
    state: Mapped[BookingState] = mapped_column(choice_of(BookingState, "state"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    queued_at: Mapped[datetime | None] = mapped_column(Moment)
    offered_until: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)

    session: Mapped[Session] = relationship()
    attendee: Mapped[Attendee] = relationship(back_populates="bookings")

    @validates("state")
    def _keep_its_place(self, _key: str, state: BookingState) -> BookingState:
        # Who is put on the list or offered a seat without a word about since when has waited since now.
        if state in (BookingState.WAITLISTED, BookingState.OFFERED):
            self.queued_at = self.queued_at or now()
        if state is not BookingState.OFFERED:
            self.offered_until = None
        return state


class Release(Model):
    """Registrations that were cancelled together, because they looked like a flood; for half an hour it can be undone.

    `bookings` says of each booking that stood then its number, its state and since when it waited. Nothing here names
    anybody.
    """

    __tablename__ = "releases"
    __table_args__ = (Index(None, "festival_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Moment)
    registrations: Mapped[list[int]] = mapped_column(JSON)
    bookings: Mapped[list[list[Any]]] = mapped_column(JSON)
