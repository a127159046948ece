"""Two organizers edit the same row at once: nothing is overwritten unseen.

A form carries what its row was when it was shown, as a short digest of each column (`seen_of`). What only the other one
has changed meanwhile is left as it is now; what both have changed to different values is a difference, and the second
is shown it before anything is saved.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any, TypeVar

from sqlalchemy import inspect, select

from festival.accounts.models import AuditEntry, User
from festival.core.text import tidy_lines
from festival.extensions import Base, db
from festival.programme.editing import kind_of, subject_of
from festival.programme.models import Booth, Festival, Session, Workshop, Zone

Row = TypeVar("Row", Festival, Zone, Booth, Workshop, Session)

NOT_TYPED = frozenset({"id", "festival_id", "organization_id", "public_key", "sealed_private_key"})
LATEST_ENTRIES = 50
"""So many entries of the audit log are looked through for who has changed a row."""


@dataclass(frozen=True)
class Change:
    """Who has changed something, as the audit log has it, and when."""

    who: str
    at: datetime


@dataclass(frozen=True)
class Difference:
    """A column that both have changed: what is saved now, what was typed, and by whom the saved one is, if known."""

    column: str
    saved: Any
    typed: Any
    by: Change | None


@dataclass(frozen=True)
class Meeting:
    """What to save (`values`), what must be shown first (`differences`), and the columns that only the other one has
    changed (`left`)."""

    values: dict[str, Any]
    differences: list[Difference] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def seen_of(row: Base) -> str:
    """What a row is now, for the form that shows it: "column:digest", one for each column, in one line."""
    columns = inspect(row).mapper.column_attrs.keys()
    return " ".join(f"{name}:{_digest(getattr(row, name))}" for name in columns if name not in NOT_TYPED)


def _digest(value: Any) -> str:
    return hashlib.sha256(_told(value).encode()).hexdigest()[:16]


def _told(value: Any) -> str:
    """A value as a form shows it: without seconds, nothing and an empty text alike, lines tidied."""
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return tidy_lines("" if value is None else str(value))


def meet(row: Row, values: Mapping[str, Any], seen: str | None) -> Meeting | None:
    """Read `row` anew, for this transaction alone, and compare `values` with it; None if it has been deleted.

    `seen` is what the form brought back. A form without it is a page from before this was asked: it is taken as typed
    over what is there now.
    """
    kind = type(row)
    statement = select(kind).where(kind.id == row.id).with_for_update(of=kind)
    if db.session.scalar(statement.execution_options(populate_existing=True)) is None:
        return None
    if seen is None:
        return Meeting(dict(values))
    then = dict(part.split(":", 1) for part in seen.split() if ":" in part)
    to_save, left, differing = {}, [], []
    for column, typed in values.items():
        saved = getattr(row, column)
        if then.get(column) == _digest(saved) or _told(typed) == _told(saved):
            to_save[column] = typed  # nobody else has changed it, or both to the same
        elif then.get(column) == _digest(typed):
            left.append(column)
        else:
            differing.append((column, saved, typed))
    changes = _changes_of(row) if differing else {}
    return Meeting(
        to_save,
        [Difference(column, saved, typed, changes.get(column)) for column, saved, typed in differing],
        left,
    )


def _changes_of(row: Row) -> dict[str, Change]:
    """By column: who has changed it last. An import has one entry for all rows, so it names nobody here."""
    festival_id = row.id if isinstance(row, Festival) else row.festival_id
    entries = db.session.execute(
        select(AuditEntry.at, AuditEntry.actor, AuditEntry.after, User.name)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(
            AuditEntry.festival_id == festival_id,
            AuditEntry.action == f"{kind_of(row)}.edited",
            AuditEntry.subject == subject_of(row),
        )
        .order_by(AuditEntry.id.desc())
        .limit(LATEST_ENTRIES)
    )
    found: dict[str, Change] = {}
    for entry in entries:
        for column in entry.after or {}:
            found.setdefault(column, Change(entry.name or entry.actor, entry.at))
    return found
