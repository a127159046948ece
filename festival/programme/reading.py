"""What was read from a programme workbook: facts, booths, sessions, and what is wrong with the rest.

Nothing here knows a file format or the database: a workbook, and later a CSV file, end in a `ProgrammeReading`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from festival.core.clock import at_local


class Severity(enum.Enum):
    """How much a problem takes away."""

    REFUSED = "refused"
    """The row (or sheet, or file) the problem names is not imported."""
    CHECK = "check"
    """It is imported as it stands, and somebody should look."""


class ProblemCode(enum.Enum):
    """Everything that can be wrong with a programme file or a class list. The words are in `problem_words.py`."""

    # the file
    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    PDF = "pdf"
    OLD_EXCEL = "old_excel"
    ENCRYPTED = "encrypted"
    PLAIN_TEXT = "plain_text"
    OTHER_ENCODING = "other_encoding"
    OTHER_PACKAGE = "other_package"
    NOT_A_WORKBOOK = "not_a_workbook"
    DAMAGED = "damaged"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    DANGEROUS = "dangerous"
    NO_KNOWN_SHEET = "no_known_sheet"
    NO_LIST = "no_list"
    FESTIVAL_FIRST = "festival_first"
    # a sheet
    SHEET_MISSING = "sheet_missing"
    SHEET_TWICE = "sheet_twice"
    SHEET_HIDDEN = "sheet_hidden"
    HEADER_MISSING = "header_missing"
    COLUMN_MISSING = "column_missing"
    COLUMN_TWICE = "column_twice"
    COLUMN_UNKNOWN = "column_unknown"
    LABEL_UNKNOWN = "label_unknown"
    LABEL_TWICE = "label_twice"
    TOO_MANY_ROWS = "too_many_rows"
    # a cell
    FORMULA = "formula"
    ERROR_VALUE = "error_value"
    MISSING = "missing"
    MERGED = "merged"
    NOT_TEXT = "not_text"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_DATE = "not_a_date"
    NOT_A_TIME = "not_a_time"
    BAD_CODE = "bad_code"
    ZEROS_LOST = "zeros_lost"
    WARD_UNKNOWN = "ward_unknown"
    NOT_A_BIRTH = "not_a_birth"
    NOT_A_PHONE = "not_a_phone"
    # a row beside others
    ROW_HIDDEN = "row_hidden"
    DUPLICATE = "duplicate"
    DIFFERS = "differs"
    ENDS_BEFORE_START = "ends_before_start"
    OTHER_DAY = "other_day"
    BEFORE_OPENING = "before_opening"
    AFTER_CLOSING = "after_closing"
    ROOM_TAKEN = "room_taken"
    # a pupil of a class list
    GUARDIAN_MISSING = "guardian_missing"
    GROWN_UP = "grown_up"
    NO_PHONE = "no_phone"
    SESSION_UNKNOWN = "session_unknown"
    SESSION_UNCLEAR = "session_unclear"
    SESSION_FULL = "session_full"
    KNOWN_ALREADY = "known_already"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where: enough to find it in the file and to say it in any language."""

    severity: Severity
    code: ProblemCode
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    """The column as its header reads, or as the label of a fact reads."""
    letter: str | None = None
    """The column as the spreadsheet program names it: A, B, …"""
    value: str = ""
    """What stands in the cell, shortened; never the text of a formula."""
    details: Mapping[str, str | int] = field(default_factory=dict)
    """What the words need besides: limits, the other row, the names that were expected."""

    @property
    def refuses_file(self) -> bool:
        return self.sheet is None and self.severity is Severity.REFUSED


class Findings:
    """Problems as they are found, in any order."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)

    def refuse(
        self,
        code: ProblemCode,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        letter: str | None = None,
        value: str = "",
        **details: str | int,
    ) -> None:
        """Note something that is not imported."""
        self.add(Problem(Severity.REFUSED, code, sheet, row, column, letter, value, details))

    def check(
        self,
        code: ProblemCode,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        letter: str | None = None,
        value: str = "",
        **details: str | int,
    ) -> None:
        """Note something that is imported and should be looked at."""
        self.add(Problem(Severity.CHECK, code, sheet, row, column, letter, value, details))


@dataclass(frozen=True)
class FestivalFacts:
    """The festival's own facts. None: not given, or given in a way that cannot be read."""

    name: str | None = None
    organizer_name: str | None = None
    ward_code: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    venue: str | None = None
    address: str | None = None
    capacity: int | None = None

    @property
    def days(self) -> str:
        """The festival's days as the spreadsheet would write them, for the words of a problem."""
        shown = [day.strftime("%d/%m/%Y") for day in (self.first_day, self.last_day) if day]
        return " – ".join(dict.fromkeys(shown))


@dataclass(frozen=True)
class BoothRow:
    """One booth. `row` is its row in the sheet."""

    row: int
    code: str
    name: str
    topic: str
    host_name: str
    zone: str
    description: str
    power_watts: int | None
    tables: int | None
    chairs: int | None


@dataclass(frozen=True)
class SessionRow:
    """One sitting of a workshop; the workshop is known by its title and audience."""

    row: int
    title: str
    audience: str
    host_name: str
    room: str
    day: date
    start: time
    end: time
    capacity: int
    description: str

    @property
    def starts_at(self) -> datetime:
        return at_local(self.day, self.start)

    @property
    def ends_at(self) -> datetime:
        return at_local(self.day, self.end)


@dataclass(frozen=True)
class ProgrammeReading:
    """What a file offers for import, and every problem found on the way, in the order of the file."""

    facts: FestivalFacts = FestivalFacts()
    booths: tuple[BoothRow, ...] = ()
    sessions: tuple[SessionRow, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether nothing at all could be read; the one problem says why."""
        return any(problem.refuses_file for problem in self.problems)

    @property
    def refused(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.REFUSED)

    @property
    def to_check(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.CHECK)
