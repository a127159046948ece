"""Undoing a deletion: the audit log keeps every column of what was deleted, so for 30 days it can be made again."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Enum, and_, inspect, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapper

from festival.accounts.audit import record, values_of
from festival.accounts.models import AuditEntry
from festival.core.clock import now
from festival.core.columns import Moment
from festival.extensions import db
from festival.programme.editing import Part, subject_of
from festival.programme.models import Booth, Festival, Session, Workshop, Zone

KEPT = timedelta(days=30)
KINDS: dict[str, type[Part]] = {"zone": Zone, "booth": Booth, "workshop": Workshop, "session": Session}


class RestoreOutcome(enum.Enum):
    """What came of undoing a deletion."""

    RESTORED = "restored"
    TOO_LATE = "too_late"
    RESTORED_BEFORE = "restored_before"
    TAKEN = "taken"
    """Another one has this code, name, or place and time by now."""
    PLACE_GONE = "place_gone"
    """The zone of a booth, or the booth of a session, is no longer there: it can come back without."""
    WORKSHOP_GONE = "workshop_gone"
    """The workshop of a session is no longer there: that comes first."""


@dataclass(frozen=True)
class Restored:
    """The outcome, and the row where it is there again."""

    outcome: RestoreOutcome
    row: Part | None = None


def find_deletion(festival: Festival, entry_id: int) -> AuditEntry | None:
    """The entry by which something of this festival's programme was deleted, or None."""
    entry = db.session.scalar(
        select(AuditEntry).where(AuditEntry.id == entry_id, AuditEntry.festival_id == festival.id)
    )
    kind, _dot, what = entry.action.partition(".") if entry else ("", "", "")
    return entry if kind in KINDS and what == "deleted" and entry and entry.before else None


def restorable_until(entry: AuditEntry) -> datetime:
    """The moment up to which a deletion can be undone."""
    return entry.at + KEPT


def stands_against(festival: Festival, entry: AuditEntry) -> RestoreOutcome | None:
    """What keeps a deletion from being undone, as far as it can be known before it is tried; None for nothing."""
    kind, before = entry.action.partition(".")[0], entry.before or {}
    if _restored(entry):
        return RestoreOutcome.RESTORED_BEFORE
    if now() > restorable_until(entry):
        return RestoreOutcome.TOO_LATE
    if kind == "session" and not _still_there(festival, Workshop, before["workshop_id"], entry):
        return RestoreOutcome.WORKSHOP_GONE
    place, column = (Zone, "zone_id") if kind == "booth" else (Booth, "booth_id")
    if before.get(column) and not _still_there(festival, place, before[column], entry):
        return RestoreOutcome.PLACE_GONE
    return None


def _restored(entry: AuditEntry) -> bool:
    kind = entry.action.partition(".")[0]
    again = select(AuditEntry.id).where(
        AuditEntry.festival_id == entry.festival_id,
        AuditEntry.action == f"{kind}.restored",
        AuditEntry.after["entry"].as_integer() == entry.id,
    )
    return db.session.scalar(again.limit(1)) is not None


def _still_there(festival: Festival, kind: type[Part], row_id: int, entry: AuditEntry) -> bool:
    """Whether it is the same one that was there: SQLite gives the number of a deleted row to the next one."""
    known = select(kind.id).where(kind.id == row_id, kind.festival_id == festival.id)
    if db.session.scalar(known) is None:
        return False
    word = kind.__name__.lower()
    latest = select(AuditEntry.action).where(
        AuditEntry.festival_id == festival.id,
        AuditEntry.id > entry.id,
        or_(
            and_(AuditEntry.action == f"{word}.deleted", AuditEntry.before["id"].as_integer() == row_id),
            and_(AuditEntry.action == f"{word}.restored", AuditEntry.after["id"].as_integer() == row_id),
        ),
    )
    return db.session.scalar(latest.order_by(AuditEntry.id.desc()).limit(1)) != f"{word}.deleted"


def restore(festival: Festival, entry: AuditEntry, *, without_place: bool = False) -> Restored:
    """Make again what `entry` deleted, with its number if nothing else has it by now; the caller commits.

    `without_place`: a booth without its zone, a session without its booth, where that is gone.
    """
    against = stands_against(festival, entry)
    if against and not (against is RestoreOutcome.PLACE_GONE and without_place):
        return Restored(against)
    kind = KINDS[entry.action.partition(".")[0]]
    values = _columns(kind, entry.before or {})
    if against is RestoreOutcome.PLACE_GONE:
        values["zone_id" if kind is Booth else "booth_id"] = None
    if db.session.get(kind, values["id"]) is not None:
        del values["id"]
    try:
        with db.session.begin_nested():
            row = kind(**values)
            db.session.add(row)
    except IntegrityError:
        return Restored(RestoreOutcome.TAKEN)
    after = values_of(row) | {"entry": entry.id}
    record(f"{kind.__name__.lower()}.restored", subject_of(row), festival_id=festival.id, after=after)
    return Restored(RestoreOutcome.RESTORED, row)


def _columns(kind: type[Part], before: dict[str, Any]) -> dict[str, Any]:
    """The values of a row as the audit log keeps them, as its columns take them; search columns follow by themselves.
    A column that is no longer there is left out."""
    values: dict[str, Any] = {}
    mapper: Mapper[Any] = inspect(kind)
    for name, attribute in mapper.column_attrs.items():
        if name not in before:
            continue
        value, column = before[name], attribute.columns[0].type
        if value is not None and isinstance(column, Moment):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(column, Enum) and column.enum_class:
            value = column.enum_class(value)
        values[name] = value
    return values
