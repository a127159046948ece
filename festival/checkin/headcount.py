"""How many people are in the house: unique ones, from what really passed the entrances; and how fresh that is.

A person is inside when the last passage of today was inwards, by whichever entrance: over night everybody goes home,
whether scanned on leaving or not. What phones without a network have not sent yet is missing here; `Headcount` says
how much that may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, case, distinct, func, select

from festival.checkin.models import Checkpoint, CheckpointKind, Device, DeviceMode, Scan, device_checkpoints
from festival.core.clock import at_local, local
from festival.extensions import Base, db
from festival.programme.models import Festival, FestivalStatus

SILENT_AFTER = timedelta(minutes=3)
"""A phone calls several times a minute and its calls are noted every minute: after three something is wrong."""
KEPT_FOR = timedelta(seconds=2)


@dataclass(frozen=True)
class Door:
    """One phone at an entrance: how many people it has let in, and when it was last heard of.

    `waiting` is how many scans it said then that it had not sent yet. `late`: silent for three minutes while the
    festival is open.
    """

    device_id: int
    name: str
    passed_in: int
    last_contact: datetime
    waiting: int
    late: bool
    revoked: bool


@dataclass(frozen=True)
class Headcount:
    """People at the moment `at`: `inside` now, `total` that came in on any day; `percent` of `capacity`, rounded down.

    `on_paper` of the total were let in without a phone: typed in from a list. `nameless` is not in any of these: so
    often somebody was let in today whom nobody can name (an unknown ticket, no place for a walk-in any more).
    """

    at: datetime
    inside: int
    total: int
    capacity: int
    doors: tuple[Door, ...]
    on_paper: int
    nameless: int

    @property
    def percent(self) -> int:
        return percent_of(self.inside, self.capacity)

    @property
    def waiting(self) -> int:
        """Scans that the doors have and the server has not, as far as they have said."""
        return sum(door.waiting for door in self.doors if not door.revoked)

    @property
    def late(self) -> tuple[Door, ...]:
        """The doors that are silent and should not be."""
        return tuple(door for door in self.doors if door.late)


_scans, _places, _devices = (Base.metadata.tables[one.__tablename__] for one in (Scan, Checkpoint, Device))

_ANYBODY = (
    _scans.c.checkpoint_id.in_(
        select(_places.c.id).where(
            _places.c.festival_id == bindparam("festival_id"), _places.c.kind == CheckpointKind.ENTRANCE
        )
    ),
    _scans.c.passed,
    _scans.c.undone_at.is_(None),
    _scans.c.scanned_at <= bindparam("at"),
)
_PASSED = (*_ANYBODY, _scans.c.attendee_id.is_not(None))
_INWARDS = _scans.c.direction == "in"
_TODAY = _scans.c.scanned_at >= bindparam("day")
_PEOPLE = (
    select(
        func.max(case((_INWARDS & _TODAY, _scans.c.scanned_at))).label("came"),
        func.max(case((~_INWARDS & _TODAY, _scans.c.scanned_at))).label("went"),
        func.max(case((_INWARDS, 1), else_=0)).label("ever"),
    )
    .where(*_PASSED)
    .group_by(_scans.c.attendee_id)
    .subquery("people")
)
# One pass over all scans: with 100,000 of them two would be felt.
_INSIDE_AND_TOTAL = select(
    func.count(case((_PEOPLE.c.went.is_(None) | (_PEOPLE.c.came >= _PEOPLE.c.went), _PEOPLE.c.came))),
    func.coalesce(func.sum(_PEOPLE.c.ever), 0),
).select_from(_PEOPLE)
_BY_DOOR = (
    select(_scans.c.device_id, func.count(distinct(_scans.c.attendee_id)))
    .where(*_PASSED, _INWARDS)
    .group_by(_scans.c.device_id)
)
_NAMELESS = select(func.count()).where(*_ANYBODY, _scans.c.attendee_id.is_(None), _INWARDS, _TODAY)
_DOORS = (
    select(
        _devices.c.id,
        _devices.c.name,
        _devices.c.paired_at,
        _devices.c.last_seen_at,
        _devices.c.waiting,
        _devices.c.revoked_at,
    )
    .where(
        _devices.c.festival_id == bindparam("festival_id"),
        _devices.c.mode.in_((DeviceMode.STAFF, DeviceMode.KIOSK)),
        select(device_checkpoints.c.device_id)
        .join(_places, _places.c.id == device_checkpoints.c.checkpoint_id)
        .where(device_checkpoints.c.device_id == _devices.c.id, _places.c.kind == CheckpointKind.ENTRANCE)
        .exists(),
    )
    .order_by(_devices.c.name, _devices.c.id)
)


def headcount(festival: Festival, at: datetime) -> Headcount:
    """Who is there at the moment `at`, in four statements. A revoked phone is listed only if it let somebody in."""
    passed_in = {row[0]: row[1] for row in db.session.connection().execute(_BY_DOOR, _given(festival, at))}
    inside, total = _inside_and_total(festival, at)
    nameless = db.session.connection().scalar(_NAMELESS, _given(festival, at)) or 0
    doors = [
        Door(
            device_id=row.id,
            name=row.name,
            passed_in=passed_in.get(row.id, 0),
            last_contact=row.last_seen_at or row.paired_at,
            waiting=row.waiting,
            late=_is_late(row, festival, at),
            revoked=row.revoked_at is not None,
        )
        for row in _doors(festival)
        if row.revoked_at is None or row.id in passed_in
    ]
    return Headcount(at, inside, total, festival.capacity, tuple(doors), passed_in.get(None, 0), nameless)


def _given(festival: Festival, at: datetime) -> dict[str, Any]:
    return {"festival_id": festival.id, "at": at, "day": at_local(local(at).date(), time())}


def _inside_and_total(festival: Festival, at: datetime) -> tuple[int, int]:
    inside, total = db.session.connection().execute(_INSIDE_AND_TOTAL, _given(festival, at)).one()
    return int(inside), int(total)


def _doors(festival: Festival) -> Sequence[Any]:
    return db.session.connection().execute(_DOORS, {"festival_id": festival.id}).all()


def _is_late(door: Any, festival: Festival, at: datetime) -> bool:
    silent: timedelta = at - (door.last_seen_at or door.paired_at)
    return door.revoked_at is None and silent > SILENT_AFTER and is_open(festival, at)


def is_open(festival: Festival, at: datetime) -> bool:
    """Whether people may come at that moment: on one of its days, between its hours, and not closed by hand."""
    clock = local(at)
    running = festival.status in (FestivalStatus.PUBLISHED, FestivalStatus.LIVE)
    on_a_day = festival.first_day <= clock.date() <= festival.last_day
    return running and on_a_day and festival.opens_at <= clock.time() < festival.closes_at


@dataclass(frozen=True)
class Glance:
    """What every phone shows of the headcount: `late` counts the silent doors; for the rest see `Headcount`."""

    at: datetime
    inside: int
    total: int
    capacity: int
    percent: int
    waiting: int
    late: int


_lately: dict[tuple[int, datetime], Glance] = {}


def headcount_lately(festival: Festival, at: datetime) -> Glance:
    """The headcount, at most two seconds old: for phones, which ask many times a minute. Kept in this process only."""
    key = (festival.id, festival.created_at)
    known = _lately.get(key)
    if known is None or not timedelta() <= at - known.at < KEPT_FOR:
        known = _lately[key] = _glance(festival, at)
        for old in [other for other, count in list(_lately.items()) if at - count.at > timedelta(hours=1)]:
            _lately.pop(old, None)
    return known


def _glance(festival: Festival, at: datetime) -> Glance:
    inside, total = _inside_and_total(festival, at)
    doors = [door for door in _doors(festival) if door.revoked_at is None]
    return Glance(
        at=at,
        inside=inside,
        total=total,
        capacity=festival.capacity,
        percent=percent_of(inside, festival.capacity),
        waiting=sum(door.waiting for door in doors),
        late=sum(_is_late(door, festival, at) for door in doors),
    )


def percent_of(inside: int, capacity: int) -> int:
    """Rounded down: full is only what is full. More than 100 when more are inside than should be."""
    return 100 * inside // capacity
