"""What can only be seen by looking at several cells or rows together."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date, time
from typing import Protocol, TypeVar

from festival.core.text import fold
from festival.programme.reading import FestivalFacts, Findings, ProblemCode, SessionRow
from festival.programme.sheets import FACTS, SESSIONS


class _Numbered(Protocol):
    @property
    def row(self) -> int: ...


Numbered = TypeVar("Numbered", bound=_Numbered)


def clock(moment: time) -> str:
    """08:30, as in the sheet."""
    return moment.strftime("%H:%M")


def day(moment: date) -> str:
    """10/10/2027, as in the sheet."""
    return moment.strftime("%d/%m/%Y")


def without_duplicates(
    rows: list[Numbered], key: Callable[[Numbered], Hashable], sheet: str, column: str, findings: Findings
) -> list[Numbered]:
    """The rows whose key is new; each later one is refused, with the row that came first."""
    first: dict[Hashable, Numbered] = {}
    for row in rows:
        earlier = first.setdefault(key(row), row)
        if earlier is not row:
            findings.refuse(ProblemCode.DUPLICATE, sheet, row.row, column, other=earlier.row)
    return list(first.values())


def check_facts(facts: FestivalFacts, findings: Findings) -> FestivalFacts:
    """The facts without pairs that contradict each other."""
    if facts.first_day and facts.last_day and facts.last_day < facts.first_day:
        findings.refuse(
            ProblemCode.ENDS_BEFORE_START,
            FACTS.name,
            column="Ngày kết thúc",
            value=day(facts.last_day),
            start=day(facts.first_day),
        )
        facts = replace(facts, last_day=None)
    if facts.opens_at and facts.closes_at and facts.closes_at <= facts.opens_at:
        findings.refuse(
            ProblemCode.ENDS_BEFORE_START,
            FACTS.name,
            column="Giờ đóng cửa",
            value=clock(facts.closes_at),
            start=clock(facts.opens_at),
        )
        facts = replace(facts, opens_at=None, closes_at=None)
    return facts


def check_sessions(sessions: list[SessionRow], facts: FestivalFacts, findings: Findings) -> list[SessionRow]:
    """The sessions that can take place; what is odd about them is noted to be checked."""
    sound = []
    for session in sessions:
        if session.start < session.end:
            sound.append(session)
        else:
            where = (SESSIONS.name, session.row, "Kết thúc")
            start = clock(session.start)
            findings.refuse(ProblemCode.ENDS_BEFORE_START, *where, value=clock(session.end), start=start)

    def identity(row: SessionRow) -> Hashable:
        return row.title, row.audience, row.room, row.day, row.start

    sound = without_duplicates(sound, identity, SESSIONS.name, "Tên lớp", findings)
    for session in sound:
        _check_hours(session, facts, findings)
    _check_rooms(sound, findings)
    _check_workshops(sound, findings)
    return sound


def _check_hours(session: SessionRow, facts: FestivalFacts, findings: Findings) -> None:
    def check(code: ProblemCode, column: str, value: str, against: str) -> None:
        findings.check(code, SESSIONS.name, session.row, column, value=value, against=against)

    if facts.first_day and not facts.first_day <= session.day <= (facts.last_day or facts.first_day):
        check(ProblemCode.OTHER_DAY, "Ngày", day(session.day), facts.days)
    if facts.opens_at and session.start < facts.opens_at:
        check(ProblemCode.BEFORE_OPENING, "Bắt đầu", clock(session.start), clock(facts.opens_at))
    if facts.closes_at and session.end > facts.closes_at:
        check(ProblemCode.AFTER_CLOSING, "Kết thúc", clock(session.end), clock(facts.closes_at))


def _check_rooms(sessions: list[SessionRow], findings: Findings) -> None:
    """Two sessions in one room at one time: a line for each that begins before an earlier one has ended."""
    latest: dict[tuple[str, date], SessionRow] = {}
    for session in sorted(sessions, key=lambda row: (row.day, row.start, row.row)):
        place = (fold(session.room), session.day)
        before = latest.get(place)
        if before and session.start < before.end:
            where = (SESSIONS.name, session.row, "Phòng")
            findings.check(ProblemCode.ROOM_TAKEN, *where, value=session.room, other=before.row)
        if before is None or session.end > before.end:
            latest[place] = session


def _check_workshops(sessions: list[SessionRow], findings: Findings) -> None:
    """One workshop has one host and one description: those of its first row."""
    first: dict[tuple[str, str], SessionRow] = {}
    for session in sessions:
        earlier = first.setdefault((session.title, session.audience), session)
        for column, mine, kept in (
            ("Đơn vị phụ trách", session.host_name, earlier.host_name),
            ("Mô tả", session.description, earlier.description),
        ):
            if mine and mine != kept:
                where = (SESSIONS.name, session.row, column)
                findings.check(ProblemCode.DIFFERS, *where, value=mine[:60], other=earlier.row)
