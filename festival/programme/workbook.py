"""Reading a programme workbook: festival facts, booths and sessions, and a problem for everything that is wrong.

What is good is offered, row by row; a row with one unreadable cell is refused as a whole and named, so that
nobody has to guess which half of it arrived. A blank cell means "not said": importing it changes nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from festival.core.text import tidy
from festival.programme import sheets
from festival.programme.cells import shown
from festival.programme.package_check import FileRefused
from festival.programme.reading import (
    BoothRow,
    FestivalFacts,
    Findings,
    Problem,
    ProblemCode,
    ProgrammeReading,
    SessionRow,
    Severity,
)
from festival.programme.row_checks import check_facts, check_sessions, without_duplicates
from festival.programme.sheets import Kind, SheetLayout
from festival.programme.spreadsheet import Row, Sheet, open_spreadsheet
from festival.programme.table_reading import UNREADABLE, TableReader


def read_workbook(source: Path | str | bytes, known_wards: Container[str] | None = None) -> ProgrammeReading:
    """Read an .xlsx file, given as a path or as its bytes; never raises for anything a file may contain.

    `known_wards`, when given, are the ward codes that exist. The workbook is streamed: memory does not grow
    with its pictures, styles or empty rows. At most 2,000 rows of a sheet are read.
    """
    try:
        with open_spreadsheet(source) as found:
            return _Reader(found, known_wards).read()
    except FileRefused as refused:
        problem = Problem(Severity.REFUSED, refused.code, details=refused.details)
        return ProgrammeReading(problems=(problem,))


class _Reader:
    """One workbook being read, and what was found wrong so far."""

    def __init__(self, found: tuple[Sheet, ...], known_wards: Container[str] | None) -> None:
        self.found = found
        self.known_wards = known_wards
        self.findings = Findings()

    def read(self) -> ProgrammeReading:
        if not any(layout.is_called(sheet.title) for layout in sheets.ALL for sheet in self.found):
            if not self.found:
                raise FileRefused(ProblemCode.DAMAGED)
            expected = ", ".join(layout.name for layout in sheets.ALL)
            names = ", ".join(tidy(sheet.title)[:40] for sheet in self.found[:10])
            raise FileRefused(ProblemCode.NO_KNOWN_SHEET, expected=expected, found=names)
        facts = self._facts()
        booths = [BoothRow(row=number, **fields) for number, fields in self._records(sheets.BOOTHS)]
        booths = without_duplicates(booths, lambda booth: booth.code, sheets.BOOTHS.name, "Mã", self.findings)
        sessions = check_sessions(self._sessions(facts), facts, self.findings)
        order = {layout.name: place for place, layout in enumerate(sheets.ALL)}
        problems = sorted(self.findings.problems, key=lambda one: (order.get(one.sheet or "", 9), one.row or 0))
        return ProgrammeReading(facts, tuple(booths), tuple(sessions), tuple(problems))

    def _facts(self) -> FestivalFacts:
        """Lines of label and value, in the first two columns."""
        layout, values, seen = sheets.FACTS, dict[str, Any](), set[str]()
        sheet = self._sheet(layout)
        if sheet is None:
            return FestivalFacts()
        table = TableReader(sheet, layout, self.findings)
        for row in table.rows():
            label = tidy(str(row.cell(0).value or ""))
            column = layout.column_called(label)
            if column is None:
                self.findings.check(ProblemCode.LABEL_UNKNOWN, layout.name, row.number, letter="A", value=label[:60])
            elif column.key in seen:
                self.findings.refuse(ProblemCode.LABEL_TWICE, layout.name, row.number, column.name, "A")
            else:
                seen.add(column.key)
                value = table.value(row, 1, column)
                values[column.key] = None if value is UNREADABLE else value
                if column.kind is Kind.WARD and values[column.key]:
                    values[column.key] = self._ward(values[column.key], row)
        for column in layout.columns:
            if column.required and column.key not in seen:
                self.findings.refuse(ProblemCode.MISSING, layout.name, column=column.name)
        return check_facts(FestivalFacts(**values), self.findings)

    def _ward(self, code: str, row: Row) -> str | None:
        given, where = shown(row.cell(1)), (sheets.FACTS.name, row.number, "Mã phường", "B")
        if self.known_wards is not None and code not in self.known_wards:
            self.findings.refuse(ProblemCode.WARD_UNKNOWN, *where, given)
            return None
        if len(given) < len(code):
            self.findings.check(ProblemCode.ZEROS_LOST, *where, given, read=code)
        return code

    def _sessions(self, facts: FestivalFacts) -> list[SessionRow]:
        """A blank day is the festival's, if it has only one."""
        only_day = facts.first_day if facts.last_day in (None, facts.first_day) else None
        sessions = []
        for number, fields in self._records(sheets.SESSIONS):
            fields["day"] = fields["day"] or only_day
            if fields["day"] is None:
                self.findings.refuse(ProblemCode.MISSING, sheets.SESSIONS.name, number, "Ngày")
            else:
                sessions.append(SessionRow(row=number, **fields))
        return sessions

    def _records(self, layout: SheetLayout) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each sound row as its number and its fields; None or "" where a cell is blank."""
        sheet = self._sheet(layout)
        return TableReader(sheet, layout, self.findings).records() if sheet else iter(())

    def _sheet(self, layout: SheetLayout) -> Sheet | None:
        """The sheet of that layout; two of them are one too many, and none of them is read."""
        called = [sheet for sheet in self.found if layout.is_called(sheet.title)]
        if len(called) != 1:
            self.findings.refuse(ProblemCode.SHEET_TWICE if called else ProblemCode.SHEET_MISSING, layout.name)
            return None
        if called[0].hidden:
            self.findings.check(ProblemCode.SHEET_HIDDEN, layout.name)
        return called[0]
