"""What will become of each pupil of a class list: ready, to be checked, or skipped and why. Changes nothing."""

from __future__ import annotations

import enum
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from festival.core.clock import local, today
from festival.core.text import fold
from festival.extensions import db
from festival.programme.cells import parse_clock
from festival.programme.models import Festival, Session
from festival.programme.reading import Findings, Problem, ProblemCode, Severity
from festival.registration.class_lists.reading import ClassList, Pupil
from festival.registration.models import GUARDIAN_BELOW_AGE, Attendee, HelperLink, Registration
from festival.registration.wishes import sessions_to_come

GROWN_UP_FROM = 21
_HOUR_FIRST = re.compile(r"(\d{1,2}\s*(?::|h|g|giờ)\s*\d{0,2})\s*[-–:,]?\s+(.+)", re.IGNORECASE)


class RowState(enum.Enum):
    """What happens to a row."""

    READY = "ready"
    CHECK = "check"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class CheckedRow:
    """One row of the file: its pupil (None where it could not be read), and what is to be said about it."""

    sheet: str
    row: int
    state: RowState
    pupil: Pupil | None
    session_id: int | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class CheckedList:
    """All rows in the order of the file, what concerns no single row, and how the columns were understood."""

    rows: tuple[CheckedRow, ...]
    general: tuple[Problem, ...]
    columns: tuple[tuple[str, str], ...]

    @property
    def to_register(self) -> list[CheckedRow]:
        """Those that will be registered."""
        return [row for row in self.rows if row.state is not RowState.SKIPPED]

    def count(self, state: str) -> int:
        """How many rows stand so."""
        return sum(row.state.value == state for row in self.rows)


def submission_of(link: HelperLink, pupil: Pupil) -> str:
    """The mark of a pupil's registration: the same list sent again registers nobody twice.

    Its colon is in no mark of a form: nobody can open it there.
    """
    who = f"{fold(pupil.name)}|{pupil.birth_year}|{fold(pupil.class_name)}|{pupil.phone}"
    return f"class:{link.id}:{hashlib.sha256(who.encode()).hexdigest()[:40]}"


def check(link: HelperLink, read: ClassList) -> CheckedList:
    """Judge every row of what was read."""
    findings = Findings()
    findings.problems = list(read.problems)
    wishes = _Wishes(sessions_to_come(link.festival))
    known = _known(link.festival, link, read.pupils)
    first: dict[str, int] = {}
    sessions: dict[tuple[str, int], int | None] = {}
    for pupil in read.pupils:
        own = submission_of(link, pupil)
        if own in first:
            findings.refuse(ProblemCode.DUPLICATE, pupil.sheet, pupil.row, "Họ và tên", other=first[own])
            continue
        first[own] = pupil.row
        if own in known or (fold(pupil.name), pupil.birth_year, pupil.phone) in known:
            findings.refuse(ProblemCode.KNOWN_ALREADY, pupil.sheet, pupil.row, value=pupil.name)
            continue
        _judge(pupil, findings)
        sessions[pupil.sheet, pupil.row] = wishes.find(pupil, findings)
    wishes.look_for_full(findings)
    return _sorted(read, findings, sessions)


def _judge(pupil: Pupil, findings: Findings) -> None:
    age = today().year - pupil.birth_year
    where = (pupil.sheet, pupil.row)
    if age < GUARDIAN_BELOW_AGE and not pupil.guardian:
        findings.refuse(ProblemCode.GUARDIAN_MISSING, *where, "Họ tên phụ huynh", value=pupil.name)
    elif age >= GROWN_UP_FROM:
        findings.check(ProblemCode.GROWN_UP, *where, "Năm sinh", value=pupil.name, year=pupil.birth_year)
    if not pupil.phone:
        findings.check(ProblemCode.NO_PHONE, *where, "Điện thoại phụ huynh", value=pupil.name)


class _Wishes:
    """Sessions by what people call them."""

    def __init__(self, sessions: Sequence[Session]) -> None:
        self.by_title: dict[str, list[Session]] = defaultdict(list)
        for session in sessions:
            self.by_title[fold(session.workshop.title)].append(session)
        self.sessions = {session.id: session for session in sessions}
        self.wanted: Counter[int] = Counter()
        self.first: dict[int, Pupil] = {}

    def find(self, pupil: Pupil, findings: Findings) -> int | None:
        """The session that is meant, or None with the problem noted."""
        if not pupil.session:
            return None
        found = self._called(pupil.session)
        where = (pupil.sheet, pupil.row, "Buổi học")
        if len(found) != 1:
            code = ProblemCode.SESSION_UNCLEAR if found else ProblemCode.SESSION_UNKNOWN
            example = f"{local(found[0].starts_at):%H:%M} {found[0].workshop.title}" if found else ""
            findings.check(code, *where, value=pupil.session, example=example)
            return None
        (session,) = found
        self.wanted[session.id] += 1
        self.first.setdefault(session.id, pupil)
        return session.id

    def _called(self, words: str) -> list[Session]:
        if whole := self.by_title.get(fold(words)):
            return whole
        split = _HOUR_FIRST.fullmatch(words)
        clock = parse_clock(split[1].strip()) if split else None
        if split is None or clock is None:
            return []
        return [one for one in self.by_title.get(fold(split[2]), ()) if local(one.starts_at).time() == clock]

    def look_for_full(self, findings: Findings) -> None:
        """Say once for each session that has too few seats."""
        for session_id, count in self.wanted.items():
            session, pupil = self.sessions[session_id], self.first[session_id]
            if count > session.seats_left:
                findings.check(ProblemCode.SESSION_FULL, pupil.sheet, pupil.row, "Buổi học", value=pupil.session)


def _known(festival: Festival, link: HelperLink, pupils: Sequence[Pupil]) -> set[object]:
    """The marks of those that were registered from a list before, and who else is known by name, year and phone."""
    marks = [submission_of(link, pupil) for pupil in pupils]
    known: set[object] = set(
        db.session.scalars(select(Registration.submission).where(Registration.submission.in_(marks)))
    )
    phones = {pupil.phone for pupil in pupils if pupil.phone}
    rows = db.session.execute(
        select(Attendee.folded_name, Attendee.birth_year, Registration.phone)
        .join(Registration, Registration.id == Attendee.registration_id)
        .where(Registration.festival_id == festival.id, Registration.phone.in_(phones), Attendee.cancelled_at.is_(None))
    )
    return known | {(row.folded_name, row.birth_year, row.phone) for row in rows}


def _sorted(read: ClassList, findings: Findings, sessions: Mapping[tuple[str, int], int | None]) -> CheckedList:
    """Problems beside their rows; rows without a pupil are those that could not be read."""
    pupils = {(pupil.sheet, pupil.row): pupil for pupil in read.pupils}
    beside: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    general: list[Problem] = []
    header_codes = {ProblemCode.COLUMN_UNKNOWN, ProblemCode.COLUMN_TWICE, ProblemCode.COLUMN_MISSING}
    for problem in findings.problems:
        if problem.row is None or problem.code in header_codes or problem.code is ProblemCode.TOO_MANY_ROWS:
            general.append(problem)
        else:
            beside[problem.sheet or "", problem.row].append(problem)
    order = {sheet: place for place, sheet in enumerate(dict.fromkeys(sheet for sheet, _row in [*pupils, *beside]))}
    rows = []
    for sheet, number in sorted({*pupils, *beside}, key=lambda place: (order[place[0]], place[1])):
        problems = tuple(beside[sheet, number])
        refused = any(problem.severity is Severity.REFUSED for problem in problems)
        state = RowState.SKIPPED if refused else RowState.CHECK if problems else RowState.READY
        rows.append(
            CheckedRow(sheet, number, state, pupils.get((sheet, number)), sessions.get((sheet, number)), problems)
        )
    return CheckedList(tuple(rows), tuple(general), read.columns)
