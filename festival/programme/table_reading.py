"""Reading the rows of one sheet by its layout, whatever file it came from. Nothing is guessed.

A row with one unreadable cell is refused as a whole and named. Blank cells are None, or "" where text is expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from openpyxl.utils import get_column_letter

from festival.core.text import tidy
from festival.programme.cells import Refusal, read_cell, shown
from festival.programme.reading import Findings, Problem, ProblemCode, Severity
from festival.programme.sheets import MAX_ROWS, Column, Kind, SheetLayout
from festival.programme.spreadsheet import Row

_HEADER_WITHIN = 20

UNREADABLE: Any = object()
"""What `TableReader.value` gives for a cell whose problem it has noted."""


class Rows(Protocol):
    """A sheet as this module needs it: of an .xlsx file, or lines of text."""

    def rows(self) -> Iterator[Row]: ...

    def is_swallowed(self, row: int, index: int) -> bool: ...


class TableReader:
    """One sheet being read; what is wrong with it goes into `findings`.

    After the first record `places` says in which place each column stands, and `headers` what is written there.
    """

    def __init__(self, sheet: Rows, layout: SheetLayout, findings: Findings, most: int = MAX_ROWS) -> None:
        self.sheet = sheet
        self.layout = layout
        self.findings = findings
        self.most = most
        self.places: dict[Column, int] = {}
        self.headers: dict[Column, str] = {}

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each sound row as its number and its fields."""
        rows = self.rows()
        self.places = self._header(rows)
        for row in rows if self.places else ():
            if all(row.cell(index).is_blank for index in self.places.values()):
                continue
            values = {column: self.value(row, index, column) for column, index in self.places.items()}
            if any(value is UNREADABLE for value in values.values()):
                continue
            if row.hidden:
                self.findings.check(ProblemCode.ROW_HIDDEN, self.layout.name, row.number)
            yield row.number, {column.key: _filled(values.get(column), column) for column in self.layout.columns}

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank, up to `most` of them; beyond, the problem is noted."""
        for count, row in enumerate(self.sheet.rows()):
            if count > self.most:
                self.findings.refuse(ProblemCode.TOO_MANY_ROWS, self.layout.name, row.number, most=self.most)
                return
            yield row

    def value(self, row: Row, index: int, column: Column) -> Any:
        """The cell's value, or `UNREADABLE` with its problem noted."""
        cell = row.cell(index)
        value = read_cell(cell, column)
        where = (self.layout.name, row.number, column.name, get_column_letter(index + 1))
        swallowed = cell.is_blank and self.sheet.is_swallowed(row.number, index)
        if isinstance(value, Refusal):
            code = ProblemCode.MERGED if swallowed else value.code
            self.findings.add(Problem(Severity.REFUSED, code, *where, shown(cell), value.details))
            return UNREADABLE
        if swallowed:
            self.findings.check(ProblemCode.MERGED, *where)
        return value

    def _header(self, rows: Iterator[Row]) -> dict[Column, int]:
        """Where each column stands, from the first row that names at least two of them; empty: sheet refused.

        Titles may stand above the header; `rows` goes on below it.
        """
        for _, row in zip(range(_HEADER_WITHIN), rows, strict=False):
            headers = [tidy(str(cell.value)) if isinstance(cell.value, str) else "" for cell in row.cells]
            called = [
                (index, header, self.layout.column_called(header)) for index, header in enumerate(headers) if header
            ]
            if len({column for _index, _header, column in called if column}) >= 2:
                return self._places(called, row)
        expected = ", ".join(column.name for column in self.layout.columns if column.required)
        self.findings.refuse(ProblemCode.HEADER_MISSING, self.layout.name, expected=expected)
        return {}

    def _places(self, called: list[tuple[int, str, Column | None]], row: Row) -> dict[Column, int]:
        places: dict[Column, int] = {}
        sound = True
        for index, header, column in called:
            where = (self.layout.name, row.number, header[:60], get_column_letter(index + 1))
            if column is None:
                self.findings.check(ProblemCode.COLUMN_UNKNOWN, *where)
            elif column in places:
                self.findings.refuse(ProblemCode.COLUMN_TWICE, *where)
                sound = False
            else:
                places[column] = index
                self.headers[column] = header[:60]
        for column in self.layout.columns:
            if column.required and column not in places:
                self.findings.refuse(ProblemCode.COLUMN_MISSING, self.layout.name, row.number, column.name)
                sound = False
        return places if sound else {}


def _filled(value: Any, column: Column) -> Any:
    return "" if value is None and column.kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.CODE) else value
