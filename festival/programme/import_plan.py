"""What an import will do to a festival, worked out without changing anything.

Rows find what they mean by what people recognize it by: a booth by its code, a workshop by title and audience,
a session by workshop, room and start. So importing the same file again changes nothing, and a corrected file
corrects. Blank cells change nothing; what is in the festival and not in the file stays, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from festival.extensions import db
from festival.programme.editing import subject_of
from festival.programme.models import Booth, Festival, Session, Workshop, Zone
from festival.programme.reading import BoothRow, FestivalFacts, ProgrammeReading, SessionRow


@dataclass(frozen=True)
class Tally:
    """How many rows of one kind are new, differ from what is there, or are the same."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def total(self) -> int:
        return self.created + self.updated + self.unchanged


@dataclass(frozen=True)
class FactChange:
    """One fact of the festival that the file gives another value."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class SeatsTaken:
    """A capacity that cannot shrink as asked, because more people hold a place. `row` is None for the festival."""

    name: str
    asked: int
    taken: int
    row: int | None = None


@dataclass(frozen=True)
class ImportResult:
    """What an import does (as a plan) or did."""

    facts: tuple[FactChange, ...] = ()
    zones: Tally = Tally()
    booths: Tally = Tally()
    workshops: Tally = Tally()
    sessions: Tally = Tally()
    seats_taken: tuple[SeatsTaken, ...] = ()
    kept_booths: tuple[str, ...] = ()
    """In the festival and not in the file: codes and names."""
    kept_sessions: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        tallies = (self.zones, self.booths, self.workshops, self.sessions)
        return not self.facts and all(tally.created + tally.updated == 0 for tally in tallies)


@dataclass
class Step:
    """One row to be made or changed: the row as it is (None: new) and the values it gets; none: it stays as it is."""

    known: Any
    values: dict[str, Any]
    key: Any = None
    row: int | None = None


@dataclass
class ImportPlan:
    """The steps of an import, in the order in which they are taken."""

    facts: list[FactChange] = field(default_factory=list)
    zones: list[Step] = field(default_factory=list)
    booths: list[Step] = field(default_factory=list)
    workshops: list[Step] = field(default_factory=list)
    sessions: list[Step] = field(default_factory=list)
    seats_taken: list[SeatsTaken] = field(default_factory=list)
    kept_booths: list[str] = field(default_factory=list)
    kept_sessions: list[str] = field(default_factory=list)

    def result(self) -> ImportResult:
        """The plan as figures and names."""
        return ImportResult(
            facts=tuple(self.facts),
            zones=_tally(self.zones),
            booths=_tally(self.booths),
            workshops=_tally(self.workshops),
            sessions=_tally(self.sessions),
            seats_taken=tuple(self.seats_taken),
            kept_booths=tuple(self.kept_booths),
            kept_sessions=tuple(self.kept_sessions),
        )


def make_plan(reading: ProgrammeReading, festival: Festival | None) -> ImportPlan:
    """The steps that bring `reading` into the festival (None: into a new one)."""
    plan = ImportPlan()
    if festival is not None:
        _plan_facts(plan, reading.facts, festival)
    _plan_booths(plan, reading.booths, festival)
    _plan_sessions(plan, reading.sessions, festival)
    return plan


def _plan_facts(plan: ImportPlan, facts: FestivalFacts, festival: Festival) -> None:
    wanted: dict[str, Any] = {name: value for name, value in vars(facts).items() if value is not None}
    if facts.first_day and facts.last_day is None and facts.first_day != festival.first_day:
        wanted["last_day"] = facts.first_day
    if wanted.get("capacity", festival.capacity) < festival.places_taken:
        plan.seats_taken.append(SeatsTaken(festival.name, wanted.pop("capacity"), festival.places_taken))
    if wanted.get("opens_at", festival.opens_at) >= wanted.get("closes_at", festival.closes_at):
        wanted.pop("opens_at", None)
        wanted.pop("closes_at", None)
    if wanted.get("first_day", festival.first_day) > wanted.get("last_day", festival.last_day):
        wanted.pop("first_day", None)
        wanted.pop("last_day", None)
    plan.facts = [
        FactChange(name, getattr(festival, name), value)
        for name, value in wanted.items()
        if getattr(festival, name) != value
    ]


def _plan_booths(plan: ImportPlan, rows: Iterable[BoothRow], festival: Festival | None) -> None:
    zones: dict[str, Zone] = {zone.name: zone for zone in festival.zones} if festival else {}
    names = {zone.id: zone.name for zone in zones.values()}
    known: dict[str, Booth] = {}
    if festival:
        query = select(Booth).where(Booth.festival_id == festival.id).order_by(Booth.code)
        known = {booth.code: booth for booth in db.session.scalars(query)}
    wanted_zones: dict[str, None] = {}
    codes = set()
    for row in rows:
        codes.add(row.code)
        booth = known.get(row.code)
        fields = ("name", "topic", "host_name", "description", "power_watts", "tables", "chairs")
        values = {name: getattr(row, name) for name in fields if getattr(row, name) not in ("", None)}
        if row.zone:
            wanted_zones[row.zone] = None
            if booth is None or names.get(booth.zone_id or 0) != row.zone:
                values["zone"] = row.zone
        plan.booths.append(Step(booth, _only_changes(booth, values), row.code, row.row))
    plan.zones = [Step(zones.get(name), {}, name) for name in wanted_zones]
    plan.kept_booths = [f"{booth.code} {booth.name}" for code, booth in known.items() if code not in codes]


def _plan_sessions(plan: ImportPlan, rows: Iterable[SessionRow], festival: Festival | None) -> None:
    workshops: dict[tuple[str, str], Workshop] = {}
    known: dict[tuple[Any, ...], Session] = {}
    if festival:
        found = db.session.scalars(select(Workshop).where(Workshop.festival_id == festival.id))
        workshops = {(workshop.title, workshop.audience): workshop for workshop in found}
        query = select(Session).where(Session.festival_id == festival.id).order_by(Session.starts_at, Session.room)
        known = {(one.workshop_id, one.room, one.starts_at): one for one in db.session.scalars(query)}
    seen: dict[tuple[str, str], Step] = {}
    matched = set()
    for row in rows:
        key = (row.title, row.audience)
        workshop = workshops.get(key)
        if key not in seen:
            texts = {"host_name": row.host_name, "description": row.description}
            values = {name: text for name, text in texts.items() if text}
            seen[key] = Step(workshop, _only_changes(workshop, values), key, row.row)
        session = known.get((workshop.id, row.room, row.starts_at)) if workshop else None
        times: dict[str, Any] = {"ends_at": row.ends_at, "capacity": row.capacity}
        if session is None:
            times |= {"room": row.room, "starts_at": row.starts_at}
        else:
            matched.add(session.id)
            if row.capacity < session.seats_taken:
                del times["capacity"]
                plan.seats_taken.append(SeatsTaken(subject_of(session), row.capacity, session.seats_taken, row.row))
        plan.sessions.append(Step(session, _only_changes(session, times), key, row.row))
    plan.workshops = list(seen.values())
    plan.kept_sessions = [subject_of(session) for session in known.values() if session.id not in matched]


def _only_changes(known: Any, values: dict[str, Any]) -> dict[str, Any]:
    if known is None:
        return values
    return {name: value for name, value in values.items() if name == "zone" or getattr(known, name) != value}


def _tally(steps: Iterable[Step]) -> Tally:
    created = updated = unchanged = 0
    for step in steps:
        if step.known is None:
            created += 1
        elif step.values:
            updated += 1
        else:
            unchanged += 1
    return Tally(created, updated, unchanged)
