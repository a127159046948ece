"""What residents look for in a programme: filters read from an address, and the sessions and booths that fit them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from festival.core.clock import at_local
from festival.core.text import fold, like_pattern, tidy
from festival.extensions import db
from festival.programme.models import (
    Booth,
    BoothStatus,
    Festival,
    FestivalStatus,
    Session,
    Ward,
    Workshop,
    Zone,
)

MAX_QUERY_LENGTH = 100
MAX_WORDS = 8

Row = TypeVar("Row")


class PartOfDay(enum.Enum):
    """When a session begins: before noon, before 18:00, or later."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


_NOON, _EVENING = time(12), time(18)


@dataclass(frozen=True)
class Filters:
    """What somebody is looking for; an empty value does not filter."""

    query: str = ""
    topic: str = ""
    audience: str = ""
    part: PartOfDay | None = None
    day: date | None = None
    only_free: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything beside the typed words is asked for."""
        return bool(self.topic or self.audience or self.part or self.day or self.only_free)


def read_filters(arguments: Mapping[str, str]) -> Filters:
    """The filters in an address. What makes no sense there does not filter; nothing is refused."""
    part = {part.value: part for part in PartOfDay}.get(arguments.get("time", ""))
    try:
        day = date.fromisoformat(arguments.get("day", "")[:10])
    except ValueError:
        day = None
    return Filters(
        query=tidy(arguments.get("q", "")[:MAX_QUERY_LENGTH]),
        topic=tidy(arguments.get("topic", "")[:120]),
        audience=tidy(arguments.get("audience", "")[:120]),
        part=part,
        day=day,
        only_free=arguments.get("free") == "1",
    )


def find_sessions(festival: Festival, filters: Filters = Filters()) -> Sequence[Session]:
    """The sessions that fit, by time, each with its workshop and booth. One statement."""
    query = (
        select(Session)
        .join(Session.workshop)
        .outerjoin(Session.booth)
        .where(Session.festival_id == festival.id, *_words_in(Workshop.folded, filters.query))
        .options(joinedload(Session.booth))
        .order_by(Session.starts_at, Session.room, Session.id)
    )
    if filters.audience:
        query = query.where(Workshop.audience == filters.audience)
    if filters.topic:
        query = query.where(Booth.topic == filters.topic)
    if filters.only_free:
        query = query.where(Session.seats_taken < Session.capacity)
    if filters.part or filters.day:
        days = [day for day in festival.days if filters.day in (None, day)]
        query = query.where(or_(False, *(_begins(day, filters.part) for day in days)))
    return _closest(db.session.scalars(query).all(), filters.query, lambda session: session.workshop.folded)


def find_booths(festival: Festival, filters: Filters = Filters()) -> Sequence[Booth]:
    """The approved booths that fit words and topic, by zone and code, each with its zone. One statement."""
    query = (
        select(Booth)
        .outerjoin(Booth.zone)
        .where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED)
        .where(*_words_in(Booth.folded, filters.query))
        .options(joinedload(Booth.zone))
        .order_by(Booth.zone_id.is_(None), Zone.position, Zone.name, Booth.code)
    )
    if filters.topic:
        query = query.where(Booth.topic == filters.topic)
    return _closest(db.session.scalars(query).all(), filters.query, lambda booth: booth.folded)


@dataclass(frozen=True)
class Topic:
    """A topic of the festival and how many booths show it."""

    name: str
    booths: int


def topics_of(festival: Festival) -> list[Topic]:
    """The topics of the approved booths, the largest first. One statement."""
    query = (
        select(Booth.topic, func.count())
        .where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED, Booth.topic != "")
        .group_by(Booth.topic)
        .order_by(func.count().desc(), Booth.topic)
    )
    return [Topic(name, count) for name, count in db.session.execute(query)]


def audiences_of(festival: Festival) -> list[str]:
    """For whom the festival's workshops are. One statement."""
    query = select(Workshop.audience).where(Workshop.festival_id == festival.id, Workshop.audience != "").distinct()
    return sorted(db.session.scalars(query), key=fold)


@dataclass(frozen=True)
class Size:
    """A festival in figures."""

    booths: int
    workshops: int
    sessions: int
    seats_left: int


def size_of(festival: Festival) -> Size:
    """How many booths, workshops, sessions and free seats there are. One statement."""
    booths = select(func.count()).where(Booth.festival_id == festival.id, Booth.status == BoothStatus.APPROVED)
    sessions = select(
        booths.scalar_subquery(),
        func.count(Session.workshop_id.distinct()),
        func.count(Session.id),
        func.coalesce(func.sum(Session.capacity - Session.seats_taken), 0),
    ).where(Session.festival_id == festival.id)
    counted = db.session.execute(sessions).one()
    return Size(*(int(value) for value in counted))


def next_sessions(festival: Festival, at: datetime, count: int) -> Sequence[Session]:
    """The next sessions after `at` that have seats left. One statement."""
    query = (
        select(Session)
        .where(Session.festival_id == festival.id, Session.starts_at > at, Session.seats_taken < Session.capacity)
        .order_by(Session.starts_at, Session.room, Session.id)
        .limit(count)
    )
    return db.session.scalars(query).all()


def public_festivals(query: str = "") -> Select[Festival]:
    """The festivals that strangers may see, those to come first; `query` looks in ward, province and slug."""
    over = case((Festival.status == FestivalStatus.CLOSED, 1), else_=0)
    found = (
        select(Festival)
        .outerjoin(Festival.ward)
        .where(Festival.status.in_((FestivalStatus.PUBLISHED, FestivalStatus.LIVE, FestivalStatus.CLOSED)))
        .options(joinedload(Festival.ward))
        .order_by(over, Festival.first_day, Festival.id)
    )
    for word in _words(query):
        pattern = like_pattern(word)
        found = found.where(or_(Ward.folded.like(pattern, escape="\\"), Festival.slug.like(pattern, escape="\\")))
    return found


def _words(query: str) -> list[str]:
    return fold(query[:MAX_QUERY_LENGTH]).split()[:MAX_WORDS]


def _words_in(folded: InstrumentedAttribute[str], query: str) -> list[ColumnElement[bool]]:
    """Every typed word stands somewhere in the folded column, in any order."""
    return [folded.like(like_pattern(word), escape="\\") for word in _words(query)]


def _closest(rows: Sequence[Row], query: str, folded: Callable[[Row], str]) -> Sequence[Row]:
    """Only the rows in which the words stand together as typed, if there are any; else all of them.

    Without marks Vietnamese syllables are few: "dinh danh" also stands, apart, in "dành cho gia đình".
    """
    together = fold(query)
    return [row for row in rows if together in folded(row)] or rows


def _begins(day: date, part: PartOfDay | None) -> ColumnElement[bool]:
    midnight = at_local(day, time.min)
    noon, evening = at_local(day, _NOON), at_local(day, _EVENING)
    start, end = {
        None: (midnight, midnight + timedelta(days=1)),
        PartOfDay.MORNING: (midnight, noon),
        PartOfDay.AFTERNOON: (noon, evening),
        PartOfDay.EVENING: (evening, midnight + timedelta(days=1)),
    }[part]
    return and_(Session.starts_at >= start, Session.starts_at < end)
