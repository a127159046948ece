"""Changing a programme by hand: saving and deleting festivals' zones, booths, workshops and sessions.

Every change is written to the audit log in the same transaction, and seats that it makes free are offered in it. The
database decides what is taken, in use or too small: each change is tried behind a savepoint, and what a constraint
refuses is an outcome.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from typing import Any

from flask import current_app
from sqlalchemy import CursorResult, update
from sqlalchemy.exc import IntegrityError

from festival.accounts.audit import record, values_of
from festival.accounts.models import AuditEntry
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Booth, Festival, Session, Workshop, Zone

Part = Zone | Booth | Workshop | Session


class EditOutcome(enum.Enum):
    """What came of a change."""

    SAVED = "saved"
    DELETED = "deleted"
    TAKEN = "taken"
    """Another one has this name, code, or place and time."""
    TOO_SMALL = "too_small"
    """More people have a seat than the new capacity holds."""
    IN_USE = "in_use"
    """Something hangs on it: bookings, sessions, booths, scans."""


def subject_of(row: Festival | Part) -> str:
    """How a reader of the audit log recognizes a row."""
    match row:
        case Booth():
            return f"{row.code} {row.name}"
        case Workshop():
            return row.title
        case Session():
            return f"{row.workshop.title}, {row.room}, {local(row.starts_at):%H:%M %d/%m/%Y}"
        case _:
            return row.name


def kind_of(row: Festival | Part) -> str:
    """The word of the domain for a row: zone, booth, workshop, session, festival."""
    return type(row).__name__.lower()


def save(row: Part, values: Mapping[str, Any]) -> EditOutcome:
    """Set `values` on a row of a festival's programme, new or known; its `festival_id` stands already."""
    is_new = row.id is None
    values = dict(values)
    before = None if is_new else values_of(row)
    if not is_new and isinstance(row, Session) and not change_capacity(row, values.pop("capacity", row.capacity)):
        return EditOutcome.TOO_SMALL
    try:
        with db.session.begin_nested():
            for name, value in values.items():
                setattr(row, name, value)
            db.session.add(row)
    except IntegrityError:
        return EditOutcome.TAKEN
    action = f"{kind_of(row)}.{'created' if is_new else 'edited'}"
    if before != values_of(row):
        record(action, subject_of(row), festival_id=row.festival_id, before=before, after=values_of(row))
        if not is_new and isinstance(row, Session):
            offer_free_seats([row.id])
    return EditOutcome.SAVED


def offer_free_seats(session_ids: Collection[int]) -> None:
    """Seats may have become free, or the time is another one: ask whoever waits. That is the registration's work
    (`waiting_list.offer_freed`), which the programme does not know; the house hands it in."""
    current_app.extensions["offer_freed"](session_ids)


def remove(row: Part) -> EditOutcome:
    """Delete a row of the programme, unless something hangs on it."""
    return EditOutcome.IN_USE if delete(row) is None else EditOutcome.DELETED


def delete(row: Part) -> AuditEntry | None:
    """Delete a row of the programme; gives the entry by which `restoring.py` can bring it back, and None, and nothing
    is deleted, where something hangs on it: bookings, sessions, booths, scans."""
    if isinstance(row, Session) and row.seats_taken:
        return None
    before, subject, festival_id = values_of(row), subject_of(row), row.festival_id
    try:
        with db.session.begin_nested():
            db.session.delete(row)
    except IntegrityError:
        return None
    entry = record(f"{kind_of(row)}.deleted", subject, festival_id=festival_id, before=before)
    db.session.flush()
    return entry


def save_festival(festival: Festival, values: Mapping[str, Any]) -> EditOutcome:
    """Change a festival's own facts; TAKEN means its slug, TOO_SMALL that more people are registered."""
    values, before = dict(values), values_of(festival)
    if not change_capacity(festival, values.pop("capacity", festival.capacity)):
        return EditOutcome.TOO_SMALL
    try:
        with db.session.begin_nested():
            for name, value in values.items():
                setattr(festival, name, value)
    except IntegrityError:
        return EditOutcome.TAKEN
    after = values_of(festival)
    if before != after:
        record("festival.edited", festival.name, festival_id=festival.id, before=before, after=after)
    return EditOutcome.SAVED


def change_capacity(row: Session | Festival, capacity: int) -> bool:
    """Give a session or a festival another capacity; False, and nothing changed, if more people hold a place.

    One statement decides, so that a booking at the same moment is not run over. The row is read anew either way.
    """
    if capacity == row.capacity:
        return True
    statement = update(type(row)).where(type(row).id == row.id).values(capacity=capacity)
    if isinstance(row, Session):
        statement = statement.where(Session.seats_taken <= capacity)
    else:
        statement = statement.where(Festival.places_taken <= capacity)
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    db.session.refresh(row)
    return isinstance(result, CursorResult) and result.rowcount == 1
