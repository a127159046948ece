"""The statements that read what a scan needs: checkpoints, each with the wanted tickets and all that hangs on them.

Plain columns, no ORM. Each is built once, for one value (a phone that is online sends one scan a call) and for lists.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, null, or_, select

from festival.checkin.models import Admission, Checkpoint, Device, Slip, device_checkpoints
from festival.checkin.pairing import KnownDevice
from festival.core.prepared import Prepared
from festival.extensions import Base
from festival.programme.models import Festival, Session, Workshop
from festival.registration.models import Attendee, Booking, BookingState, Registration, Ticket

_SHOWN_BOOKINGS = (BookingState.CONFIRMED, BookingState.WAITLISTED, BookingState.OFFERED)
MINE = "mine_"
"""Before the names of the device's own columns, in a row of `BY_TOKEN`."""
WAYS = ("id", "slip", "code", "attendee")
"""How a ticket is named."""


def _table(entity: type[Base]) -> Table:
    return Base.metadata.tables[entity.__tablename__]


_places, _festivals, _sessions, _workshops = map(_table, (Checkpoint, Festival, Session, Workshop))
_tickets, _registrations, _people, _bookings = map(_table, (Ticket, Registration, Attendee, Booking))
_admissions, _devices, _slips = map(_table, (Admission, Device, Slip))


def _is(column: ColumnElement[Any], name: str, *, one: bool) -> ColumnElement[bool]:
    return column == bindparam(name) if one else column.in_(bindparam(name, expanding=True))


def _named(way: str, *, one: bool) -> ColumnElement[bool]:
    if way == "slip":
        return _tickets.c.id.in_(select(_slips.c.ticket_id).where(_is(_slips.c.id, "wanted", one=one)))
    column = {"id": _tickets.c.id, "code": _tickets.c.short_code, "attendee": _tickets.c.attendee_id}[way]
    return _is(column, "wanted", one=one)


def _scene(way: str, *, of_device: bool, one: bool, by_token: bool = False) -> Select[Any]:
    """Checkpoints of a device, or of a festival, with the tickets that are named this way; `one` of each, or lists.

    `by_token`: the device is named by its token's digest, and what is known of it stands in each row too.
    """
    slips = way == "slip"
    wanted = _named(way, one=one)
    at_places = _is(_places.c.id, "checkpoint_ids", one=one)
    person = and_(
        _people.c.registration_id == _tickets.c.registration_id,
        or_(_tickets.c.attendee_id.is_(None), _people.c.id == _tickets.c.attendee_id),
    )
    admitted = and_(_admissions.c.attendee_id == _people.c.id, _admissions.c.checkpoint_id == _places.c.id)
    booked = and_(
        _bookings.c.attendee_id == _people.c.id, or_(*(_bookings.c.state == state for state in _SHOWN_BOOKINGS))
    )
    own, theirs = _sessions.alias("own"), _sessions.alias("theirs")
    places = _places.join(_festivals, _festivals.c.id == _places.c.festival_id)
    mine = _devices.alias("mine")
    if of_device:
        places = places.join(device_checkpoints, device_checkpoints.c.checkpoint_id == _places.c.id)
    if by_token:
        places = places.join(mine, mine.c.id == device_checkpoints.c.device_id)
    source = (
        places.outerjoin(own, own.c.id == _places.c.session_id)
        .outerjoin(_tickets, and_(_tickets.c.festival_id == _places.c.festival_id, wanted))
        .outerjoin(_registrations, _registrations.c.id == _tickets.c.registration_id)
        .outerjoin(_people, person)
        .outerjoin(_admissions, admitted)
        .outerjoin(_devices, _devices.c.id == _admissions.c.device_id)
        .outerjoin(_bookings, booked)
        .outerjoin(theirs, theirs.c.id == _bookings.c.session_id)
        .outerjoin(_workshops, _workshops.c.id == theirs.c.workshop_id)
    )
    if slips:
        source = source.outerjoin(_slips, _slips.c.ticket_id == _tickets.c.id)
    whose = device_checkpoints.c.device_id if of_device else _places.c.festival_id
    if by_token:
        whose = mine.c.token_digest
    return (
        select(
            _places.c.id.label("place_id"),
            _places.c.festival_id,
            _places.c.session_id,
            _places.c.kind.label("place_kind"),
            _places.c.booth_id,
            _places.c.opens,
            _places.c.closes,
            _places.c.opens_before,
            _places.c.re_entry,
            _places.c.walk_ins,
            _places.c.per_household,
            _places.c.stock,
            _places.c.stock_taken,
            _places.c.stamps_needed,
            own.c.starts_at,
            own.c.ends_at,
            (own.c.capacity - own.c.seats_taken).label("seats_left"),
            _festivals.c.status,
            _festivals.c.public_key,
            _festivals.c.first_day,
            _festivals.c.last_day,
            _tickets.c.id.label("ticket_id"),
            _tickets.c.kind,
            _tickets.c.registration_id,
            _tickets.c.short_code,
            (_slips.c.id if slips else null()).label("slip_id"),
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
            *(mine.c[name].label(MINE + name) for name in KnownDevice._fields if by_token),
        )
        .select_from(source)
        .where(whose == bindparam("whose"))
        .where(at_places)
        .order_by(_tickets.c.id, _people.c.id, theirs.c.starts_at)
    )


SCENES = {(of_device, way): _scene(way, of_device=of_device, one=False) for of_device in (True, False) for way in WAYS}
BY_TOKEN = Prepared(_scene("id", of_device=True, one=True, by_token=True))
"""One ticket by its number, at one checkpoint, with the phone that holds the token."""
ONE_TICKET = {way: Prepared(_scene(way, of_device=True, one=True)) for way in WAYS}
