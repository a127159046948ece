"""What the database knows about scanned tickets, read in as few statements as possible: the door is in a hurry.

The statements are built once; a scan costs the same with ten thousand tickets and with a million.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, Table, and_, bindparam, or_, select

from festival.checkin.decision import CheckpointFacts, History
from festival.checkin.models import Admission, Checkpoint, Device, Scan, device_checkpoints
from festival.extensions import Base, db
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


class Way(enum.Enum):
    """How a ticket is named: by its number (in a signed QR), by its short code, by its person."""

    ID = "id"
    CODE = "code"
    ATTENDEE = "attendee"


@dataclass
class Scene:
    """Checkpoints by id and tickets by id."""

    posts: dict[int, Post] = field(default_factory=dict)
    tickets: dict[int, KnownTicket] = field(default_factory=dict)


def _table(entity: type[Base]) -> Table:
    return Base.metadata.tables[entity.__tablename__]


_places, _festivals, _sessions, _workshops = map(_table, (Checkpoint, Festival, Session, Workshop))
_tickets, _registrations, _people, _bookings = map(_table, (Ticket, Registration, Attendee, Booking))
_admissions, _devices, _scans = map(_table, (Admission, Device, Scan))


def _scene(wanted: ColumnElement[Any]) -> Select[Any]:
    """The checkpoints of one device, each with the wanted tickets and all that hangs on them; plain columns, no ORM."""
    person = and_(
        _people.c.registration_id == _tickets.c.registration_id,
        or_(_tickets.c.attendee_id.is_(None), _people.c.id == _tickets.c.attendee_id),
    )
    admitted = and_(_admissions.c.attendee_id == _people.c.id, _admissions.c.checkpoint_id == _places.c.id)
    booked = and_(_bookings.c.attendee_id == _people.c.id, _bookings.c.state.in_(_SHOWN_BOOKINGS))
    own, theirs = _sessions.alias("own"), _sessions.alias("theirs")
    source = (
        device_checkpoints.join(_places, _places.c.id == device_checkpoints.c.checkpoint_id)
        .join(_festivals, _festivals.c.id == _places.c.festival_id)
        .outerjoin(own, own.c.id == _places.c.session_id)
        .outerjoin(_tickets, and_(_tickets.c.festival_id == _places.c.festival_id, wanted))
        .outerjoin(_registrations, _registrations.c.id == _tickets.c.registration_id)
        .outerjoin(_people, person)
        .outerjoin(_admissions, admitted)
        .outerjoin(_devices, _devices.c.id == _admissions.c.device_id)
        .outerjoin(_bookings, booked)
        .outerjoin(theirs, theirs.c.id == _bookings.c.session_id)
        .outerjoin(_workshops, _workshops.c.id == theirs.c.workshop_id)
    )
    return (
        select(
            _places.c.id.label("place_id"),
            _places.c.festival_id,
            _places.c.session_id,
            _places.c.kind.label("place_kind"),
            _places.c.opens_at,
            _places.c.closes_at,
            own.c.starts_at,
            own.c.ends_at,
            _festivals.c.status,
            _festivals.c.public_key,
            _festivals.c.first_day,
            _festivals.c.last_day,
            _tickets.c.id.label("ticket_id"),
            _tickets.c.kind,
            _tickets.c.short_code,
            _tickets.c.revoked_at,
            _registrations.c.cancelled_at.label("registration_cancelled_at"),
            _registrations.c.contact_name,
            _people.c.id.label("attendee_id"),
            _people.c.name,
            _people.c.cancelled_at.label("attendee_cancelled_at"),
            _admissions.c.admitted_at,
            _admissions.c.scan_id,
            _devices.c.name.label("door"),
            _bookings.c.session_id.label("booked_id"),
            _bookings.c.state,
            theirs.c.room.label("booked_room"),
            theirs.c.starts_at.label("booked_starts_at"),
            theirs.c.ends_at.label("booked_ends_at"),
            _workshops.c.title,
        )
        .select_from(source)
        .where(device_checkpoints.c.device_id == bindparam("device_id"))
        .where(_places.c.id.in_(bindparam("checkpoint_ids", expanding=True)))
        .order_by(_tickets.c.id, _people.c.id, theirs.c.starts_at)
    )


_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_SCENES = {
    "id": _scene(_tickets.c.id.in_(_WANTED)),
    "code": _scene(_tickets.c.short_code.in_(_WANTED)),
    "attendee": _scene(_tickets.c.attendee_id.in_(_WANTED)),
}

_ANSWERS = select(_scans.c.id, _scans.c.answer, _scans.c.device_id).where(
    _scans.c.id.in_(bindparam("ids", expanding=True))
)

_ADMITTED = (
    select(
        _admissions.c.attendee_id,
        _admissions.c.checkpoint_id,
        _admissions.c.admitted_at,
        _admissions.c.scan_id,
        _devices.c.name.label("door"),
    )
    .join(_devices, _devices.c.id == _admissions.c.device_id)
    .where(_admissions.c.attendee_id.in_(bindparam("attendee_ids", expanding=True)))
    .where(_admissions.c.checkpoint_id.in_(bindparam("checkpoint_ids", expanding=True)))
)


def load_scene(device_id: int, checkpoint_ids: Collection[int], wanted: Mapping[Way, Collection[Any]]) -> Scene:
    """What is known about tickets, wanted by id, short code or attendee, at the device's own among the checkpoints.

    One statement for each way that is used; a phone that is online needs one.
    """
    scene = Scene()
    ways = [way for way, keys in wanted.items() if keys] or [Way.ID]
    for way in ways:
        given = {"device_id": device_id, "checkpoint_ids": list(checkpoint_ids), "wanted": list(wanted.get(way, ()))}
        for row in db.session.connection().execute(_SCENES[way.value], given):
            if row.place_id not in scene.posts:
                scene.posts[row.place_id] = _post(row)
            if row.ticket_id is not None:
                _add(scene, row)
    return scene


def _post(row: Any) -> Post:
    facts = CheckpointFacts(
        festival_id=row.festival_id,
        kind=row.place_kind.value,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        over=row.status in (FestivalStatus.CLOSED, FestivalStatus.ARCHIVED),
    )
    return Post(
        id=row.place_id,
        festival_id=row.festival_id,
        session_id=row.session_id,
        facts=facts,
        public_key=row.public_key,
        first_day=row.first_day,
        last_day=row.last_day,
    )


def _add(scene: Scene, row: Any) -> None:
    """Each row is one checkpoint × person × booking; what a row repeats changes nothing."""
    ticket = scene.tickets.get(row.ticket_id)
    if ticket is None:
        ticket = scene.tickets[row.ticket_id] = KnownTicket(
            id=row.ticket_id,
            kind=row.kind,
            short_code=row.short_code,
            revoked=row.revoked_at is not None,
            registration_cancelled=row.registration_cancelled_at is not None,
            contact_name=row.contact_name,
        )
    if row.attendee_id is None:
        return
    person = ticket.people.get(row.attendee_id)
    if person is None:
        cancelled = row.attendee_cancelled_at is not None
        person = ticket.people[row.attendee_id] = Person(row.attendee_id, row.name, cancelled)
    if row.booked_id is not None and row.booked_id not in person.bookings:
        person.bookings[row.booked_id] = BookedSession(
            row.booked_id, row.state.value, row.title, row.booked_room, row.booked_starts_at, row.booked_ends_at
        )
    if row.scan_id is not None and row.place_id not in person.admissions:
        person.admissions[row.place_id] = Known(History(row.admitted_at, row.door), row.scan_id)


def load_answers(scan_ids: Iterable[UUID], device_id: int) -> dict[UUID, dict[str, Any] | None]:
    """What was answered to these scans before. None for an id that another device used: it learns nothing from it."""
    rows = db.session.connection().execute(_ANSWERS, {"ids": list(scan_ids)})
    return {row.id: row.answer if row.device_id == device_id else None for row in rows}


def load_admissions(attendee_ids: Collection[int], checkpoint_ids: Collection[int]) -> dict[tuple[int, int], Known]:
    """Admissions as they are now, by attendee and checkpoint."""
    given = {"attendee_ids": list(attendee_ids), "checkpoint_ids": list(checkpoint_ids)}
    rows = db.session.connection().execute(_ADMITTED, given)
    return {
        (row.attendee_id, row.checkpoint_id): Known(History(row.admitted_at, row.door), row.scan_id) for row in rows
    }
