"""Taking an import back as a whole: what it made goes, what it changed becomes what it was.

Nothing that happened since is lost: a row on which something hangs stays, and so does a value that somebody changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import CursorResult, select, update

from festival.accounts.audit import record
from festival.accounts.models import User
from festival.core.clock import now
from festival.extensions import db
from festival.programme.editing import EditOutcome, Part, delete, save, save_festival, subject_of
from festival.programme.import_log import plain
from festival.programme.models import Booth, Festival, ProgrammeImport, Session, Workshop, Zone

MOST_SHOWN = 100
_KINDS: dict[str, type[Part]] = {"zone": Zone, "booth": Booth, "workshop": Workshop, "session": Session}
_ORDER = ("session", "workshop", "booth", "zone")


@dataclass(frozen=True)
class TakenBack:
    """How many rows were deleted and how many changed back, and the names of those that stay as they are."""

    deleted: int
    restored: int
    kept: tuple[str, ...]


def imports_of(festival: Festival) -> list[tuple[ProgrammeImport, str | None]]:
    """The latest imports of a festival with who made them, newest first."""
    query = select(ProgrammeImport, User.email).outerjoin(User, User.id == ProgrammeImport.user_id)
    query = query.where(ProgrammeImport.festival_id == festival.id).order_by(ProgrammeImport.id.desc())
    return [(entry, email) for entry, email in db.session.execute(query.limit(MOST_SHOWN))]


def find_import(festival: Festival, import_id: int) -> ProgrammeImport | None:
    """The import within the festival."""
    query = select(ProgrammeImport).where(ProgrammeImport.id == import_id)
    return db.session.scalar(query.where(ProgrammeImport.festival_id == festival.id))


def take_back(festival: Festival, entry: ProgrammeImport) -> TakenBack | None:
    """Undo an import; None if that was done already. Each row is an entry in the audit log, as when done by hand."""
    taking = update(ProgrammeImport).where(ProgrammeImport.id == entry.id, ProgrammeImport.taken_back_at.is_(None))
    taken = db.session.execute(taking.values(taken_back_at=now()), execution_options={"synchronize_session": False})
    if not isinstance(taken, CursorResult) or taken.rowcount != 1:
        return None
    db.session.refresh(entry)
    kept: list[str] = []
    restored = sum(_restore(festival, change, kept) for change in reversed(entry.changed))
    deleted = 0
    for kind in _ORDER:
        for made in entry.created:
            row = _find(festival, kind, made["id"]) if made["kind"] == kind else None
            if row is None:
                continue
            subject = subject_of(row)
            # SQLite gives the number of a deleted row to the next one: another name may be another row.
            if subject == made["name"] and delete(row):
                deleted += 1
            else:
                kept.append(subject)
    counts = {"deleted": deleted, "restored": restored, "kept": len(kept)}
    record("programme.import_taken_back", entry.filename or festival.name, festival_id=festival.id, after=counts)
    return TakenBack(deleted, restored, tuple(kept))


def _restore(festival: Festival, change: dict[str, Any], kept: list[str]) -> bool:
    """Give a row its earlier values back, each one only where it still is as the import left it."""
    row: Festival | Part | None = (
        festival if change["kind"] == "festival" else _find(festival, change["kind"], change["id"])
    )
    if row is None:
        return False
    wanted = {
        name: _from_json(row, name, before)
        for name, before in change["before"].items()
        if plain(getattr(row, name)) == change["after"][name]
    }
    outcome = EditOutcome.TAKEN
    if wanted:
        outcome = save_festival(row, wanted) if isinstance(row, Festival) else save(row, wanted)
    if outcome is not EditOutcome.SAVED or len(wanted) < len(change["before"]):
        kept.append(subject_of(row))
    return outcome is EditOutcome.SAVED


def _find(festival: Festival, kind: str, row_id: int) -> Part | None:
    found: Any = db.session.get(_KINDS[kind], row_id)
    return found if found is not None and found.festival_id == festival.id else None


def _from_json(row: Festival | Part, name: str, value: Any) -> Any:
    kind = row.__table__.columns[name].type.python_type
    if value is not None and kind in (date, datetime, time):
        return kind.fromisoformat(value)
    return value
