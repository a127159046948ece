"""Verdicts on the rows of a list, with their reasons, and what judging booths and sessions has in common."""

from __future__ import annotations

import enum
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from festival.core.text import fold, tidy
from festival.programme.cells import Refusal, read_cell
from festival.programme.reading import BoothRow, SessionRow
from festival.programme.sheets import BOOTHS
from festival.programme.spreadsheet import Cell, Row
from festival.programme.understanding import NAMING, Table

_TOTALS = re.compile(r"(?:tong(?: cong| so)?|cong|total)s? ?:?")
_CANCELLED = re.compile(r"(?:da |bi )?(?:huy|hoan|huy bo)|cancell?ed|khong to chuc")
_MARKUP = re.compile(r"<[^>]*>")


class Verdict(enum.Enum):
    """What becomes of a row."""

    READY = "ready"
    TO_CHECK = "to_check"
    """Imported only when somebody confirms it."""
    SKIPPED = "skipped"


class Why(enum.Enum):
    """Why a row is to be checked or skipped. The words are in `verdict_words.py`."""

    UNREADABLE = "unreadable"
    ZERO_RESTORED = "zero_restored"
    NOT_A_PHONE = "not_a_phone"
    CODE_TIDIED = "code_tidied"
    CODE_OFFERED = "code_offered"
    CODE_TAKEN = "code_taken"
    MARKUP = "markup"
    CHANGES_KNOWN = "changes_known"
    NO_TIME = "no_time"
    NO_DAY = "no_day"
    DAY_OFFERED = "day_offered"
    END_OFFERED = "end_offered"
    MORE_WORDS = "more_words"
    ENDS_BEFORE_START = "ends_before_start"
    OTHER_DAY = "other_day"
    OUTSIDE_HOURS = "outside_hours"
    ROOM_TAKEN = "room_taken"
    ABOUT = "about"
    NO_SEATS = "no_seats"
    HIDDEN = "hidden"
    TITLE = "title"
    HEADER = "header"
    EMPTY = "empty"
    TOTALS = "totals"
    CANCELLED = "cancelled"
    DOUBLE = "double"


@dataclass(frozen=True)
class Note:
    """One reason, with what its words need."""

    why: Why
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What the festival has already, and when it takes place."""

    days: tuple[date, ...]
    opens_at: time
    closes_at: time
    booths: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """Name, topic and host by code."""
    sessions: Mapping[tuple[str, str, str, datetime], tuple[datetime, int]] = field(default_factory=dict)
    """End and seats by title, audience, room and start."""


@dataclass(frozen=True)
class Judged:
    """A row with its verdict; `offer` is what would be imported, None while something is missing (`needs`)."""

    table: int
    row: int
    verdict: Verdict
    notes: tuple[Note, ...] = ()
    cells: tuple[str, ...] = ()
    offer: BoothRow | SessionRow | None = None
    phone: str = ""
    needs: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """How the page calls the row."""
        return f"{self.table}-{self.row}"


class Rows(ABC):
    """What both kinds of rows have in common: cells, notes and needs of the row at hand."""

    layout = BOOTHS

    def __init__(self, table: Table, known: Known, typed: Mapping[tuple[int, int, str], str]) -> None:
        self.table, self.known, self.typed = table, known, typed
        self.notes: list[Note] = []
        self.needs: list[str] = []
        self.columns = {column.key: replace(column, required=False) for column in self.layout.columns}

    def judged(self, row: Row) -> Judged:
        if why := self._skipped(row):
            return Judged(self.table.number, row.number, Verdict.SKIPPED, (Note(why),))
        self.notes, self.needs = [], []
        if row.hidden:
            self.note(Why.HIDDEN)
        one = self.read(row)
        if one.verdict is Verdict.SKIPPED:
            return one
        verdict = Verdict.TO_CHECK if self.notes or self.needs else Verdict.READY
        offer = None if self.needs else one.offer
        return replace(one, verdict=verdict, notes=tuple(self.notes), needs=tuple(self.needs), offer=offer)

    @abstractmethod
    def read(self, row: Row) -> Judged:
        """What the cells of the row say; notes and needs gather meanwhile."""

    def note(self, why: Why, **details: Any) -> None:
        self.notes.append(Note(why, details))

    def need(self, what: str) -> None:
        if what not in self.needs:
            self.needs.append(what)

    def cell(self, row: Row, key: str) -> Cell:
        """What was typed for the field, or else the cell of the file."""
        if typed := self.typed.get((self.table.number, row.number, key)):
            return Cell(tidy(typed))
        return row.cell(self.table.places[key]) if key in self.table.places else Cell()

    def is_typed(self, row: Row, key: str) -> bool:
        return bool(self.typed.get((self.table.number, row.number, key)))

    def text(self, row: Row, key: str, required: bool = False) -> str:
        """A text, tidied; what cannot be read is noted, and asked for if there is no row without it."""
        value = read_cell(self.cell(row, key), replace(self.columns[key], required=required))
        if isinstance(value, Refusal):
            self.note(Why.UNREADABLE, field=key, refusal=value)
            if required:
                self.need(key)
            return ""
        text = str(value or "")
        if _MARKUP.search(text):
            self.note(Why.MARKUP, value=text[:60])
        return text

    def double(self, row: Row, other: int) -> Judged:
        return Judged(self.table.number, row.number, Verdict.SKIPPED, (Note(Why.DOUBLE, {"other": other}),))

    def _skipped(self, row: Row) -> Why | None:
        if row.number < self.table.header.number:
            return Why.TITLE
        if row.cells == self.table.header.cells:
            return Why.HEADER
        texts = [fold(str(cell.value)[:60]) for cell in row.cells if isinstance(cell.value, str)]
        if any(_TOTALS.fullmatch(text) for text in texts):
            return Why.TOTALS
        if any(_CANCELLED.fullmatch(text) for text in texts):
            return Why.CANCELLED
        naming = NAMING[self.table.kind]
        filled = sum(not cell.is_blank for cell in row.cells)
        if filled == 1 and self.cell(row, naming).is_blank and not self.is_typed(row, naming):
            return Why.TITLE
        return None
