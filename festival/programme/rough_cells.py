"""Cells as people write them when nobody gave them a form: "8h30-9h15 ngày 10/10", "khoảng 25", no zero in a phone.

What is read is given together with what was not written there, so that somebody can be asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from festival.core.phones import parse_phone, show_phone
from festival.core.text import fold, tidy
from festival.programme.cells import parse_clock
from festival.programme.spreadsheet import Cell

_FULL_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_SHORT_DAY = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s*(?::|h|g|gio)\s*(\d{2}(?!\d)(?!\s*[hg:]))?")
_BETWEEN = re.compile(r"\b(?:ngay|tu|den|luc|to|from)\b|[-–—>→,;.()~\s]+")
_NUMBER = re.compile(r"\d{1,5}")
_PEOPLE = frozenset({"", "nguoi", "cho", "em", "hs", "hv", "hoc sinh", "hoc vien", "people", "seats"})
_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9.-]{0,10}[A-Z0-9])?")


@dataclass(frozen=True)
class When:
    """What a cell says about a time; `words` is what it says besides and nobody can be sure of ("sáng")."""

    day: date | None = None
    start: time | None = None
    end: time | None = None
    words: str = ""


def read_when(cell: Cell, days: list[date]) -> When:
    """Day, start and end out of one cell; a day without a year is the one of `days` with that day and month."""
    match cell.value:
        case datetime() as moment:
            return When(moment.date(), moment.time().replace(second=0, microsecond=0))
        case date() as day:
            return When(day)
        case time() as clock:
            return When(start=parse_clock(clock))
        case str() as text:
            return _when_of_text(text, days)
        case _:
            return When()


def _when_of_text(text: str, days: list[date]) -> When:
    rest, day = fold(text[:200]), None
    if found := _FULL_DAY.search(rest):
        day = _day(int(found[3]), int(found[2]), int(found[1]))
    elif found := _SHORT_DAY.search(rest):
        wanted = (int(found[2]), int(found[1]))
        day = next((one for one in days if (one.month, one.day) == wanted), None)
    if found and day:
        rest = rest[: found.start()] + " " + rest[found.end() :]
    clocks = [_clock(int(each[1]), int(each[2] or 0)) for each in _CLOCK.finditer(rest)]
    words = tidy(_BETWEEN.sub(" ", _CLOCK.sub(" ", rest)))
    if not clocks or len(clocks) > 2 or None in clocks:
        return When(day, words=words or rest)
    return When(day, clocks[0], clocks[1] if len(clocks) == 2 else None, words)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 2020 <= year <= 2100 else None
    except ValueError:
        return None


def _clock(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None


@dataclass(frozen=True)
class Seats:
    """How many people fit in, and whether the cell said exactly that."""

    number: int
    exact: bool = True


def read_seats(cell: Cell) -> Seats | None:
    """40, "30 người", "khoảng 25" (25, not exact), "40-50" (the smaller one, not exact)."""
    match cell.value:
        case bool():
            return None
        case int() as number:
            return Seats(number) if 1 <= number <= 10_000 else None
        case float() as given if given.is_integer():
            return Seats(int(given)) if 1 <= given <= 10_000 else None
        case str() as text:
            folded = fold(text[:200])
            numbers = [int(found) for found in _NUMBER.findall(folded)]
            rest = tidy(_NUMBER.sub(" ", folded))
            if len(numbers) not in (1, 2) or not 1 <= min(numbers) <= 10_000:
                return None
            return Seats(min(numbers), exact=len(numbers) == 1 and rest in _PEOPLE)
        case _:
            return None


@dataclass(frozen=True)
class Phone:
    """A number as it is shown, and whether its zero had to be put back."""

    shown: str
    restored: bool = False


def read_phone(cell: Cell) -> Phone | None:
    """The phone number of a cell; None for what is none."""
    match cell.value:
        case bool():
            return None
        case int() | float() as number:
            text, restored = f"0{int(number)}", True
        case str() as written:
            text = tidy(written[:100])
            digits = re.sub(r"\D", "", text)
            restored = not digits.startswith(("0", "84"))
            text = f"0{digits}" if restored else text
        case _:
            return None
    found = parse_phone(text)
    return Phone(show_phone(found), restored) if found else None


def read_code(text: str) -> str | None:
    """A booth's code out of a place: capital letters and digits; "A 3" is A3. None for what cannot be one."""
    code = re.sub(r"\s+", "", tidy(text[:100])).upper()
    return code if _CODE.fullmatch(code) else None
