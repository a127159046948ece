"""Bringing what was read into a festival: the plan of `import_plan.py`, shown first and applied then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from festival.accounts.audit import record
from festival.extensions import db
from festival.programme.editing import change_capacity, offer_free_seats, subject_of
from festival.programme.import_log import ImportLog
from festival.programme.import_plan import FactChange, ImportPlan, ImportResult, SeatsTaken, Step, Tally, make_plan
from festival.programme.models import Booth, Festival, Session, Workshop, Zone
from festival.programme.reading import ProgrammeReading

__all__ = ["FactChange", "ImportResult", "SeatsTaken", "Tally", "apply_reading", "plan_reading"]


def plan_reading(reading: ProgrammeReading, festival: Festival | None) -> ImportResult:
    """What `apply_reading` would do to the festival (None: to a new one). Changes nothing."""
    return make_plan(reading, festival).result()


def apply_reading(reading: ProgrammeReading, festival: Festival, filename: str = "") -> ImportResult:
    """Bring what was read into the festival; gives what was done. One entry in the audit log, and one in the list of
    imports, from which it can be taken back (`taking_back.py`)."""
    _take_turn(festival)
    plan = make_plan(reading, festival)
    log = ImportLog()
    for change in plan.facts:
        log.keep(festival, [change.field])
    _apply_facts(plan, festival)
    zones = {zone.name: zone for zone in festival.zones}
    for position, step in enumerate(plan.zones, start=len(zones)):
        if step.known is None:
            zones[step.key] = Zone(festival_id=festival.id, name=step.key, position=position)
            db.session.add(zones[step.key])
            log.made(zones[step.key])
    db.session.flush()
    for step in plan.booths:
        if zone := step.values.pop("zone", None):
            step.values["zone_id"] = zones[zone].id
        _set(step, Booth, festival, log)
    workshops: dict[tuple[str, str], Workshop] = {}
    for step in plan.workshops:
        workshops[step.key] = _set(step, Workshop, festival, log)
    db.session.flush()
    for step in plan.sessions:
        _apply_session(step, workshops, festival, plan, log)
    db.session.flush()
    offer_free_seats([step.known.id for step in plan.sessions if step.known is not None and step.values])
    db.session.expire(festival, ["zones"])
    result = plan.result()
    if not result.changes_nothing:
        counts = {
            kind: f"+{tally.created} ~{tally.updated}"
            for kind in ("zones", "booths", "workshops", "sessions")
            if (tally := getattr(result, kind)).created + tally.updated
        }
        record("programme.imported", festival.name, festival_id=festival.id, after=counts)
        log.write(festival, filename)
    return result


def _take_turn(festival: Festival) -> None:
    """Take the festival, then its sessions by id, as a registration does: a file has its rows in any order."""
    one = select(Festival.id).where(Festival.id == festival.id)
    sessions = select(Session.id).where(Session.festival_id == festival.id).order_by(Session.id)
    for rows in (one, sessions):
        db.session.execute(rows.with_for_update(key_share=True))


def _apply_facts(plan: ImportPlan, festival: Festival) -> None:
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


def _set(step: Step, kind: type[Booth] | type[Workshop], festival: Festival, log: ImportLog) -> Any:
    row = step.known
    if row is None:
        named = {"code": step.key} if kind is Booth else dict(zip(("title", "audience"), step.key, strict=True))
        row = kind(festival_id=festival.id, **named, **step.values)
        db.session.add(row)
        log.made(row)
        return row
    log.keep(row, step.values)
    for name, value in step.values.items():
        setattr(row, name, value)
    return row


def _apply_session(
    step: Step, workshops: Mapping[tuple[str, str], Workshop], festival: Festival, plan: ImportPlan, log: ImportLog
) -> None:
    if step.known is None:
        session = Session(festival_id=festival.id, workshop_id=workshops[step.key].id, **step.values)
        db.session.add(session)
        log.made(session)
        return
    log.keep(step.known, step.values)
    values = dict(step.values)
    capacity: int = values.pop("capacity", step.known.capacity)
    if not change_capacity(step.known, capacity):
        plan.seats_taken.append(SeatsTaken(subject_of(step.known), capacity, step.known.seats_taken, step.row))
        del step.values["capacity"]
    for name, value in values.items():
        setattr(step.known, name, value)
