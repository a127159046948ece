"""The organizer's timetable of one day: rooms beside times, in lines of a quarter of an hour. Pure, without a database.

Free time is one cell a line, so that each of them is a place where a session can be put.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from festival.core.clock import at_local, local
from festival.core.text import fold
from festival.programme.clashes import Clash, clashes_of, sitting_of
from festival.programme.models import Festival, Session
from festival.programme.timetable import lanes_of, place

LINE = timedelta(minutes=15)


@dataclass(frozen=True)
class Card:
    """A session at its place, and what it clashes with."""

    session: Session
    clashes: Sequence[Clash]


@dataclass(frozen=True)
class Room:
    """A room's column; `lanes` is more than 1 where sessions overlap in it. Its cards are by time."""

    name: str
    lanes: int
    cards: Sequence[Card]


@dataclass(frozen=True)
class GridCell:
    """A card, `rows` high, or a quarter of an hour in which the room is free."""

    room: str
    card: Card | None
    rows: int = 1


@dataclass(frozen=True)
class Line:
    """What begins at a moment, from left to right; `whole` says that it stands on the quarter."""

    starts_at: datetime
    whole: bool
    cells: Sequence[GridCell]


@dataclass(frozen=True)
class DayGrid:
    """A day's timetable: for a table with row spans, and by room."""

    rooms: Sequence[Room]
    lines: Sequence[Line]

    @property
    def clashing(self) -> int:
        """How many sessions clash with something."""
        return sum(bool(card.clashes) for room in self.rooms for card in room.cards)


def day_grid(festival: Festival, day: date, sessions: Sequence[Session]) -> DayGrid:
    """The sessions of a day, which are in order of time, within its opening hours or as far as they go beyond."""
    sittings = [sitting_of(session) for session in sessions]
    rooms: dict[str, list[Card]] = defaultdict(list)
    for session, sitting in zip(sessions, sittings, strict=True):
        rooms[fold(place(session))].append(Card(session, clashes_of(sitting, sittings, festival)))
    columns, lanes = [], []
    for _folded, cards in sorted(rooms.items()):
        card_of = {card.session.id: card for card in cards}
        beside = lanes_of([card.session for card in cards])
        name = place(cards[0].session)
        columns.append(Room(name, len(beside), cards))
        lanes += [(name, [card_of[session.id] for session in lane]) for lane in beside]
    return DayGrid(columns, _lines(_moments(festival, day, sessions), lanes))


def _moments(festival: Festival, day: date, sessions: Sequence[Session]) -> Mapping[datetime, bool]:
    """The beginnings of all lines, and the end of the last one: each quarter, and what begins or ends between two."""
    own = {moment for session in sessions for moment in (session.starts_at, session.ends_at)}
    first = min({at_local(day, festival.opens_at), *own})
    last = max({at_local(day, festival.closes_at), *own})
    moment = first - timedelta(minutes=local(first).minute % 15, seconds=local(first).second)
    quarters = {moment}
    while moment < last:
        moment += LINE
        quarters.add(moment)
    return {moment: moment in quarters for moment in sorted(quarters | own)}


def _lines(moments: Mapping[datetime, bool], lanes: Sequence[tuple[str, Sequence[Card]]]) -> list[Line]:
    number_of = {moment: number for number, moment in enumerate(moments)}
    cells: list[list[GridCell]] = [[] for _ in number_of]
    for room, cards in lanes:
        begun = 0
        for card in cards:
            start, end = number_of[card.session.starts_at], number_of[card.session.ends_at]
            for number in range(begun, start):
                cells[number].append(GridCell(room, None))
            cells[start].append(GridCell(room, card, end - start))
            begun = end
        for number in range(begun, len(cells) - 1):
            cells[number].append(GridCell(room, None))
    return [
        Line(moment, whole, beginning) for (moment, whole), beginning in zip(moments.items(), cells[:-1], strict=False)
    ]
