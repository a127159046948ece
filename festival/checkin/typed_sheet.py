"""A ticked door list, typed in: read line by line, shown, and only then recorded as scans of the source "paper".

One line is a code and a time ("2234K 0815", "2234K 8:15", "2234K 8h15"); without one, the time of the line above.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, select

from festival.checkin.decision import HAS_A_WAY_OUT
from festival.checkin.models import Checkpoint, CheckpointKind, Scan, ScanSource
from festival.checkin.paper_codes import read_paper_code
from festival.checkin.scan_request import MAX_SCANS, ScanRequest
from festival.checkin.scanning import record_for
from festival.core.clock import at_local, local
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee, Registration

MAX_LINES = MAX_SCANS
AROUND = timedelta(hours=3)
"""How long before opening and after closing somebody may have been ticked; beyond it, 0115 was meant to be 1315."""

_BETWEEN = re.compile(r"[\s,;]+")
_CLOCK = re.compile(r"(\d{1,2})[:.hg](\d{1,2})|(\d{1,2})(\d{2})|(\d{1,2})[hg]", re.ASCII | re.IGNORECASE)
_NAMESPACE = UUID("6f1c1a52-6f43-5c0e-9a6e-0d3c5a1e7b42")
"""Of the ids made here, so that they are nobody else's."""


class LineProblem(enum.Enum):
    """Why a line is not recorded.

    UNREADABLE: not a code and a time · MISTYPED: the check character does not fit · UNKNOWN: nobody has this code ·
    OTHER_FESTIVAL · NO_TIME: none here, and none or a wrong one above · BAD_TIME · OUTSIDE the hours of the day ·
    FUTURE · TWICE: the person stands on an earlier line (`twin`) already.
    """

    UNREADABLE = "unreadable"
    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    OTHER_FESTIVAL = "other_festival"
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    OUTSIDE = "outside"
    FUTURE = "future"
    TWICE = "twice"


class SheetProblem(enum.Enum):
    """Why a whole sheet cannot be read: too long, not the session's day, or no way out at this checkpoint."""

    TOO_MANY = "too_many"
    OTHER_DAY = "other_day"
    NO_WAY_OUT = "no_way_out"


@dataclass(frozen=True)
class TypedLine:
    """One line as it was understood: `number` from 1 as typed, `text` as typed, who and when, or what is wrong.

    `cancelled`: the person has cancelled; the tick can be recorded, but does not count as coming in.
    """

    number: int
    text: str
    attendee_id: int | None = None
    name: str = ""
    clock: time | None = None
    at: datetime | None = None
    problem: LineProblem | None = None
    twin: int = 0
    cancelled: bool = False

    @property
    def again(self) -> str:
        """The line to be typed once more, with its time written out: the line above may be gone by then."""
        words = _BETWEEN.split(self.text, maxsplit=1)
        return f"{words[0]} {self.clock:%H%M}" if self.clock and len(words) == 1 else self.text


class RecordOutcome(enum.Enum):
    """What came of a line: RECORDED now (the verdict says as what), or typed BEFORE, or typed before and UNDONE since,
    or not taken (REFUSED)."""

    RECORDED = "recorded"
    BEFORE = "before"
    UNDONE = "undone"
    REFUSED = "refused"


@dataclass(frozen=True)
class RecordedLine:
    """A line with what came of it; `first` is the earlier admission as the door would be told: at, day, door."""

    line: TypedLine
    outcome: RecordOutcome
    verdict: str = ""
    first: dict[str, str] | None = None


@dataclass(frozen=True)
class SheetPlace:
    """Where and when a sheet was ticked: direction "in" or "out", a local day of the festival."""

    checkpoint: Checkpoint
    direction: str
    day: date


def find_problem(place: SheetPlace, text: str) -> SheetProblem | None:
    """What stands against reading the sheet at all, if anything."""
    if sum(1 for line in text.split("\n") if line.strip()) > MAX_LINES:
        return SheetProblem.TOO_MANY
    session = place.checkpoint.session
    if session is not None and local(session.starts_at).date() != place.day:
        return SheetProblem.OTHER_DAY
    if place.direction == "out" and place.checkpoint.kind.value not in HAS_A_WAY_OUT:
        return SheetProblem.NO_WAY_OUT
    return None


def read_sheet(place: SheetPlace, text: str, at: datetime) -> list[TypedLine]:
    """What each line of `text` says, at the moment `at`; empty lines are left out. Nothing is recorded."""
    lines = _read_lines(place, text, at)
    known = _find_people({line.attendee_id for line in lines if line.attendee_id is not None})
    seen: dict[int, int] = {}
    return [_recognize(line, known, place.checkpoint.festival_id, seen) for line in lines]


def _read_lines(place: SheetPlace, text: str, at: datetime) -> list[TypedLine]:
    earliest, latest = _hours(place)
    lines: list[TypedLine] = []
    above: time | None = None
    for number, typed in enumerate(text.split("\n"), start=1):
        words = [word for word in _BETWEEN.split(typed) if word]
        if not words:
            continue
        line = TypedLine(number, " ".join(words))
        if len(words) > 2:
            lines.append(replace(line, problem=LineProblem.UNREADABLE))
            above = None
            continue
        if len(words) == 2:
            above = read_clock(words[1])
        moment = at_local(place.day, above) if above is not None else None
        problem: LineProblem | None = None
        if moment is None:
            problem = LineProblem.BAD_TIME if len(words) == 2 else LineProblem.NO_TIME
        elif not earliest <= moment <= latest:
            problem = LineProblem.OUTSIDE
        elif moment > at:
            problem = LineProblem.FUTURE
        attendee_id = read_paper_code(words[0])
        if attendee_id is None:
            problem = LineProblem.MISTYPED
        lines.append(replace(line, attendee_id=attendee_id, clock=above, at=moment, problem=problem))
    return lines


def read_clock(word: str) -> time | None:
    """The time that somebody typed: 0815, 815, 8:15, 8.15, 8h15, 8h; None for anything else."""
    found = _CLOCK.fullmatch(word)
    if found is None:
        return None
    hour, minute = int(found[1] or found[3] or found[5]), int(found[2] or found[4] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _hours(place: SheetPlace) -> tuple[datetime, datetime]:
    """From when to when on that day somebody may have been ticked here. Volunteers come whenever they are needed."""
    festival, checkpoint = place.checkpoint.festival, place.checkpoint
    begin, end = at_local(place.day, time.min), at_local(place.day, time.max)
    if checkpoint.kind is CheckpointKind.VOLUNTEERS:
        return begin, end
    opens = min(festival.opens_at, checkpoint.opens or festival.opens_at)
    closes = max(festival.closes_at, checkpoint.closes or festival.closes_at)
    return max(begin, at_local(place.day, opens) - AROUND), min(end, at_local(place.day, closes) + AROUND)


def _find_people(ids: set[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    rows = db.session.execute(
        select(
            Attendee.id,
            Attendee.festival_id,
            Attendee.name,
            Attendee.cancelled_at,
            Registration.cancelled_at.label("all"),
        )
        .join(Registration, Registration.id == Attendee.registration_id)
        .where(Attendee.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _recognize(
    line: TypedLine, known: dict[int, Row[*tuple[Any, ...]]], festival_id: int, seen: dict[int, int]
) -> TypedLine:
    """The line with its person's name; what is wrong with the person is said before what is wrong with the time."""
    if line.attendee_id is None:
        return line
    person = known.get(line.attendee_id)
    if person is None:
        return replace(line, problem=LineProblem.UNKNOWN)
    if person.festival_id != festival_id:
        return replace(line, problem=LineProblem.OTHER_FESTIVAL)
    cancelled = person.cancelled_at is not None or person.all is not None
    line = replace(line, name=person.name, cancelled=cancelled)
    if line.problem is None and (twin := seen.setdefault(line.attendee_id or 0, line.number)) != line.number:
        return replace(line, problem=LineProblem.TWICE, twin=twin)
    return line


def scan_id(place: SheetPlace, attendee_id: int, at: datetime) -> UUID:
    """The id of the scan that a tick becomes: the same tick typed twice is one scan."""
    checkpoint = place.checkpoint
    ticked = f"{checkpoint.festival_id}/{checkpoint.id}/{place.direction}/{attendee_id}/{int(at.timestamp())}"
    return uuid5(_NAMESPACE, ticked)


def record_sheet(
    festival: Festival, place: SheetPlace, lines: Iterable[TypedLine], at: datetime, entered_by: int | None
) -> list[RecordedLine]:
    """Record the lines that nothing is wrong with, each at the time that was ticked. The caller commits."""
    good = [line for line in lines if line.problem is None and line.attendee_id is not None and line.at is not None]
    scans = [_request(place, line) for line in good]
    before = _typed_before([scan.id for scan in scans])
    answers = record_for(festival, scans, at, source=ScanSource.PAPER, entered_by=entered_by)
    return [
        _outcome(line, before.get(scan.id), answer.body)
        for line, scan, answer in zip(good, scans, answers, strict=True)
    ]


def _request(place: SheetPlace, line: TypedLine) -> ScanRequest:
    assert line.attendee_id is not None  # noqa: S101
    assert line.at is not None  # noqa: S101
    return ScanRequest(
        id=scan_id(place, line.attendee_id, line.at),
        checkpoint_id=place.checkpoint.id,
        scanned_at=line.at,
        attendee_id=line.attendee_id,
        offline=True,
        direction=place.direction,
    )


def _typed_before(ids: Sequence[UUID]) -> dict[UUID, RecordOutcome]:
    rows = db.session.execute(select(Scan.id, Scan.undone_at).where(Scan.id.in_(ids)))
    return {row.id: RecordOutcome.BEFORE if row.undone_at is None else RecordOutcome.UNDONE for row in rows}


def _outcome(line: TypedLine, before: RecordOutcome | None, body: dict[str, Any]) -> RecordedLine:
    if "verdict" not in body:
        return RecordedLine(line, RecordOutcome.REFUSED)
    return RecordedLine(line, before or RecordOutcome.RECORDED, body["verdict"], body.get("first"))
