"""What /manage lists and looks up, always within one festival."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time, timedelta
from typing import TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from festival.core.clock import at_local, local
from festival.core.text import fold, like_pattern
from festival.extensions import db
from festival.programme.models import Booth, Festival, Session, Workshop, Zone

Row = TypeVar("Row", Zone, Booth, Workshop, Session)


def find_part(festival: Festival, kind: type[Row], row_id: int) -> Row | None:
    """The zone, booth, workshop or session with that id, if it is this festival's."""
    return db.session.scalar(select(kind).where(kind.id == row_id, kind.festival_id == festival.id))


def festivals_of(
    organization_ids: Collection[int], words: str = "", single_ids: Collection[int] = ()
) -> Select[Festival]:
    """The festivals of these organizations and those with these ids, the latest first."""
    query = select(Festival).where(or_(Festival.organization_id.in_(organization_ids), Festival.id.in_(single_ids)))
    if words := fold(words[:100]):
        query = query.where(or_(Festival.folded.like(like_pattern(words), escape="\\"), Festival.slug == words))
    return query.order_by(Festival.first_day.desc(), Festival.id.desc())


def zones_of(festival: Festival, words: str = "") -> Select[Zone]:
    """The festival's zones in their order."""
    query = select(Zone).where(Zone.festival_id == festival.id)
    if words := fold(words[:100]):
        query = query.where(Zone.folded.like(like_pattern(words), escape="\\"))
    return query.order_by(Zone.position, Zone.name)


def booths_of(festival: Festival, words: str = "", zone_id: int | None = None) -> Select[Booth]:
    """The festival's booths by code, those whose texts have `words` anywhere, marks or not; of one zone if given."""
    query = select(Booth).where(Booth.festival_id == festival.id).options(selectinload(Booth.zone))
    if words := fold(words[:100]):
        query = query.where(Booth.folded.like(like_pattern(words), escape="\\"))
    if zone_id:
        query = query.where(Booth.zone_id == zone_id)
    return query.order_by(Booth.code)


def workshops_of(festival: Festival, words: str = "") -> Select[Workshop]:
    """The festival's workshops by title."""
    query = select(Workshop).where(Workshop.festival_id == festival.id).options(selectinload(Workshop.sessions))
    if words := fold(words[:100]):
        query = query.where(Workshop.folded.like(like_pattern(words), escape="\\"))
    return query.order_by(Workshop.title, Workshop.audience)


def sessions_of(
    festival: Festival, words: str = "", day: date | None = None, workshop_id: int | None = None
) -> Select[Session]:
    """The festival's sessions by time and room; of one day (in Vietnam) or one workshop if given."""
    query = (
        select(Session)
        .join(Session.workshop)
        .options(contains_eager(Session.workshop))
        .where(Session.festival_id == festival.id)
    )
    if words := fold(words[:100]):
        pattern = like_pattern(words)
        in_workshop = Workshop.folded.like(pattern, escape="\\")
        query = query.where(or_(in_workshop, Session.folded_room.like(pattern, escape="\\")))
    if day:
        start = at_local(day, time())
        query = query.where(Session.starts_at >= start, Session.starts_at < start + timedelta(days=1))
    if workshop_id:
        query = query.where(Session.workshop_id == workshop_id)
    return query.order_by(Session.starts_at, Session.room)


def session_days(festival: Festival) -> set[date]:
    """The days (in Vietnam) on which sessions begin."""
    starts = select(Session.starts_at).where(Session.festival_id == festival.id).distinct()
    return {local(moment).date() for moment in db.session.scalars(starts)}


def booths_in(zones: Collection[Zone]) -> dict[int, int]:
    """How many booths each of these zones has, by the zone's id."""
    query = select(Booth.zone_id, func.count()).where(Booth.zone_id.in_([zone.id for zone in zones]))
    return {zone_id: count for zone_id, count in db.session.execute(query.group_by(Booth.zone_id)) if zone_id}


def zone_choices(festival: Festival) -> list[tuple[int, str]]:
    """The festival's zones to choose from."""
    return [(zone.id, zone.name) for zone in db.session.scalars(zones_of(festival))]


def workshop_choices(festival: Festival) -> list[tuple[int, str]]:
    """The festival's workshops to choose from, with whom they are for."""
    query = select(Workshop.id, Workshop.title, Workshop.audience).where(Workshop.festival_id == festival.id)
    rows = db.session.execute(query.order_by(Workshop.title, Workshop.audience))
    return [(row.id, f"{row.title} ({row.audience})" if row.audience else row.title) for row in rows]


def booth_choices(festival: Festival) -> list[tuple[int, str]]:
    """The festival's booths to choose from."""
    query = select(Booth.id, Booth.code, Booth.name).where(Booth.festival_id == festival.id).order_by(Booth.code)
    return [(row.id, f"{row.code} {row.name}") for row in db.session.execute(query)]
