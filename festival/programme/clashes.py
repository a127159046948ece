"""Clashes of a timetable: two sessions in one room, at one booth or of one host at a time, and hours that are not the
festival's. Pure, without a database.

Sessions that touch (one ends as the other begins) do not clash.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from festival.core.clock import local
from festival.core.secrets import digest
from festival.core.text import fold
from festival.programme.models import Festival, Session


class ClashKind(enum.Enum):
    """What is wrong with a time and a place."""

    ROOM = "room"
    BOOTH = "booth"
    HOST = "host"
    HOURS = "hours"
    """Outside the opening hours, on a day of the festival."""
    DAY = "day"
    """On no day of the festival."""


@dataclass(frozen=True)
class Sitting:
    """A session as far as clashes go; `id` is None for one that is not made yet, `where` its room or booth in words."""

    id: int | None
    workshop_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str
    booth_id: int | None
    host: str

    def overlaps(self, other: Sitting) -> bool:
        """Whether they are at one time: touching ends are not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Clash:
    """What `sitting` clashes with: `other`, or None for the festival's days and hours."""

    kind: ClashKind
    sitting: Sitting
    other: Sitting | None = None

    @property
    def may_be_confirmed(self) -> bool:
        """Whether an organizer may want it so.

        One host can have two teachers, a class can begin before the gates open or in the weeks before the festival. A
        room or booth holds two sessions at a time only if both are of one workshop: a class in two groups. Two
        workshops in one room is a mistake whoever says otherwise: the resident is sent to a room where another thing
        is taught. Whoever has a hall for both calls its parts by two names.
        """
        if self.kind not in (ClashKind.ROOM, ClashKind.BOOTH):
            return True
        return self.other is not None and self.other.workshop_id == self.sitting.workshop_id


def sitting_of(session: Session) -> Sitting:
    """A session of the database."""
    return Sitting(
        session.id,
        session.workshop_id,
        session.workshop.title,
        session.starts_at,
        session.ends_at,
        session.room,
        session.booth_id,
        session.workshop.host_name,
    )


def clashes_of(sitting: Sitting, others: Iterable[Sitting], festival: Festival) -> list[Clash]:
    """What stands against a session at its time and place: one clash for each other session and each reason.

    The session itself may be among the others: it is known by its id.
    """
    clashes = [Clash(kind, sitting) for kind in _outside(sitting, festival)]
    room, host = fold(sitting.room), fold(sitting.host)
    for other in others:
        if (sitting.id is not None and other.id == sitting.id) or not sitting.overlaps(other):
            continue
        if room and fold(other.room) == room:
            clashes.append(Clash(ClashKind.ROOM, sitting, other))
        if sitting.booth_id is not None and other.booth_id == sitting.booth_id:
            clashes.append(Clash(ClashKind.BOOTH, sitting, other))
        if host and fold(other.host) == host:
            clashes.append(Clash(ClashKind.HOST, sitting, other))
    return clashes


def clashes_of_all(sittings: Sequence[Sitting], others: Iterable[Sitting], festival: Festival) -> list[Clash]:
    """What stands against several new sessions together, each against the others and those made before it."""
    known, clashes = list(others), []
    for sitting in sittings:
        clashes += clashes_of(sitting, known, festival)
        known.append(sitting)
    return clashes


def fingerprint(clashes: Iterable[Clash]) -> str:
    """Names a set of clashes, so that who agreed to these has not agreed to others that came since."""
    return digest("|".join(sorted(_name_of(clash) for clash in clashes)))[:32]


def _name_of(clash: Clash) -> str:
    other = clash.other
    with_whom = f"{other.id}@{other.starts_at.isoformat()}@{fold(other.room)}" if other else ""
    return f"{clash.kind.value}:{clash.sitting.starts_at.isoformat()}:{fold(clash.sitting.room)}:{with_whom}"


def _outside(sitting: Sitting, festival: Festival) -> list[ClashKind]:
    starts, ends = local(sitting.starts_at), local(sitting.ends_at)
    if not _on_a_day(starts.date(), festival) or not _on_a_day(ends.date(), festival):
        return [ClashKind.DAY]
    too_early = _clock(starts) < festival.opens_at
    too_late = ends.date() > starts.date() or _clock(ends) > festival.closes_at
    return [ClashKind.HOURS] if too_early or too_late else []


def _on_a_day(day: date, festival: Festival) -> bool:
    return festival.first_day <= day <= festival.last_day


def _clock(moment: datetime) -> time:
    return moment.time().replace(tzinfo=None)
