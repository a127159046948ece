"""How a list that somebody made without our template is understood: where its header is, and what its columns mean.

Everything here is an offer: the organizer sees it and corrects it (`choices`, as the page keeps them).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from festival.core.text import fold, tidy
from festival.programme.package_check import FileRefused
from festival.programme.reading import FestivalFacts, ProblemCode, ProgrammeReading
from festival.programme.sheets import MAX_ROWS
from festival.programme.spreadsheet import Row, open_spreadsheet
from festival.programme.table_reading import Rows
from festival.programme.text_table import TextTable, looks_like_text

MOST_TABLES = 12
_HEADER_WITHIN = 20


class ListKind(enum.Enum):
    """What the rows of a table are."""

    BOOTHS = "booths"
    SESSIONS = "sessions"
    OTHER = "other"
    """Not read."""


FIELDS: dict[ListKind, dict[str, tuple[str, ...]]] = {
    ListKind.BOOTHS: {
        "name": ("ten gian", "ten gian hang", "gian hang", "ten", "name", "booth", "booth name"),
        "code": ("vi tri", "ma", "ma gian", "ma gian hang", "so gian", "code", "place", "position"),
        "topic": ("linh vuc", "chu de", "noi dung", "topic", "field"),
        "host_name": (
            "don vi chu tri",
            "don vi phu trach",
            "don vi",
            "don vi thuc hien",
            "don vi tham gia",
            "host",
            "organization",
        ),
        "zone": ("khu", "khu vuc", "zone", "area"),
        "phone": ("sdt lien he", "sdt", "so dien thoai", "dien thoai", "lien he", "phone", "contact"),
        "description": ("mo ta", "gioi thieu", "hoat dong", "description"),
    },
    ListKind.SESSIONS: {
        "title": ("ten lop", "lop", "lop hoc", "ten lop hoc", "chuyen de", "title", "class", "workshop", "session"),
        "when": ("thoi gian", "gio hoc", "gio", "lich", "lich hoc", "time", "when"),
        "day": ("ngay", "ngay hoc", "day", "date"),
        "start": ("bat dau", "gio bat dau", "tu", "start", "begins"),
        "end": ("ket thuc", "gio ket thuc", "den", "end", "ends"),
        "room": ("phong", "phong hoc", "dia diem", "noi hoc", "room", "place"),
        "capacity": ("so luong", "so cho", "so nguoi", "si so", "so hoc vien", "capacity", "seats"),
        "host_name": (
            "giang vien / don vi",
            "giang vien",
            "don vi",
            "don vi phu trach",
            "nguoi day",
            "host",
            "teacher",
        ),
        "audience": ("doi tuong", "danh cho", "audience", "for whom"),
        "description": ("mo ta", "noi dung", "description"),
    },
}
"""What each column may be called, folded."""

NAMING = {ListKind.BOOTHS: "name", ListKind.SESSIONS: "title"}
"""The column without which there is no row."""


@dataclass(frozen=True)
class Table:
    """One sheet (or the CSV file): its rows, the row its header stands in, and what its columns mean."""

    number: int
    title: str
    kind: ListKind
    header: Row
    columns: tuple[tuple[int, str, str], ...]
    """Place, what the header says, and the field it is understood as ("": not read)."""
    rows: tuple[Row, ...]
    cut: bool = False
    """Whether there are more rows than are read."""

    @property
    def places(self) -> dict[str, int]:
        return {field: index for index, _header, field in self.columns if field}


def understand(content: bytes, choices: Mapping[str, Any] | None = None) -> tuple[Table, ...]:
    """The tables of a file with a header somebody can recognize. Raises `FileRefused` for a file that is none."""
    chosen: Mapping[str, Any] = choices or {}
    with ExitStack() as stack:
        sheets: tuple[Any, ...]
        if looks_like_text(content):
            sheets = (TextTable(content, legacy=True),)
        else:
            sheets = stack.enter_context(open_spreadsheet(content))
        found = [
            _table(number, sheet, chosen.get(str(number), {})) for number, sheet in enumerate(sheets[:MOST_TABLES])
        ]
    tables = tuple(table for table in found if table)
    if not tables:
        raise FileRefused(ProblemCode.NO_LIST)
    return tables


def follows_no_template(reading: ProgrammeReading) -> bool:
    """Whether nothing at all was found where the template has it."""
    return not reading.booths and not reading.sessions and reading.facts == FestivalFacts()


def is_understood(content: bytes) -> bool:
    """Whether the file has a list that `understand` reads."""
    try:
        return bool(understand(content))
    except FileRefused:
        return False


def _table(number: int, sheet: Rows, chosen: Mapping[str, Any]) -> Table | None:
    rows = []
    for row in sheet.rows():
        rows.append(row)
        if len(rows) > MAX_ROWS:
            break
    best = max(
        ((_score(row, kind), kind, row) for row in rows[:_HEADER_WITHIN] for kind in FIELDS),
        key=lambda each: each[0],
        default=None,
    )
    if best is None or best[0] < 2:
        return None
    _most, kind, header = best
    if chosen.get("kind") in {each.value for each in ListKind}:
        kind = ListKind(chosen["kind"])
    title = tidy(str(getattr(sheet, "title", "")))[:60]
    corrected = chosen.get("columns", {}) if kind in FIELDS else {}
    columns = tuple(
        (index, text[:60], corrected.get(str(index), field)) for index, text, field in _columns(header, kind)
    )
    return Table(number, title, kind, header, columns, tuple(rows[:MAX_ROWS]), cut=len(rows) > MAX_ROWS)


def _score(row: Row, kind: ListKind) -> int:
    """How many columns of that kind the row names; none without the one that names the rows."""
    fields = {field for _index, _text, field in _columns(row, kind) if field}
    return len(fields) if NAMING[kind] in fields else 0


def _columns(row: Row, kind: ListKind) -> list[tuple[int, str, str]]:
    """Each header cell with its field; of two that mean the same the first one is taken."""
    taken: set[str] = set()
    columns = []
    for index, cell in enumerate(row.cells):
        text = tidy(str(cell.value)[:200]) if isinstance(cell.value, str) else ""
        if not text:
            continue
        called = fold(text).strip(" :*.")
        names = FIELDS.get(kind, {})
        field = next((field for field, others in names.items() if called in others and field not in taken), "")
        taken.add(field)
        columns.append((index, text, field))
    return columns
