"""What the door manager looks at afterwards: who came in twice, and whom a phone let in that should not have been.

Both are computed from the scans that went through and were not undone, so an undone scan takes its conflict with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, true

from festival.checkin.decision import HAS_A_WAY_OUT, Verdict
from festival.checkin.models import Admission, Checkpoint, Device, Scan, ScanSource
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee

CLOCK_OFF = timedelta(minutes=1)
"""From here on it is told that the device's clock was wrong."""
AT_ONCE = 1_000
"""People looked up by one statement: both databases limit the values of one."""

_EXPECTED = (Verdict.ADMITTED.value, Verdict.ALREADY_ADMITTED.value)


@dataclass(frozen=True)
class Entry:
    """One scan that let somebody in.

    `door` is the device's name, None for a paper list or the visitor's own phone (`source` says which). `raw_at` is
    what the device's clock said, given only when that was off by more than a minute. `owns`: the admission is this
    scan's.
    """

    scan_id: UUID
    at: datetime
    door: str | None
    source: ScanSource
    offline: bool
    verdict: str
    shown: str | None
    raw_at: datetime | None
    owns: bool


@dataclass(frozen=True)
class Subject:
    """Who, and where. Somebody who could not be registered any more (a walk-in in a full house) has no number, only
    the name that was written down; a ticket that nobody knows has neither."""

    attendee_id: int | None
    registration_id: int | None
    name: str
    checkpoint_id: int
    checkpoint: str


@dataclass(frozen=True)
class Conflict:
    """Two entries with no way out between them, the earlier one first.

    `other` is somebody else of the household where the household gets something once and two people got it.
    """

    subject: Subject
    first: Entry
    second: Entry
    other: Subject | None = None


@dataclass(frozen=True)
class Doubtful:
    """An entry that the server would have refused, for the reason in `entry.verdict`; a phone without a network, or
    with an old list, showed green."""

    subject: Subject
    entry: Entry


Passage = Row[*tuple[Any, ...]]
"""id, part_of, attendee_id, checkpoint_id, direction, scanned_at of a scan that went through, and whose it is."""


def conflicts_of(festival: Festival, checkpoint_id: int | None = None) -> list[Conflict]:
    """Everybody who came in twice, the latest first; at one checkpoint or at all.

    Two passed scans "in" of one person (or, where it gets something once, one household) at one checkpoint, not
    undone, with no passed scan "out" between them. Where re-entry is not allowed, going out does not excuse coming
    in again. At entrances and for volunteers a new day begins anew: everybody has gone home overnight.
    """
    return describe(find_pairs(festival, checkpoint_id))


def count(festival: Festival) -> int:
    """How many lines the two lists have together: what stands in the head of the door's page."""
    return len(find_pairs(festival)) + count_doubtful(festival)


def find_pairs(festival: Festival, checkpoint_id: int | None = None) -> list[tuple[UUID, UUID]]:
    """The ids of the two scans of every conflict, the latest conflict first; cheap, for counting and paging."""
    places = _places(festival, checkpoint_id)
    found: list[tuple[datetime, UUID, UUID]] = []
    for per_household in (False, True):
        if not any(place.per_household is per_household for place in places.values()):
            continue
        rows = db.session.execute(_passages(festival, places.values(), per_household=per_household))
        for (place_id, _whose), passages in groupby(rows, lambda row: (row.checkpoint_id, row.whose)):
            found += [(second.scanned_at, first.id, second.id) for first, second in _fold(places[place_id], passages)]
    found.sort(key=lambda pair: (pair[0], str(pair[2])), reverse=True)
    return [(first, second) for _at, first, second in found]


def _places(festival: Festival, checkpoint_id: int | None) -> dict[int, Checkpoint]:
    query = select(Checkpoint).where(Checkpoint.festival_id == festival.id)
    if checkpoint_id is not None:
        query = query.where(Checkpoint.id == checkpoint_id)
    return {place.id: place for place in db.session.scalars(query)}


def _went_in() -> tuple[ColumnElement[bool], ...]:
    return (Scan.passed.is_(true()), Scan.undone_at.is_(None), Scan.attendee_id.is_not(None), Scan.direction == "in")


def _passages(festival: Festival, places: Collection[Checkpoint], *, per_household: bool) -> Select[Any]:
    """All that went through, in or out, of those who came in more than once; in the order to be folded in.

    The database finds the few among the many; a household's people count as one where `per_household`. By festival and
    not by checkpoint, because SQLite would take the index of times and be five times slower.
    """
    whose: Any = Attendee.registration_id if per_household else Scan.attendee_id
    several = select(whose.label("whose"), Scan.checkpoint_id).where(Scan.festival_id == festival.id, *_went_in())
    shared = [place.id for place in places if place.per_household]
    if len(places) == 1:
        several = several.where(Scan.checkpoint_id.in_([place.id for place in places]))
    elif shared:
        several = several.where(Scan.checkpoint_id.in_(shared) if per_household else Scan.checkpoint_id.not_in(shared))
    query = select(
        *(Scan.id, Scan.part_of, Scan.attendee_id, Scan.checkpoint_id, Scan.direction, Scan.scanned_at),
        whose.label("whose"),
    )
    if per_household:
        several = several.join(Attendee, Attendee.id == Scan.attendee_id)
        query = query.join(Attendee, Attendee.id == Scan.attendee_id)
    twice = several.group_by(whose, Scan.checkpoint_id).having(func.count() > 1).subquery()
    return (
        query.join(twice, (twice.c.checkpoint_id == Scan.checkpoint_id) & (twice.c.whose == whose))
        .where(Scan.passed, Scan.undone_at.is_(None), Scan.attendee_id.is_not(None))
        .order_by(Scan.checkpoint_id, whose, Scan.scanned_at, Scan.id)
    )


def _fold(place: Checkpoint, passages: Iterable[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Each entry that follows on another one while the person was still inside."""
    inside: Passage | None = None
    for passage in passages:
        if passage.direction == "out":
            inside = None if place.re_entry else inside
            continue
        if inside is not None and not _starts_anew(place, inside, passage):
            yield inside, passage
        inside = passage


def _starts_anew(place: Checkpoint, before: Passage, after: Passage) -> bool:
    if place.kind.value in HAS_A_WAY_OUT:
        return local(before.scanned_at).date() != local(after.scanned_at).date()
    # One scan of a household's pass is one handing out, however many of the household stand there.
    return place.per_household and (before.part_of or before.id) == (after.part_of or after.id)


def describe(pairs: Sequence[tuple[UUID, UUID]]) -> list[Conflict]:
    """These conflicts with names, doors and times."""
    known = _look_up([scan_id for pair in pairs for scan_id in pair])
    conflicts = []
    for first_id, second_id in pairs:
        (one, first), (two, second) = known[first_id], known[second_id]
        other = one if one.attendee_id != two.attendee_id else None
        conflicts.append(Conflict(two, first, second, other))
    return conflicts


def doubtful_entries(festival: Festival, checkpoint_id: int | None = None) -> list[Doubtful]:
    """Everybody who went in although the server says no (revoked, cancelled, full, …), the latest first.

    Somebody who was in already stands among the conflicts instead.
    """
    ids = db.session.scalars(doubtful_scans(festival, checkpoint_id)).all()
    return describe_doubtful(ids)


def count_doubtful(festival: Festival, checkpoint_id: int | None = None) -> int:
    """How many doubtful entries there are."""
    query = doubtful_scans(festival, checkpoint_id).order_by(None)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def doubtful_scans(festival: Festival, checkpoint_id: int | None = None) -> Select[UUID]:
    """The ids of the doubtful scans, the latest first."""
    query = select(Scan.id).where(
        Scan.festival_id == festival.id,
        Scan.passed.is_(True),
        Scan.undone_at.is_(None),
        Scan.direction == "in",
        Scan.verdict.not_in(_EXPECTED),
    )
    if checkpoint_id is not None:
        query = query.where(Scan.checkpoint_id == checkpoint_id)
    return query.order_by(Scan.scanned_at.desc(), Scan.id.desc())


def describe_doubtful(ids: Sequence[UUID]) -> list[Doubtful]:
    """These doubtful entries with names, doors and times."""
    known = _look_up(ids)
    return [Doubtful(*known[scan_id]) for scan_id in ids]


def _look_up(ids: Sequence[UUID]) -> dict[UUID, tuple[Subject, Entry]]:
    found: dict[UUID, tuple[Subject, Entry]] = {}
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), AT_ONCE):
        rows = db.session.execute(_SCANS.where(Scan.id.in_(distinct[start : start + AT_ONCE]))).all()
        owners = _owning({row.registration_id for row in rows if row.registration_id is not None})
        for row in rows:
            name = row.name if row.attendee_id is not None else str(row.answer.get("name") or "")
            subject = Subject(row.attendee_id, row.registration_id, name, row.checkpoint_id, row.checkpoint)
            found[row.id] = (subject, _entry(row, row.id in owners))
    return found


_SCANS = (
    select(
        Scan.id,
        Scan.attendee_id,
        Scan.checkpoint_id,
        Scan.scanned_at,
        Scan.raw_scanned_at,
        Scan.offline,
        Scan.source,
        Scan.verdict,
        Scan.shown,
        Scan.answer,
        Attendee.registration_id,
        Attendee.name,
        Checkpoint.name.label("checkpoint"),
        Device.name.label("door"),
    )
    .outerjoin(Attendee, Attendee.id == Scan.attendee_id)
    .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
    .outerjoin(Device, Device.id == Scan.device_id)
)


def _owning(registrations: Collection[int]) -> set[UUID]:
    """The scans that own an admission of these households' people."""
    query = select(Admission.scan_id).join(Attendee, Attendee.id == Admission.attendee_id)
    return set(db.session.scalars(query.where(Attendee.registration_id.in_(registrations))))


def _entry(row: Passage, owns: bool) -> Entry:
    return Entry(
        scan_id=row.id,
        at=row.scanned_at,
        door=row.door,
        source=row.source,
        offline=row.offline,
        verdict=row.verdict,
        shown=row.shown,
        raw_at=clock_said(row.scanned_at, row.raw_scanned_at),
        owns=owns,
    )


def clock_said(at: datetime, raw: datetime | None) -> datetime | None:
    """What the device's clock said, when that was off by more than a minute; None when there is nothing to tell."""
    return raw if raw is not None and abs(raw - at) > CLOCK_OFF else None


def history_of(attendee: Attendee) -> Select[Scan]:
    """All scans of one person at all checkpoints of the festival, the latest first."""
    return (
        select(Scan)
        .where(Scan.attendee_id == attendee.id, Scan.festival_id == attendee.festival_id)
        .order_by(Scan.scanned_at.desc(), Scan.id.desc())
    )


def find_attendee(festival: Festival, attendee_id: int) -> Attendee | None:
    """That person of this festival, or None."""
    return db.session.scalar(select(Attendee).where(Attendee.id == attendee_id, Attendee.festival_id == festival.id))
