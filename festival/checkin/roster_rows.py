"""The people of a roster, read a page at a time in a handful of statements that are built once; plain columns, no ORM.

`Scope` says whom and what a phone may see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, distinct, false, func, or_, select, union

from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, Scan, Slip
from festival.checkin.roster_scope import Reach, Scope, Stamps
from festival.extensions import Base, db
from festival.programme.models import Session
from festival.registration.models import Attendee, Booking, BookingState, Registration, Ticket, TicketKind

PAGE = 2_000
"""People in one answer."""

REVOKED_TICKET, CANCELLED, REVOKED_PASS = 1, 2, 4
PHONE_TAIL = 4
_STATES = {BookingState.CONFIRMED: "c", BookingState.WAITLISTED: "w", BookingState.OFFERED: "o"}

Row = list[Any]
"""One person as the phone gets it: attendee, registration, name, birth year, phone tail, ticket, short code, pass,
code of the pass, flags, {session: state}, [[checkpoint, let in (ms), door, gone out (ms) or 0]], stamps, and only where
the ticket came from a slip, the slip's number: its QR says that one, not the ticket's."""


# --- who is on the page ----------------------------------------------------------------------------------------

_people, _registrations, _tickets, _bookings, _sessions, _admissions, _scans, _places, _devices, _slips = (
    Base.metadata.tables[entity.__tablename__]
    for entity in (Attendee, Registration, Ticket, Booking, Session, Admission, Scan, Checkpoint, Device, Slip)
)


def _many(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True, literal_execute=True)


_BOOKED_HERE = select(_bookings.c.attendee_id).where(_bookings.c.session_id.in_(_many("session_ids")))
_STAMPED = (
    select(_admissions.c.attendee_id)
    .join(_places, _places.c.id == _admissions.c.checkpoint_id)
    .where(
        _places.c.festival_id == bindparam("festival_id"),
        _places.c.kind == CheckpointKind.BOOTH,
        _admissions.c.changed_at > bindparam("since"),
    )
)


def _everybody(reach: Reach) -> Select[Any]:
    query = select(_people.c.id).where(_people.c.festival_id == bindparam("festival_id"))
    if reach is Reach.BOOKED:
        query = query.where(_people.c.id.in_(_BOOKED_HERE.where(_bookings.c.state.in_(tuple(_STATES)))))
    return query


def _changed(reach: Reach, all_bookings: bool, stamps: Stamps) -> Select[Any]:
    """Everybody on whom anything has changed that a phone of this kind is told."""
    festival: BindParameter[Any] = bindparam("festival_id")
    since: BindParameter[Any] = bindparam("since")
    bookings = select(_bookings.c.attendee_id).where(_bookings.c.changed_at > since)
    if not all_bookings:
        bookings = bookings.where(_bookings.c.session_id.in_(_many("session_ids")))
    else:
        of_festival = select(_sessions.c.id).where(_sessions.c.festival_id == festival)
        bookings = bookings.where(_bookings.c.session_id.in_(of_festival))
    of_household = _people.join(_registrations, _registrations.c.id == _people.c.registration_id)
    of_pass = _people.join(_tickets, _tickets.c.registration_id == _people.c.registration_id)
    sources = [
        select(_people.c.id).where(_people.c.festival_id == festival, _people.c.changed_at > since),
        select(_people.c.id)
        .select_from(of_household)
        .where(_registrations.c.festival_id == festival, _registrations.c.changed_at > since),
        select(_people.c.id)
        .select_from(of_pass)
        .where(_tickets.c.festival_id == festival, _tickets.c.changed_at > since)
        .where(or_(_tickets.c.attendee_id.is_(None), _tickets.c.attendee_id == _people.c.id)),
        bookings,
        select(_admissions.c.attendee_id)
        .where(_admissions.c.checkpoint_id.in_(_many("checkpoint_ids")))
        .where(_admissions.c.changed_at > since),
    ]
    if stamps is Stamps.PERSON:
        sources.append(_STAMPED)
    if stamps is Stamps.HOUSEHOLD:
        stamped = _people.alias("stamped")
        households = select(stamped.c.registration_id).where(stamped.c.id.in_(_STAMPED))
        sources.append(select(_people.c.id).where(_people.c.registration_id.in_(households)))
    changed = union(*sources).subquery("changed")
    query = select(_people.c.id).where(_people.c.id.in_(select(changed.c[0])))
    if reach is Reach.BOOKED:
        query = query.where(_people.c.id.in_(_BOOKED_HERE))  # in any state: who has cancelled leaves the list
    return query.where(_people.c.festival_id == festival)


def _page(query: Select[Any]) -> Select[Any]:
    return query.where(_people.c.id > bindparam("after")).order_by(_people.c.id).limit(bindparam("count"))


_SEEN = (Reach.ALL, Reach.BOOKED)
_EVERYBODY_PAGE = {reach: _page(_everybody(reach)) for reach in _SEEN}
_CHANGED_PAGE = {
    (reach, all_bookings, stamps): _page(_changed(reach, all_bookings, stamps))
    for reach in _SEEN
    for all_bookings in (True, False)
    for stamps in Stamps
}


def people_of(scope: Scope, since: datetime | None, after: int) -> tuple[list[int], bool]:
    """The ids of the next people, at most `PAGE`, in their order, and whether there are more."""
    if scope.reach is Reach.NONE:
        return [], False
    query = (
        _EVERYBODY_PAGE[scope.reach] if since is None else _CHANGED_PAGE[scope.reach, scope.all_bookings, scope.stamps]
    )
    given: dict[str, Any] = {"festival_id": scope.festival_id, "since": since, "after": after, "count": PAGE + 1}
    given |= {"checkpoint_ids": scope.checkpoint_ids, "session_ids": scope.session_ids}
    ids = list(db.session.connection().scalars(query, given))
    return ids[:PAGE], len(ids) > PAGE


# --- what is told about them -----------------------------------------------------------------------------------

_own, _pass = _tickets.alias("own"), _tickets.alias("pass")
_IDS = _many("ids")

_ROWS = (
    select(
        _people.c.id,
        _people.c.registration_id,
        _people.c.name,
        _people.c.birth_year,
        _people.c.cancelled_at,
        _registrations.c.phone,
        _registrations.c.cancelled_at.label("all_cancelled_at"),
        _own.c.id.label("ticket_id"),
        _own.c.short_code,
        _own.c.revoked_at,
        _slips.c.id.label("slip_id"),
        _pass.c.id.label("pass_id"),
        _pass.c.short_code.label("pass_code"),
        _pass.c.revoked_at.label("pass_revoked_at"),
    )
    .select_from(
        _people.join(_registrations, _registrations.c.id == _people.c.registration_id)
        .outerjoin(_own, _own.c.attendee_id == _people.c.id)
        .outerjoin(_slips, _slips.c.ticket_id == _own.c.id)
        .outerjoin(
            _pass, and_(_pass.c.registration_id == _people.c.registration_id, _pass.c.kind == TicketKind.HOUSEHOLD)
        )
    )
    .where(_people.c.id.in_(_IDS))
    .order_by(_people.c.id, _pass.c.id)
)
_BOOKINGS = {
    all_bookings: select(_bookings.c.attendee_id, _bookings.c.session_id, _bookings.c.state)
    .where(_bookings.c.attendee_id.in_(_IDS), _bookings.c.state.in_(tuple(_STATES)))
    .where(*([] if all_bookings else [_bookings.c.session_id.in_(_many("session_ids"))]))
    .order_by(_bookings.c.attendee_id, _bookings.c.session_id)
    for all_bookings in (True, False)
}
_ADMITTED = (
    select(_admissions.c.attendee_id, _admissions.c.checkpoint_id, _admissions.c.admitted_at, _devices.c.name)
    .outerjoin(_devices, _devices.c.id == _admissions.c.device_id)
    .where(_admissions.c.attendee_id.in_(_IDS), _admissions.c.checkpoint_id.in_(_many("checkpoint_ids")))
    .order_by(_admissions.c.attendee_id, _admissions.c.checkpoint_id)
)
_PASSAGES = {
    everywhere: select(
        _scans.c.attendee_id,
        _scans.c.checkpoint_id,
        _places.c.kind,
        _scans.c.direction,
        _scans.c.scanned_at,
        _devices.c.name,
    )
    .join(_places, _places.c.id == _scans.c.checkpoint_id)
    .outerjoin(_devices, _devices.c.id == _scans.c.device_id)
    .where(_scans.c.attendee_id.in_(_IDS), _scans.c.passed, _scans.c.undone_at.is_(None))
    .where(_places.c.id.in_(_many("ways_out")) | (_places.c.kind == CheckpointKind.ENTRANCE if everywhere else false()))
    .order_by(_scans.c.attendee_id, _scans.c.scanned_at, _scans.c.id)
    for everywhere in (True, False)
}
_STAMPS = (
    select(_admissions.c.attendee_id, func.count())
    .join(_places, _places.c.id == _admissions.c.checkpoint_id)
    .where(_admissions.c.attendee_id.in_(_IDS), _places.c.kind == CheckpointKind.BOOTH)
    .group_by(_admissions.c.attendee_id)
)
_member = _people.alias("member")
_SHARED_STAMPS = (
    select(_people.c.id, func.count(distinct(_admissions.c.checkpoint_id)))
    .join(_member, _member.c.registration_id == _people.c.registration_id)
    .join(_admissions, _admissions.c.attendee_id == _member.c.id)
    .join(_places, _places.c.id == _admissions.c.checkpoint_id)
    .where(_people.c.id.in_(_IDS), _places.c.kind == CheckpointKind.BOOTH)
    .group_by(_people.c.id)
)


def rows_of(scope: Scope, ids: Sequence[int]) -> list[Row]:
    """What the phone is told about these people. One whom it must forget comes with no name and as cancelled."""
    if not ids:
        return []
    connection = db.session.connection()
    bookings: dict[int, dict[str, str]] = defaultdict(dict)
    wanted = {"ids": ids} | ({} if scope.all_bookings else {"session_ids": scope.session_ids})
    for attendee_id, session_id, state in connection.execute(_BOOKINGS[scope.all_bookings], wanted):
        bookings[attendee_id][str(session_id)] = _STATES[state]
    admissions = _admissions_of(scope, ids)
    stamps = _stamps_of(scope, ids)
    rows: dict[int, Row] = {}
    for row in connection.execute(_ROWS, {"ids": ids}):
        if scope.reach is Reach.BOOKED and row.id not in bookings:
            rows[row.id] = [row.id, 0, "", 0, "", 0, "", 0, "", CANCELLED, {}, [], 0]
            continue
        known = (bookings.get(row.id, {}), admissions.get(row.id, []), stamps.get(row.id, 0))
        rows[row.id] = _row(scope, row, *known)
    return list(rows.values())


def _row(scope: Scope, row: Any, bookings: dict[str, str], admissions: list[Row], stamps: int) -> Row:
    flags = REVOKED_TICKET if row.revoked_at is not None else 0
    flags |= CANCELLED if row.cancelled_at is not None or row.all_cancelled_at is not None else 0
    flags |= REVOKED_PASS if row.pass_revoked_at is not None else 0
    name, year, tail, code, pass_code = (
        (row.name.split()[-1], 0, "", "", "")
        if scope.given_names and row.name
        else (row.name, row.birth_year, row.phone[-PHONE_TAIL:], row.short_code or "", row.pass_code or "")
    )
    head = [row.id, row.registration_id, name, year, tail, row.ticket_id or 0, code, row.pass_id or 0, pass_code]
    told = [*head, flags, bookings, admissions, stamps]
    return told if row.slip_id is None else [*told, row.slip_id]


def _stamps_of(scope: Scope, ids: Sequence[int]) -> dict[int, int]:
    if scope.stamps is Stamps.NONE:
        return {}
    query = _STAMPS if scope.stamps is Stamps.PERSON else _SHARED_STAMPS
    return {row[0]: row[1] for row in db.session.connection().execute(query, {"ids": ids})}


def _admissions_of(scope: Scope, ids: Sequence[int]) -> dict[int, list[Row]]:
    """By attendee, at the device's own checkpoints: the last coming in, and the going out since where people go out."""
    given = {"ids": ids, "checkpoint_ids": scope.checkpoint_ids}
    known: dict[int, dict[int, Row]] = defaultdict(dict)
    for attendee_id, place, moment, door in db.session.connection().execute(_ADMITTED, given):
        known[attendee_id][place] = [place, _milliseconds(moment), door or "", 0]
    if scope.ways_out and known:
        _add_passages(scope, known)
    return {attendee_id: list(by_place.values()) for attendee_id, by_place in known.items()}


def _add_passages(scope: Scope, known: dict[int, dict[int, Row]]) -> None:
    """As `more_facts.load_comings_and_goings` has it: all entrances lead out of the same house."""
    came: set[tuple[int, int]] = set()
    given = {"ids": list(known), "ways_out": scope.ways_out}
    passages = db.session.connection().execute(_PASSAGES[bool(scope.entrances)], given)
    for attendee_id, place, kind, direction, moment, door in passages:
        for own in scope.ways_out:
            entry = known[attendee_id].get(own)
            same_house = own == place or (own in scope.entrances and kind is CheckpointKind.ENTRANCE)
            if entry is None or not same_house:
                continue
            if direction == "in" and place == own:
                entry[1:] = [_milliseconds(moment), door or "", 0]
                came.add((attendee_id, own))
            elif (attendee_id, own) in came:
                entry[3] = 0 if direction == "in" else entry[3] or _milliseconds(moment)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
