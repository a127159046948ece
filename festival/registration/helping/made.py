"""What a helper has registered: said once after it is done, listed for a day on the same device, and on slips."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Session
from festival.registration.models import Attendee, Booking, BookingState, HelperLink, Registration

LISTED_FOR = timedelta(hours=24)
"""A helper sees for so long what was written on this very device, nothing else: a lost link is no list."""


@dataclass(frozen=True)
class Seat:
    """One session of one person, and how it stands: a seat, or a place in line."""

    session: Session
    state: BookingState


@dataclass(frozen=True)
class Person:
    """One person as the helper is told: name, code, seats."""

    name: str
    code: str
    seats: Sequence[Seat]


def people_of(registration: Registration) -> list[Person]:
    """Everybody of the household who comes, with short code and sessions."""
    codes = {ticket.attendee_id: ticket.short_code for ticket in registration.tickets}
    bookings = _bookings(attendee.id for attendee in registration.attendees)
    return [
        Person(
            attendee.name,
            codes.get(attendee.id, ""),
            [Seat(one.session, one.state) for one in bookings if one.attendee_id == attendee.id],
        )
        for attendee in registration.attendees
        if attendee.cancelled_at is None
    ]


def _bookings(attendee_ids: Iterable[int]) -> Sequence[Booking]:
    return db.session.scalars(
        select(Booking)
        .join(Session, Session.id == Booking.session_id)
        .where(Booking.attendee_id.in_(list(attendee_ids)), Booking.state != BookingState.CANCELLED)
        .options(joinedload(Booking.session))
        .order_by(Session.starts_at, Booking.id)
    ).all()


def _with_people(query: Select[Registration]) -> Select[Registration]:
    people = selectinload(Registration.attendees).selectinload(Attendee.bookings).joinedload(Booking.session)
    return query.options(people, selectinload(Registration.tickets))


def lately_on(link: HelperLink, device: str | None, at: datetime | None = None) -> Select[Registration]:
    """Those still coming whom this device has written down with the link in the last 24 hours, the latest first."""
    since = (at or now()) - LISTED_FOR
    return _with_people(
        select(Registration).where(
            Registration.helper_link_id == link.id,
            Registration.helped_on == (device or ""),
            Registration.created_at > since,
            Registration.cancelled_at.is_(None),
        )
    ).order_by(Registration.created_at.desc(), Registration.id.desc())


def of_link(link: HelperLink, group: str = "") -> Select[Registration]:
    """All those still coming whom the link has registered, for the organizer; of one `group` (a class) if given."""
    query = select(Registration).where(Registration.helper_link_id == link.id, Registration.cancelled_at.is_(None))
    if group:
        query = query.where(Registration.group_name == group)
    return _with_people(query).order_by(Registration.group_name, Registration.id)


def groups_of(link: HelperLink) -> Collection[str]:
    """The groups or classes that the link has registered people of, in their order."""
    query = (
        select(Registration.group_name)
        .where(Registration.helper_link_id == link.id, Registration.cancelled_at.is_(None))
        .distinct()
        .order_by(Registration.group_name)
    )
    return db.session.scalars(query).all()
