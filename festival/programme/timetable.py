"""The timetable: sessions by time for narrow screens, rooms beside times for wide ones. Pure, without a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from festival.core.clock import local
from festival.core.text import fold
from festival.programme.models import Session


@dataclass(frozen=True)
class Hour:
    """All sessions that begin at the same moment."""

    starts_at: datetime
    sessions: Sequence[Session]


@dataclass(frozen=True)
class Column:
    """A room; `lanes` is more than 1 where sessions in it overlap and stand beside each other."""

    room: str
    lanes: int


@dataclass(frozen=True)
class Cell:
    """A cell of the grid, `rows` high: a session, or free time."""

    session: Session | None
    rows: int


@dataclass(frozen=True)
class Row:
    """A stretch of time in which nothing begins or ends, and the cells that begin with it, from left to right."""

    starts_at: datetime
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Day:
    """One day's timetable: by time, and as a grid for a table with row spans."""

    day: date
    hours: Sequence[Hour]
    columns: Sequence[Column]
    rows: Sequence[Row]


def timetable(sessions: Iterable[Session]) -> list[Day]:
    """The days on which there are sessions, each with its timetable."""
    days: dict[date, list[Session]] = defaultdict(list)
    for session in sorted(sessions, key=lambda s: (s.starts_at, fold(place(s)), s.id)):
        days[local(session.starts_at).date()].append(session)
    return [_day(day, on_it) for day, on_it in sorted(days.items())]


def place(session: Session) -> str:
    """Where a session is held: its room, or its booth's code and name."""
    if session.room or session.booth is None:
        return session.room
    return f"{session.booth.code} · {session.booth.name}"


def _day(day: date, sessions: Sequence[Session]) -> Day:
    hours: dict[datetime, list[Session]] = defaultdict(list)
    rooms: dict[str, list[Session]] = defaultdict(list)
    for session in sessions:
        hours[session.starts_at].append(session)
        rooms[place(session)].append(session)
    columns: list[Column] = []
    lanes: list[list[Session]] = []
    for room in sorted(rooms, key=fold):
        of_room = lanes_of(rooms[room])
        columns.append(Column(room, len(of_room)))
        lanes.extend(of_room)
    return Day(day, [Hour(at, beginning) for at, beginning in hours.items()], columns, _rows(sessions, lanes))


def lanes_of(sessions: Sequence[Session]) -> list[list[Session]]:
    """Sessions of one room, in order of time, in as few lanes as it takes for none to overlap another in its lane."""
    lanes: list[list[Session]] = []
    for session in sessions:
        free = next((lane for lane in lanes if lane[-1].ends_at <= session.starts_at), None)
        if free is None:
            lanes.append([session])
        else:
            free.append(session)
    return lanes


def _rows(sessions: Sequence[Session], lanes: Sequence[Sequence[Session]]) -> list[Row]:
    """A row from each moment at which something begins or ends to the next one; the last end closes the table."""
    moments = sorted({s.starts_at for s in sessions} | {s.ends_at for s in sessions})
    row_of = {moment: number for number, moment in enumerate(moments)}
    cells: list[list[Cell]] = [[] for _ in moments[:-1]]
    for lane in lanes:
        begun = 0
        for session in lane:
            start, end = row_of[session.starts_at], row_of[session.ends_at]
            if start > begun:
                cells[begun].append(Cell(None, start - begun))
            cells[start].append(Cell(session, end - start))
            begun = end
        if begun < len(cells):
            cells[begun].append(Cell(None, len(cells) - begun))
    return [Row(at, beginning) for at, beginning in zip(moments, cells, strict=False)]
