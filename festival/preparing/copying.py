"""Next year's festival, made from this one: everything but people.

Copied are the festival's own facts and texts, zones, approved booths, workshops and sessions, checkpoints, certificate
designs with their rules and pictures, and the register of processing. Nobody is copied: no registration, booking,
scan, phone, helper link, message or certificate; nor what belongs to one edition only: keys, slips, published lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import undefer

from festival.accounts.audit import record
from festival.accounts.models import Organization
from festival.certificates.models import Design, Picture
from festival.certificates.rules import BY_ID
from festival.checkin.models import Checkpoint
from festival.extensions import db
from festival.privacy.models import ProcessingRegister
from festival.programme.models import Booth, BoothStatus, Festival, Session, Workshop, Zone
from festival.programme.reading import FestivalFacts
from festival.programme.setting_up import make_festival

Row = TypeVar("Row", Zone, Booth, Workshop, Session, Checkpoint, Design, Picture, ProcessingRegister)
Part = TypeVar("Part", Zone, Booth, Workshop, Session)
Numbers = Mapping[int, int]
"""Of a kind of row: the new id by the old one."""

_OF_THIS_EDITION = frozenset({"id", "festival_id", "created_at", "changed_at", "added_at"})


@dataclass(frozen=True)
class Programme:
    """What the copied programme's rows are called now."""

    booths: Numbers
    workshops: Numbers
    sessions: Numbers


def prepare_next(festival: Festival, name: str, first_day: date) -> Festival:
    """A draft like `festival`, beginning on `first_day`, with all days and times moved by as many days.

    It may last as long as before; a registration window keeps its distance to the first day. The caller commits.
    """
    moved = first_day - festival.first_day
    organization = db.session.get_one(Organization, festival.organization_id)
    facts = FestivalFacts(
        name=name,
        organizer_name=festival.organizer_name,
        ward_code=festival.ward_code,
        first_day=first_day,
        last_day=festival.last_day + moved,
        opens_at=festival.opens_at,
        closes_at=festival.closes_at,
        venue=festival.venue,
        address=festival.address,
        capacity=festival.capacity,
    )
    new = make_festival(
        organization,
        facts,
        about=festival.about,
        contact_phone=festival.contact_phone,
        contact_email=festival.contact_email,
        keep_days=festival.keep_days,
        registration_opens=festival.registration_opens and festival.registration_opens + moved,
        registration_closes=festival.registration_closes and festival.registration_closes + moved,
    )
    programme = _copy_programme(festival, new, moved)
    _copy_checkpoints(festival, new, programme)
    _copy_designs(festival, new, programme)
    if register := db.session.get(ProcessingRegister, festival.id):
        db.session.add(_copy(register, new))
    record("festival.prepared", new.name, festival_id=new.id, after={"copied_from": festival.slug})
    db.session.flush()
    return new


def _copy(row: Row, new: Festival, **changed: Any) -> Row:
    columns = inspect(row).mapper.column_attrs.keys()
    values = {name: getattr(row, name) for name in columns if name not in _OF_THIS_EDITION}
    copied: Row = type(row)(**(values | {"festival_id": new.id} | changed))
    return copied


def _keep(pairs: list[tuple[Part, Part]]) -> Numbers:
    db.session.add_all([copied for _, copied in pairs])
    db.session.flush()
    return {row.id: copied.id for row, copied in pairs}


def _copy_programme(festival: Festival, new: Festival, moved: timedelta) -> Programme:
    here = festival.id
    zones = _keep([(zone, _copy(zone, new)) for zone in festival.zones])
    approved = select(Booth).where(Booth.festival_id == here, Booth.status == BoothStatus.APPROVED)
    booths = _keep(
        [(booth, _copy(booth, new, zone_id=zones.get(booth.zone_id or 0))) for booth in db.session.scalars(approved)]
    )
    of_festival = select(Workshop).where(Workshop.festival_id == here)
    workshops = _keep([(workshop, _copy(workshop, new)) for workshop in db.session.scalars(of_festival)])
    sittings = db.session.scalars(select(Session).where(Session.festival_id == here)).all()
    sessions = _keep(
        [
            (
                sitting,
                _copy(
                    sitting,
                    new,
                    workshop_id=workshops[sitting.workshop_id],
                    booth_id=booths.get(sitting.booth_id or 0),
                    starts_at=sitting.starts_at + moved,
                    ends_at=sitting.ends_at + moved,
                    seats_taken=0,
                ),
            )
            for sitting in sittings
        ]
    )
    return Programme(booths, workshops, sessions)


def _copy_checkpoints(festival: Festival, new: Festival, programme: Programme) -> None:
    for place in db.session.scalars(select(Checkpoint).where(Checkpoint.festival_id == festival.id)):
        session_id, booth_id = programme.sessions.get(place.session_id or 0), programme.booths.get(place.booth_id or 0)
        if (place.session_id and not session_id) or (place.booth_id and not booth_id):
            continue  # of a booth that does not come again
        db.session.add(_copy(place, new, session_id=session_id, booth_id=booth_id, stock_taken=0))


def _copy_designs(festival: Festival, new: Festival, programme: Programme) -> None:
    pictures = select(Picture).where(Picture.festival_id == festival.id).options(undefer(Picture.png))
    db.session.add_all([_copy(picture, new) for picture in db.session.scalars(pictures)])
    in_use = select(Design).where(Design.festival_id == festival.id, Design.archived_at.is_(None))
    for design in db.session.scalars(in_use):
        key, rule = design.signing_key, _renumbered(design.rule, programme)
        if rule is None:
            continue  # all that it asked for is gone: without it, it would be given for less
        db.session.add(
            _copy(
                design,
                new,
                workshop_id=programme.workshops.get(design.workshop_id or 0),
                rule=rule,
                look=dict(design.look),
                signing_key_id=key.id if key and key.retired_at is None else None,
            )
        )


def _renumbered(node: dict[str, Any], programme: Programme) -> dict[str, Any] | None:
    """A rule's node with the new ids of sessions and workshops; None when nothing of it is left."""
    if node.get("fact") in BY_ID:
        numbers = programme.sessions if node["fact"] == "session" else programme.workshops
        ids = [numbers[each] for each in node.get("ids", ()) if each in numbers]
        least = min(node.get("at_least", len(ids)), len(ids))
        return node | {"ids": ids, "at_least": least} if ids else None
    if "of" in node:
        parts = [part for each in node["of"] if (part := _renumbered(each, programme)) is not None]
        need = node.get("need")
        least = {"need": min(need, len(parts))} if isinstance(need, int) else {}
        return node | {"of": parts} | least if parts else None
    for name in ("every_member", "some_member"):
        if name in node:
            inner = _renumbered(node[name], programme)
            return node | {name: inner} if inner is not None else None
    return dict(node)
