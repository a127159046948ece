"""What the database knows about scanned tickets, read in as few statements as possible: the door is in a hurry.

The statements are built once; a scan costs the same with ten thousand tickets and with a million.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from festival.checkin.decision import CheckpointFacts, History
from festival.checkin.models import Admission, Checkpoint, Device, Scan, device_checkpoints
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Session, Workshop
from festival.registration.models import Attendee, Booking, BookingState, Registration, Ticket, TicketKind

_SHOWN_BOOKINGS = (BookingState.CONFIRMED, BookingState.WAITLISTED, BookingState.OFFERED)


@dataclass(frozen=True)
class Post:
    """A checkpoint as scanning needs it, with what its festival decides."""

    id: int
    festival_id: int
    session_id: int | None
    facts: CheckpointFacts
    public_key: bytes
    first_day: date
    last_day: date


@dataclass(frozen=True)
class BookedSession:
    """One session that a person has a seat in or waits for."""

    session_id: int
    state: str
    title: str
    room: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Known:
    """An admission that exists already: when, at which door (device), by which scan."""

    history: History
    scan_id: UUID


@dataclass
class Person:
    """One attendee behind a ticket: bookings by session, admissions by checkpoint."""

    attendee_id: int
    name: str
    birth_year: int
    cancelled: bool
    bookings: dict[int, BookedSession] = field(default_factory=dict)
    admissions: dict[int, Known] = field(default_factory=dict)


@dataclass
class KnownTicket:
    """A ticket or household pass in the database, with its people."""

    id: int
    kind: TicketKind
    short_code: str
    revoked: bool
    registration_cancelled: bool
    contact_name: str
    people: dict[int, Person] = field(default_factory=dict)


_POSTS = (
    select(
        Checkpoint.id,
        Checkpoint.festival_id,
        Checkpoint.session_id,
        Checkpoint.kind,
        Checkpoint.opens_at,
        Checkpoint.closes_at,
        Session.starts_at,
        Session.ends_at,
        Festival.status,
        Festival.public_key,
        Festival.first_day,
        Festival.last_day,
    )
    .join(device_checkpoints, device_checkpoints.c.checkpoint_id == Checkpoint.id)
    .join(Festival, Festival.id == Checkpoint.festival_id)
    .outerjoin(Session, Session.id == Checkpoint.session_id)
    .where(device_checkpoints.c.device_id == bindparam("device_id"))
    .where(Checkpoint.id.in_(bindparam("checkpoint_ids", expanding=True)))
)

_door = aliased(Device)
_TICKETS = (
    select(
        Ticket.id,
        Ticket.kind,
        Ticket.short_code,
        Ticket.revoked_at,
        Registration.cancelled_at.label("registration_cancelled_at"),
        Registration.contact_name,
        Attendee.id.label("attendee_id"),
        Attendee.name,
        Attendee.birth_year,
        Attendee.cancelled_at.label("attendee_cancelled_at"),
        Admission.checkpoint_id,
        Admission.admitted_at,
        Admission.scan_id,
        _door.name.label("door"),
        Booking.session_id,
        Booking.state,
        Session.room,
        Session.starts_at,
        Session.ends_at,
        Workshop.title,
    )
    .join(Registration, Registration.id == Ticket.registration_id)
    .join(
        Attendee,
        and_(
            Attendee.registration_id == Ticket.registration_id,
            or_(Ticket.attendee_id.is_(None), Attendee.id == Ticket.attendee_id),
        ),
    )
    .outerjoin(
        Admission,
        and_(
            Admission.attendee_id == Attendee.id,
            Admission.checkpoint_id.in_(bindparam("checkpoint_ids", expanding=True)),
        ),
    )
    .outerjoin(_door, _door.id == Admission.device_id)
    .outerjoin(Booking, and_(Booking.attendee_id == Attendee.id, Booking.state.in_(_SHOWN_BOOKINGS)))
    .outerjoin(Session, Session.id == Booking.session_id)
    .outerjoin(Workshop, Workshop.id == Session.workshop_id)
    .where(Ticket.festival_id == bindparam("festival_id"))
    .order_by(Ticket.id, Attendee.id, Session.starts_at)
)
_BY_ID = _TICKETS.where(Ticket.id.in_(bindparam("wanted", expanding=True)))
_BY_CODE = _TICKETS.where(Ticket.short_code.in_(bindparam("wanted", expanding=True)))
_BY_ATTENDEE = _TICKETS.where(Ticket.attendee_id.in_(bindparam("wanted", expanding=True)))

_ANSWERS = select(Scan.id, Scan.answer, Scan.device_id).where(Scan.id.in_(bindparam("ids", expanding=True)))

_ADMISSIONS = (
    select(Admission.attendee_id, Admission.checkpoint_id, Admission.admitted_at, Admission.scan_id, Device.name)
    .join(Device, Device.id == Admission.device_id)
    .where(Admission.attendee_id.in_(bindparam("attendee_ids", expanding=True)))
    .where(Admission.checkpoint_id.in_(bindparam("checkpoint_ids", expanding=True)))
)


def load_posts(device_id: int, checkpoint_ids: Iterable[int]) -> dict[int, Post]:
    """Those of the checkpoints at which this device may scan."""
    rows = db.session.execute(_POSTS, {"device_id": device_id, "checkpoint_ids": list(checkpoint_ids)})
    return {row.id: _post(row) for row in rows}


def _post(row: Any) -> Post:
    facts = CheckpointFacts(
        festival_id=row.festival_id,
        kind=row.kind.value,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        over=row.status in (FestivalStatus.CLOSED, FestivalStatus.ARCHIVED),
    )
    return Post(
        id=row.id,
        festival_id=row.festival_id,
        session_id=row.session_id,
        facts=facts,
        public_key=row.public_key,
        first_day=row.first_day,
        last_day=row.last_day,
    )


def load_answers(scan_ids: Iterable[UUID], device_id: int) -> dict[UUID, dict[str, Any] | None]:
    """What was answered to these scans before. None for an id that another device used: it learns nothing from it."""
    rows = db.session.execute(_ANSWERS, {"ids": list(scan_ids)})
    return {row.id: row.answer if row.device_id == device_id else None for row in rows}


def load_by_id(
    festival_id: int, ticket_ids: Collection[int], checkpoint_ids: Collection[int]
) -> dict[int, KnownTicket]:
    """Tickets and passes of the festival by id."""
    return _load(_BY_ID, festival_id, ticket_ids, checkpoint_ids)


def load_by_code(festival_id: int, codes: Collection[str], checkpoint_ids: Collection[int]) -> dict[str, KnownTicket]:
    """Tickets and passes of the festival by short code."""
    found = _load(_BY_CODE, festival_id, codes, checkpoint_ids)
    return {ticket.short_code: ticket for ticket in found.values()}


def load_by_attendee(
    festival_id: int, attendee_ids: Collection[int], checkpoint_ids: Collection[int]
) -> dict[int, KnownTicket]:
    """The tickets of these people of the festival, by attendee."""
    found = _load(_BY_ATTENDEE, festival_id, attendee_ids, checkpoint_ids)
    return {attendee_id: ticket for ticket in found.values() for attendee_id in ticket.people}


def _load(
    statement: Any, festival_id: int, wanted: Collection[int] | Collection[str], checkpoint_ids: Collection[int]
) -> dict[int, KnownTicket]:
    given = {"festival_id": festival_id, "wanted": list(wanted), "checkpoint_ids": list(checkpoint_ids)}
    tickets: dict[int, KnownTicket] = {}
    for row in db.session.execute(statement, given):
        ticket = tickets.get(row.id)
        if ticket is None:
            ticket = tickets[row.id] = KnownTicket(
                id=row.id,
                kind=row.kind,
                short_code=row.short_code,
                revoked=row.revoked_at is not None,
                registration_cancelled=row.registration_cancelled_at is not None,
                contact_name=row.contact_name,
            )
        _add(ticket, row)
    return tickets


def _add(ticket: KnownTicket, row: Any) -> None:
    """Each row is one person × booking × admission; what a row repeats changes nothing."""
    person = ticket.people.get(row.attendee_id)
    if person is None:
        cancelled = row.attendee_cancelled_at is not None
        person = ticket.people[row.attendee_id] = Person(row.attendee_id, row.name, row.birth_year, cancelled)
    if row.session_id is not None and row.session_id not in person.bookings:
        person.bookings[row.session_id] = BookedSession(
            row.session_id, row.state.value, row.title, row.room, row.starts_at, row.ends_at
        )
    if row.checkpoint_id is not None and row.checkpoint_id not in person.admissions:
        person.admissions[row.checkpoint_id] = Known(History(row.admitted_at, row.door), row.scan_id)


def load_admissions(attendee_ids: Collection[int], checkpoint_ids: Collection[int]) -> dict[tuple[int, int], Known]:
    """Admissions as they are now, by attendee and checkpoint."""
    given = {"attendee_ids": list(attendee_ids), "checkpoint_ids": list(checkpoint_ids)}
    rows = db.session.execute(_ADMISSIONS, given)
    return {
        (row.attendee_id, row.checkpoint_id): Known(History(row.admitted_at, row.name), row.scan_id) for row in rows
    }
