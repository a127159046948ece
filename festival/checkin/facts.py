"""What the database knows about scanned tickets, read in as few statements as possible: the door is in a hurry.

The statements are built once; a scan costs the same with ten thousand tickets and with a million. What only some
checkpoints need (who went out, stamps, a household's gift, seats for walk-ins) is in `more_facts.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from festival.checkin.decision import CheckpointFacts, History
from festival.checkin.models import CheckpointKind
from festival.checkin.scene_statements import ONE_TICKET, SCENES
from festival.core.clock import at_local, local
from festival.extensions import db
from festival.programme.models import FestivalStatus
from festival.registration.models import TicketKind


@dataclass(frozen=True)
class Post:
    """A checkpoint as scanning needs it, with what its festival decides.

    `seats_left` are those of its session that nobody has taken; `stock_left` is None where there is no limit.
    """

    id: int
    festival_id: int
    session_id: int | None
    booth_id: int | None
    kind: CheckpointKind
    opens: time | None
    closes: time | None
    starts_at: datetime | None
    ends_at: datetime | None
    opens_before: int
    over: bool
    re_entry: bool
    walk_ins: bool
    per_household: bool
    stock_left: int | None
    stamps_needed: int
    seats_left: int | None
    public_key: bytes
    first_day: date
    last_day: date

    def facts_at(self, moment: datetime, *, late: bool = False) -> CheckpointFacts:
        """What the decision needs to know of it, for a scan at that moment: its hours are those of that local day.

        A scan that comes `late` was made before the organizer closed the festival, for all that anybody knows.
        """
        day = local(moment).date() if self.opens or self.closes else None
        return CheckpointFacts(
            festival_id=self.festival_id,
            kind=self.kind.value,
            opens_at=at_local(day, self.opens) if day and self.opens else None,
            closes_at=at_local(day, self.closes) if day and self.closes else None,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            opens_before=self.opens_before,
            over=self.over and not late,
            re_entry=self.re_entry,
            walk_ins=self.walk_ins,
            seats_left=self.seats_left,
            stock_left=self.stock_left,
            stamps_needed=self.stamps_needed,
        )


@dataclass(frozen=True)
class BookedSession:
    """One session that a person has a seat in or waits for."""

    session_id: int
    state: str
    title: str
    room: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Known:
    """An admission that exists already: when, at which door (device), by which scan."""

    history: History
    scan_id: UUID


@dataclass(frozen=True)
class Passage:
    """Somebody came "in" or went "out"; `here` at the checkpoint in question, else at another entrance."""

    moment: datetime
    direction: str
    here: bool
    door: str | None


def history_at(moment: datetime, passages: Iterable[Passage]) -> History:
    """What had happened by that moment: the last coming in here, and whether the person went out since then."""
    history = History()
    for passage in passages:
        if passage.moment > moment:
            break
        if passage.direction == "out":
            if history.admitted_at is not None and history.exited_at is None:
                history = replace(history, exited_at=passage.moment)
        elif passage.here:
            history = History(passage.moment, passage.door)
        else:
            history = replace(history, exited_at=None)
    return history


@dataclass
class Person:
    """One attendee behind a ticket: bookings by session, admissions by checkpoint.

    `passages`, `owners` and `stamps` are filled in by checkpoint where they matter: comings and goings, under whose
    number the admission is kept (the household's first person, where it gets something once), how many booths have
    stamped.
    """

    attendee_id: int
    name: str
    cancelled: bool
    bookings: dict[int, BookedSession] = field(default_factory=dict)
    admissions: dict[int, Known] = field(default_factory=dict)
    passages: dict[int, list[Passage]] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)
    stamps: dict[int, int] = field(default_factory=dict)


@dataclass
class KnownTicket:
    """A ticket or household pass in the database, with its people."""

    id: int
    kind: TicketKind
    registration_id: int
    slip_id: int | None
    short_code: str
    revoked: bool
    registration_cancelled: bool
    contact_name: str
    people: dict[int, Person] = field(default_factory=dict)


class Way(enum.Enum):
    """How a ticket is named: by its number or its slip's (in a signed QR), by its short code, by its person."""

    ID = "id"
    SLIP = "slip"
    CODE = "code"
    ATTENDEE = "attendee"


@dataclass(frozen=True)
class Whose:
    """Whose scans these are: a device's, or (typed from paper, or the visitor's own stamp) just the festival's.

    `sent_by` is the device that brings them, where `device_id` is what that phone was before: then it has been looked
    at already that the checkpoints were its own. `holder_id` is the device whose lease counts.
    """

    festival_id: int
    device_id: int | None = None
    sent_by: int | None = None

    @property
    def bound(self) -> bool:
        """Whether only the checkpoints count that the device has now."""
        return self.device_id is not None and self.sent_by is None

    @property
    def holder_id(self) -> int | None:
        return self.sent_by or self.device_id


@dataclass
class Scene:
    """Checkpoints by id and tickets by id."""

    posts: dict[int, Post] = field(default_factory=dict)
    tickets: dict[int, KnownTicket] = field(default_factory=dict)


def load_scene(whose: Whose, checkpoint_ids: Collection[int], wanted: Mapping[Way, Collection[Any]]) -> Scene:
    """What is known about tickets, wanted by id, slip, short code or attendee, at those of the checkpoints that are the
    device's own (or, without a device, the festival's).

    One statement for each way that is used; a phone that is online needs one.
    """
    scene = Scene()
    for way in [way for way, keys in wanted.items() if keys] or [Way.ID]:
        add_rows(scene, _rows(whose, checkpoint_ids, way, wanted.get(way, ())))
    return scene


def add_rows(scene: Scene, rows: Iterable[Any]) -> None:
    """Take what a statement of `scene_statements.py` has read into the scene."""
    for row in rows:
        if row.place_id not in scene.posts:
            scene.posts[row.place_id] = _post(row)
        if row.ticket_id is not None:
            _add(scene, row)


def _rows(whose: Whose, checkpoint_ids: Collection[int], way: Way, wanted: Collection[Any]) -> Iterable[Any]:
    if whose.bound and len(checkpoint_ids) == len(wanted) == 1:
        (checkpoint_id,), (one,) = checkpoint_ids, wanted
        return ONE_TICKET[way.value].rows(whose=whose.device_id, checkpoint_ids=checkpoint_id, wanted=one)
    key = whose.device_id if whose.bound else whose.festival_id
    given = {"whose": key, "checkpoint_ids": list(checkpoint_ids), "wanted": list(wanted)}
    return db.session.connection().execute(SCENES[whose.bound, way.value], given)


def _post(row: Any) -> Post:
    return Post(
        id=row.place_id,
        festival_id=row.festival_id,
        session_id=row.session_id,
        booth_id=row.booth_id,
        kind=row.place_kind,
        opens=row.opens,
        closes=row.closes,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        opens_before=row.opens_before,
        over=row.status in (FestivalStatus.CLOSED, FestivalStatus.ARCHIVED),
        re_entry=row.re_entry,
        walk_ins=row.walk_ins,
        per_household=row.per_household,
        stock_left=None if row.stock is None else row.stock - row.stock_taken,
        stamps_needed=row.stamps_needed,
        seats_left=row.seats_left,
        public_key=row.public_key,
        first_day=row.first_day,
        last_day=row.last_day,
    )


def _add(scene: Scene, row: Any) -> None:
    """Each row is one checkpoint × person × booking; what a row repeats changes nothing."""
    ticket = scene.tickets.get(row.ticket_id)
    if ticket is None:
        ticket = scene.tickets[row.ticket_id] = KnownTicket(
            id=row.ticket_id,
            kind=row.kind,
            registration_id=row.registration_id,
            slip_id=row.slip_id,
            short_code=row.short_code,
            revoked=row.revoked_at is not None,
            registration_cancelled=row.registration_cancelled_at is not None,
            contact_name=row.contact_name,
        )
    if row.attendee_id is None:
        return
    person = ticket.people.get(row.attendee_id)
    if person is None:
        cancelled = row.attendee_cancelled_at is not None
        person = ticket.people[row.attendee_id] = Person(row.attendee_id, row.name, cancelled)
    if row.booked_id is not None and row.booked_id not in person.bookings:
        person.bookings[row.booked_id] = BookedSession(
            row.booked_id, row.state.value, row.title, row.booked_room, row.booked_starts_at, row.booked_ends_at
        )
    if row.scan_id is not None and row.place_id not in person.admissions:
        person.admissions[row.place_id] = Known(History(row.admitted_at, row.door), row.scan_id)
