"""What an import makes and changes, noted while it does so: the row of `programme_imports`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from flask_security import current_user

from festival.core.text import tidy
from festival.extensions import db
from festival.programme.editing import Part, kind_of, subject_of
from festival.programme.models import Festival, ProgrammeImport


class ImportLog:
    """The rows of one import: those that are new, and what the others said before."""

    def __init__(self) -> None:
        self._made: list[Part] = []
        self._before: dict[tuple[str, int], tuple[Festival | Part, dict[str, Any]]] = {}

    def made(self, row: Part) -> None:
        """A new row; it gets its id when it is flushed."""
        self._made.append(row)

    def keep(self, row: Festival | Part, names: Iterable[str]) -> None:
        """Note what a known row says under `names`, before that is changed."""
        values = self._before.setdefault((kind_of(row), row.id), (row, {}))[1]
        for name in names:
            values.setdefault(name, plain(getattr(row, name)))

    def write(self, festival: Festival, filename: str) -> ProgrammeImport:
        """Add the entry to the list of imports; everything is flushed by now."""
        changed = []
        for (kind, row_id), (row, before) in self._before.items():
            after = {name: plain(getattr(row, name)) for name in before}
            differs = [name for name in before if before[name] != after[name]]
            if differs:
                values = {name: before[name] for name in differs}, {name: after[name] for name in differs}
                changed.append({"kind": kind, "id": row_id, "before": values[0], "after": values[1]})
        signed_in = bool(current_user and current_user.is_authenticated)
        entry = ProgrammeImport(
            festival_id=festival.id,
            user_id=current_user.id if signed_in else None,
            filename=tidy(filename)[-200:],
            created=[{"kind": kind_of(row), "id": row.id, "name": subject_of(row)} for row in self._made],
            changed=changed,
        )
        db.session.add(entry)
        return entry


def plain(value: Any) -> Any:
    """A column's value as JSON; a moment in UTC, as it comes back from the database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date | time) else value
