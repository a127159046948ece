"""One cell as a value of the kind its column holds, or the reason why it is not one. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from festival.core.clock import today
from festival.core.phones import parse_phone
from festival.core.text import tidy, tidy_lines
from festival.programme.reading import ProblemCode
from festival.programme.sheets import Column, Kind
from festival.programme.spreadsheet import Cell

SHOWN_CHARACTERS = 60

_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9.-]{0,10}[A-Z0-9])?")
_WHOLE = re.compile(r"\d{1,9}")
_GROUPED = re.compile(r"\d{1,3}(?:[.\u00a0 ]\d{3})+")
_DECIMAL = re.compile(r"-?\d+[.,]\d+")
_DAY = re.compile(r"(?:ngày\s+)?(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.IGNORECASE)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_CLOCK = re.compile(r"(\d{1,2})\s*(?::|h|g|giờ)\s*(\d{2})?(?:\s*(?:phút|p)|:00)?", re.IGNORECASE)
_YEARS = range(2020, 2101)
_YEAR = re.compile(r"(?P<year>[12]\d{3})", re.ASCII)
_BIRTHDAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?P<year>[12]\d{3})", re.ASCII)
_ISO_BIRTHDAY = re.compile(
    r"(?P<year>[12]\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[T ]00:00(?::00)?)?", re.ASCII
)


@dataclass(frozen=True)
class Refusal:
    """Why a cell has no value; `details` are what the words need."""

    code: ProblemCode
    details: Mapping[str, str | int] = field(default_factory=dict)


Value = str | int | date | time | None


def read_cell(cell: Cell, column: Column) -> Value | Refusal:
    """The value of `cell`, None if it is blank, or a `Refusal`."""
    if cell.is_formula:
        return Refusal(ProblemCode.FORMULA)
    if cell.is_error:
        return Refusal(ProblemCode.ERROR_VALUE)
    if cell.is_blank:
        return Refusal(ProblemCode.MISSING) if column.required else None
    match column.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            return _text(cell.value, column)
        case Kind.CODE:
            return _code(cell.value, column)
        case Kind.WARD:
            return _ward(cell.value)
        case Kind.WHOLE:
            return _whole(cell.value, column)
        case Kind.DAY:
            return parse_day(cell.value) or Refusal(ProblemCode.NOT_A_DATE)
        case Kind.CLOCK:
            clock = parse_clock(cell.value)
            return Refusal(ProblemCode.NOT_A_TIME) if clock is None else clock
        case Kind.BIRTH:
            return parse_birth_year(cell.value) or Refusal(ProblemCode.NOT_A_BIRTH)
        case Kind.PHONE:
            return _phone(cell.value) or Refusal(ProblemCode.NOT_A_PHONE)


def shown(cell: Cell) -> str:
    """The cell as a person recognizes it in the message of a problem, shortened. A formula shows nothing."""
    match cell.value:
        case None:
            return ""
        case datetime() as moment:
            return moment.strftime("%d/%m/%Y %H:%M" if moment.time() != time() else "%d/%m/%Y")
        case time() as clock:
            return clock.strftime("%H:%M")
        case other:
            text = tidy(str(other)[: SHOWN_CHARACTERS * 4])
            return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def parse_day(value: object) -> date | None:
    """A calendar day: a date cell, or text as dd/mm/yyyy (also with . or -) or yyyy-mm-dd. Years 2020 to 2100."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() and value.year in _YEARS else None
    if isinstance(value, date):
        return value if value.year in _YEARS else None
    if not isinstance(value, str):
        return None
    text = tidy(value)
    if found := _DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _ISO_DAY.fullmatch(text):
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def parse_birth_year(value: object) -> int | None:
    """The year of birth out of a year, a date cell, or text such as 09/03/2015; from 1900 to this year."""
    match value:
        case bool():
            return None
        case date():
            year = value.year
        case int() | float() | str():
            text = tidy(_plain(value) or "")
            found = _YEAR.fullmatch(text) or _BIRTHDAY.fullmatch(text) or _ISO_BIRTHDAY.fullmatch(text)
            if found is None:
                return None
            year = int(found["year"])
        case _:
            return None
    return year if 1900 <= year <= today().year else None


def _phone(value: object) -> str | None:
    """A number as E.164; a spreadsheet that took it for a number has lost its zero."""
    text = tidy(_plain(value) or "")
    if isinstance(value, int | float) and not text.startswith("84"):
        text = f"0{text}"
    elif isinstance(value, int | float):
        text = f"+{text}"
    return parse_phone(text)


def parse_clock(value: object) -> time | None:
    """A time of day: a time cell, or text such as 8:30, 08h30, 8h, 8 giờ 30. Rounded to the minute."""
    match value:
        case datetime() as moment:
            # In a workbook that counts from 1904, a time cell arrives as a moment on its day zero.
            return _to_minute(moment.time()) if moment.date() == date(1904, 1, 1) else None
        case time() as clock:
            return _to_minute(clock)
        case timedelta() as length if timedelta() <= length < timedelta(days=1):
            return _to_minute((datetime.combine(date(2000, 1, 1), time()) + length).time())
        case str() as text if found := _CLOCK.fullmatch(tidy(text)):
            hour, minute = int(found[1]), int(found[2] or 0)
            return time(hour, minute) if hour < 24 and minute < 60 else None
    return None


def _to_minute(clock: time) -> time:
    """Spreadsheets count in fractions of a day: 8:30 may come as 8:29:59.999."""
    rounded = datetime.combine(date(2000, 1, 2), clock) + timedelta(seconds=30)
    return rounded.time().replace(second=0, microsecond=0)


def _plain(value: object) -> str | None:
    """Text, or a number as the spreadsheet shows it (a room called 101); None for anything else."""
    match value:
        case bool():
            return None
        case str() as text:
            return text
        case int() as number:
            return str(number)
        case float() as number if number.is_integer() and abs(number) < 1e15:
            return str(int(number))
        case float() as number:
            return repr(number)
    return None


def _text(value: object, column: Column) -> str | Refusal:
    plain = _plain(value)
    if plain is None:
        return Refusal(ProblemCode.NOT_TEXT)
    text = tidy_lines(plain) if column.kind is Kind.LONG_TEXT else tidy(plain)
    if len(text) > column.longest:
        return Refusal(ProblemCode.TOO_LONG, {"length": len(text), "most": column.longest})
    if not text:
        return Refusal(ProblemCode.MISSING) if column.required else ""
    return text


def _code(value: object, column: Column) -> str | Refusal:
    plain = _plain(value)
    text = tidy(plain).upper() if plain is not None else ""
    return text if len(text) <= column.longest and _CODE.fullmatch(text) else Refusal(ProblemCode.BAD_CODE)


def _ward(value: object) -> str | Refusal:
    """Five digits. A number that lost its leading zeros gets them back; `read_workbook` says so."""
    plain = _plain(value)
    text = tidy(plain) if plain is not None else ""
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 5):
        return Refusal(ProblemCode.WARD_UNKNOWN)
    return text.zfill(5)


def _whole(value: object, column: Column) -> int | Refusal:
    match value:
        case bool():
            return Refusal(ProblemCode.NOT_A_NUMBER)
        case int() as number:
            pass
        case float() as given if given.is_integer():
            number = int(given)
        case float():
            return Refusal(ProblemCode.NOT_WHOLE)
        case str() as text:
            plain = tidy(text)
            if _DECIMAL.fullmatch(plain) and not _GROUPED.fullmatch(plain):
                return Refusal(ProblemCode.NOT_WHOLE)
            negative, digits = plain.startswith("-"), plain.removeprefix("-")
            if not _WHOLE.fullmatch(digits) and not _GROUPED.fullmatch(digits):
                return Refusal(ProblemCode.NOT_A_NUMBER)
            number = int(re.sub(r"\D", "", digits)) * (-1 if negative else 1)
        case _:
            return Refusal(ProblemCode.NOT_A_NUMBER)
    if not column.least <= number <= column.most:
        return Refusal(ProblemCode.OUT_OF_RANGE, {"least": column.least, "most": column.most})
    return number
