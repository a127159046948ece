"""From what was read to what is in the festival: first a plan that changes nothing, then the same plan applied.

Rows find what they mean by what people recognize it by: a booth by its code, a workshop by title and audience,
a session by workshop, room and start. So importing the same file again changes nothing, and a corrected file
corrects. Blank cells change nothing; what is in the festival and not in the file stays, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from festival.accounts.audit import record
from festival.core.clock import local
from festival.extensions import db
from festival.programme.editing import change_capacity
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
class _Step:
    """One row to be made or changed: the row as it is (None: new) and the values it gets; none: it stays as it is."""

    known: Any
    values: dict[str, Any]
    key: Any = None
    row: int | None = None


@dataclass
class _Plan:
    facts: list[FactChange] = field(default_factory=list)
    zones: list[_Step] = field(default_factory=list)
    booths: list[_Step] = field(default_factory=list)
    workshops: list[_Step] = field(default_factory=list)
    sessions: list[_Step] = field(default_factory=list)
    seats_taken: list[SeatsTaken] = field(default_factory=list)
    kept_booths: list[str] = field(default_factory=list)
    kept_sessions: list[str] = field(default_factory=list)

    def result(self) -> ImportResult:
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


def plan_reading(reading: ProgrammeReading, festival: Festival | None) -> ImportResult:
    """What `apply_reading` would do to the festival (None: to a new one). Changes nothing."""
    return _plan(reading, festival).result()


def apply_reading(reading: ProgrammeReading, festival: Festival) -> ImportResult:
    """Bring what was read into the festival; gives what was done. One entry in the audit log."""
    plan = _plan(reading, festival)
    _apply_facts(plan, festival)
    zones = {zone.name: zone for zone in festival.zones}
    for position, step in enumerate(plan.zones, start=len(zones)):
        if step.known is None:
            zones[step.key] = Zone(festival_id=festival.id, name=step.key, position=position)
            db.session.add(zones[step.key])
    db.session.flush()
    for step in plan.booths:
        if zone := step.values.pop("zone", None):
            step.values["zone_id"] = zones[zone].id
        _set(step, Booth, festival)
    workshops: dict[tuple[str, str], Workshop] = {}
    for step in plan.workshops:
        workshops[step.key] = _set(step, Workshop, festival)
    db.session.flush()
    for step in plan.sessions:
        _apply_session(step, workshops, festival, plan)
    db.session.flush()
    db.session.expire(festival, ["zones"])
    result = plan.result()
    if not result.changes_nothing:
        counts = {
            kind: f"+{tally.created} ~{tally.updated}"
            for kind in ("zones", "booths", "workshops", "sessions")
            if (tally := getattr(result, kind)).created + tally.updated
        }
        record("programme.imported", festival.name, festival_id=festival.id, after=counts)
    return result


def _plan(reading: ProgrammeReading, festival: Festival | None) -> _Plan:
    plan = _Plan()
    if festival is not None:
        _plan_facts(plan, reading.facts, festival)
    _plan_booths(plan, reading.booths, festival)
    _plan_sessions(plan, reading.sessions, festival)
    return plan


def _plan_facts(plan: _Plan, facts: FestivalFacts, festival: Festival) -> None:
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


def _plan_booths(plan: _Plan, rows: Iterable[BoothRow], festival: Festival | None) -> None:
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
        plan.booths.append(_Step(booth, _only_changes(booth, values), row.code, row.row))
    plan.zones = [_Step(zones.get(name), {}, name) for name in wanted_zones]
    plan.kept_booths = [f"{booth.code} {booth.name}" for code, booth in known.items() if code not in codes]


def _plan_sessions(plan: _Plan, rows: Iterable[SessionRow], festival: Festival | None) -> None:
    workshops: dict[tuple[str, str], Workshop] = {}
    known: dict[tuple[Any, ...], Session] = {}
    if festival:
        found = db.session.scalars(select(Workshop).where(Workshop.festival_id == festival.id))
        workshops = {(workshop.title, workshop.audience): workshop for workshop in found}
        query = select(Session).where(Session.festival_id == festival.id).order_by(Session.starts_at, Session.room)
        known = {(one.workshop_id, one.room, one.starts_at): one for one in db.session.scalars(query)}
    seen: dict[tuple[str, str], _Step] = {}
    matched = set()
    for row in rows:
        key = (row.title, row.audience)
        workshop = workshops.get(key)
        if key not in seen:
            texts = {"host_name": row.host_name, "description": row.description}
            values = {name: text for name, text in texts.items() if text}
            seen[key] = _Step(workshop, _only_changes(workshop, values), key, row.row)
        session = known.get((workshop.id, row.room, row.starts_at)) if workshop else None
        times: dict[str, Any] = {"ends_at": row.ends_at, "capacity": row.capacity}
        if session is None:
            times |= {"room": row.room, "starts_at": row.starts_at}
        else:
            matched.add(session.id)
            if row.capacity < session.seats_taken:
                del times["capacity"]
                plan.seats_taken.append(
                    SeatsTaken(_session_name(session), row.capacity, session.seats_taken, row.row)
                )
        plan.sessions.append(_Step(session, _only_changes(session, times), key, row.row))
    plan.workshops = list(seen.values())
    plan.kept_sessions = [_session_name(session) for session in known.values() if session.id not in matched]


def _only_changes(known: Any, values: dict[str, Any]) -> dict[str, Any]:
    if known is None:
        return values
    return {name: value for name, value in values.items() if name == "zone" or getattr(known, name) != value}


def _session_name(session: Session) -> str:
    return f"{session.workshop.title}, {session.room}, {local(session.starts_at):%H:%M %d/%m/%Y}"


def _tally(steps: Iterable[_Step]) -> Tally:
    created = updated = unchanged = 0
    for step in steps:
        if step.known is None:
            created += 1
        elif step.values:
            updated += 1
        else:
            unchanged += 1
    return Tally(created, updated, unchanged)


def _apply_facts(plan: _Plan, festival: Festival) -> None:
    values: dict[str, Any] = {change.field: change.after for change in plan.facts}
    capacity: int = values.get("capacity", festival.capacity)
    if not change_capacity(festival, capacity):
        plan.seats_taken.append(SeatsTaken(festival.name, capacity, festival.places_taken))
        plan.facts = [change for change in plan.facts if change.field != "capacity"]
    for name, value in values.items():
        if name != "capacity":
            setattr(festival, name, value)
    if values:
        record(
            "festival.edited",
            festival.name,
            festival_id=festival.id,
            before={change.field: str(change.before) for change in plan.facts},
            after={change.field: str(change.after) for change in plan.facts},
        )


def _set(step: _Step, kind: type[Booth] | type[Workshop], festival: Festival) -> Any:
    row = step.known
    if row is None:
        named = {"code": step.key} if kind is Booth else dict(zip(("title", "audience"), step.key, strict=True))
        row = kind(festival_id=festival.id, **named, **step.values)
        db.session.add(row)
        return row
    for name, value in step.values.items():
        setattr(row, name, value)
    return row


def _apply_session(
    step: _Step, workshops: Mapping[tuple[str, str], Workshop], festival: Festival, plan: _Plan
) -> None:
    if step.known is None:
        session = Session(festival_id=festival.id, workshop_id=workshops[step.key].id, **step.values)
        db.session.add(session)
        return
    values = dict(step.values)
    capacity: int = values.pop("capacity", step.known.capacity)
    if not change_capacity(step.known, capacity):
        db.session.refresh(step.known)
        plan.seats_taken.append(
            SeatsTaken(_session_name(step.known), capacity, step.known.seats_taken, step.row)
        )
        del step.values["capacity"]
    for name, value in values.items():
        setattr(step.known, name, value)
