"""Each row of a list without our template, judged: ready, to check, or skipped, and why. Nothing is guessed silently.

What was not written in the file and is offered (a day, an end, a code) makes a row one to check; so does what is
missing, which the organizer types (`typed`, by table, row and field).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from festival.core.text import fold, tidy
from festival.programme.cells import Refusal, shown
from festival.programme.judged_rows import Judged, Known, Note, Rows, Verdict, Why
from festival.programme.reading import BoothRow, ProblemCode, SessionRow
from festival.programme.rough_cells import read_code, read_phone, read_seats, read_when
from festival.programme.sheets import SESSIONS
from festival.programme.spreadsheet import Row
from festival.programme.understanding import ListKind, Table

USUAL_LENGTH = timedelta(minutes=45)


def judge(table: Table, known: Known, typed: Mapping[tuple[int, int, str], str]) -> list[Judged]:
    """The rows of a table in their order, the empty ones between them included."""
    judging: _Booths | _Sessions = (_Booths if table.kind is ListKind.BOOTHS else _Sessions)(table, known, typed)
    judged: list[Judged] = []
    before = 0
    for row in table.rows:
        if row.number > before + 1:
            judged.append(Judged(table.number, before + 1, Verdict.SKIPPED, (Note(Why.EMPTY),)))
        before = row.number
        one = judging.judged(row)
        judged.append(replace(one, cells=tuple(shown(cell) for cell in row.cells if shown(cell))))
    return judged


class _Booths(Rows):
    def __init__(self, table: Table, known: Known, typed: Mapping[tuple[int, int, str], str]) -> None:
        super().__init__(table, known, typed)
        self.codes: dict[str, tuple[int, str]] = {}

    def read(self, row: Row) -> Judged:
        name = self.text(row, "name", required=True)
        topic, host, zone = (self.text(row, key) for key in ("topic", "host_name", "zone"))
        description = self.text(row, "description")
        code = self._code(row, name)
        if code and (earlier := self.codes.get(code)):
            if name and fold(name) == earlier[1]:
                return self.double(row, earlier[0])
            self.note(Why.CODE_TAKEN, code=code, other=earlier[0])
            if self.is_typed(row, "code"):
                self.need("code")
            else:
                code = self._free(code, name)
                self.note(Why.CODE_OFFERED, code=code)
        if code:
            self.codes[code] = (row.number, fold(name))
        before = self.known.booths.get(code, (name, topic, host))
        if any(new and new != old for new, old in zip((name, topic, host), before, strict=True)):
            self.note(Why.CHANGES_KNOWN, name=f"{code} {before[0]}")
        offer = BoothRow(row.number, code, name, topic, host, zone, description, None, None, None)
        return Judged(self.table.number, row.number, Verdict.READY, offer=offer, phone=self._phone(row))

    def _code(self, row: Row, name: str) -> str:
        cell = self.cell(row, "code")
        if cell.is_blank:
            code = self._free("G", name)
            self.note(Why.CODE_OFFERED, code=code)
            return code
        given = shown(cell)
        code = read_code(given) or ""
        if not code:
            self.note(Why.UNREADABLE, field="code", refusal=Refusal(ProblemCode.BAD_CODE))
            self.need("code")
        elif code != tidy(given).upper() and not self.is_typed(row, "code"):
            self.note(Why.CODE_TIDIED, given=given, code=code)
        return code

    def _free(self, stem: str, name: str) -> str:
        """A code that neither the file nor another booth of the festival has."""
        for number in range(2 if stem != "G" else 1, 10_000):
            code = f"G{number:02d}" if stem == "G" else f"{stem[:7]}-{number}"
            before = self.known.booths.get(code)
            if code not in self.codes and (before is None or fold(before[0]) == fold(name)):
                return code
        return ""

    def _phone(self, row: Row) -> str:
        cell = self.cell(row, "phone")
        if cell.is_blank:
            return ""
        phone = read_phone(cell)
        if phone is None:
            self.note(Why.NOT_A_PHONE, value=shown(cell))
            return ""
        if phone.restored:
            self.note(Why.ZERO_RESTORED, phone=phone.shown)
        return phone.shown


class _Sessions(Rows):
    layout = SESSIONS

    def __init__(self, table: Table, known: Known, typed: Mapping[tuple[int, int, str], str]) -> None:
        super().__init__(table, known, typed)
        self.sittings: list[SessionRow] = []

    def read(self, row: Row) -> Judged:
        title = self.text(row, "title", required=True)
        audience, host = self.text(row, "audience"), self.text(row, "host_name")
        room, description = self.text(row, "room", required=True), self.text(row, "description")
        day, start, end = self._when(row)
        capacity = self._seats(row)
        one = SessionRow(row.number, title, audience, host, room, day, start, end, capacity, description)
        if not self.needs:
            for other in self.sittings:
                if (other.title, other.audience, other.room, other.starts_at) == (title, audience, room, one.starts_at):
                    return self.double(row, other.row)
                same_place = fold(other.room) == fold(room) and other.day == day
                if same_place and other.start < end and start < other.end:
                    self.note(Why.ROOM_TAKEN, room=room, other=other.row)
            self._against_festival(one)
            self.sittings.append(one)
        return Judged(self.table.number, row.number, Verdict.READY, offer=one)

    def _when(self, row: Row) -> tuple[date, time, time]:
        """Day, start and end: of one cell, or of cells of their own."""
        days = list(self.known.days)
        cells = {key: self.cell(row, key) for key in ("when", "day", "start", "end")}
        read = {key: read_when(cell, days) for key, cell in cells.items()}
        when = read["when"]
        day, start, end = when.day, when.start, when.end
        if not self.is_typed(row, "when"):
            day = read["day"].day or day
            start, end = read["start"].start or start, read["end"].start or end
        if when.words and start:
            self.note(Why.MORE_WORDS, value=shown(cells["when"]), start=start, end=end or "…")
        if start is None:
            self.note(Why.NO_TIME, value=shown(cells["when"]))
            self.need("when")
            return days[0], time(), time()
        if day is None and len(days) == 1:
            day = days[0]
            self.note(Why.DAY_OFFERED, day=day)
        elif day is None:
            self.note(Why.NO_DAY, value=shown(cells["when"]))
            self.need("when")
        if end is None:
            until = datetime.combine(days[0], start) + USUAL_LENGTH
            end = until.time() if until.date() == days[0] else time(23, 59)
            self.note(Why.END_OFFERED, end=end)
        if end <= start:
            self.note(Why.ENDS_BEFORE_START, start=start, end=end)
            self.need("when")
        return day or days[0], start, end

    def _seats(self, row: Row) -> int:
        cell = self.cell(row, "capacity")
        seats = read_seats(cell)
        if seats is None:
            self.note(Why.NO_SEATS, value=shown(cell))
            self.need("capacity")
            return 0
        if not seats.exact:
            self.note(Why.ABOUT, value=shown(cell), number=seats.number)
        return seats.number

    def _against_festival(self, one: SessionRow) -> None:
        if one.day not in self.known.days:
            self.note(Why.OTHER_DAY, day=one.day)
        if one.start < self.known.opens_at or one.end > self.known.closes_at:
            self.note(Why.OUTSIDE_HOURS, opens=self.known.opens_at, closes=self.known.closes_at)
        before = self.known.sessions.get((one.title, one.audience, one.room, one.starts_at))
        if before and before != (one.ends_at, one.capacity):
            self.note(Why.CHANGES_KNOWN, name=one.title)
