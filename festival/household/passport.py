"""The passport: which booths have stamped whom, what was shown there, and what is missing for a prize."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask_babel import gettext as _
from sqlalchemy import select

from festival.checkin.models import Admission, Checkpoint, CheckpointKind, ShownSkill
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Festival, Zone
from festival.registration.changing import coming
from festival.registration.models import Attendee, Registration


@dataclass(frozen=True)
class BoothStamp:
    """One booth in one person's passport. `stamped_at` is None while the place for the stamp is empty."""

    code: str
    name: str
    stamped_at: datetime | None
    skills: tuple[str, ...]


@dataclass(frozen=True)
class ZonePage:
    """The booths of one part of the venue, by code."""

    name: str
    booths: tuple[BoothStamp, ...]


@dataclass(frozen=True)
class Prize:
    """Something handed out for stamps. `left` is None where there is no limit; `family`: once for all of a household,
    whose stamps count together."""

    name: str
    needed: int
    have: int
    left: int | None
    given_at: datetime | None
    family: bool

    @property
    def earned(self) -> bool:
        """Whether the stamps are there."""
        return self.have >= self.needed


@dataclass(frozen=True)
class Passport:
    """One person's."""

    attendee: Attendee
    zones: tuple[ZonePage, ...]
    stamps: int
    places: int
    prizes: tuple[Prize, ...]


@dataclass(frozen=True)
class _Place:
    checkpoint_id: int
    zone: str
    code: str
    name: str


def passports_of(registration: Registration, people: Collection[Attendee] | None = None) -> list[Passport]:
    """The passports of the household's members (or of those `people` among them), in their order; none for a festival
    whose booths do not stamp. Four statements, however many there are."""
    members = coming(registration)
    shown = [attendee for attendee in members if people is None or attendee in people]
    places = _places_of(registration.festival)
    if not places or not shown:
        return []
    gifts = _gifts_of(registration.festival)
    at = _admissions_of(members, [place.checkpoint_id for place in places] + [gift.id for gift in gifts])
    skills = _skills_of(members)
    return [
        Passport(
            attendee=attendee,
            zones=_zones(attendee, places, at, skills),
            stamps=sum((attendee.id, place.checkpoint_id) in at for place in places),
            places=len(places),
            prizes=tuple(_prize(gift, attendee, members, places, at) for gift in gifts),
        )
        for attendee in shown
    ]


def _places_of(festival: Festival) -> list[_Place]:
    rows = db.session.execute(
        select(Checkpoint.id, Zone.name, Booth.code, Booth.name)
        .join(Booth, Booth.id == Checkpoint.booth_id)
        .outerjoin(Zone, Zone.id == Booth.zone_id)
        .where(Checkpoint.festival_id == festival.id, Booth.status == BoothStatus.APPROVED)
        .order_by(Zone.position.is_(None), Zone.position, Zone.name, Booth.code)
    )
    return [_Place(row[0], row[1] or _("Other booths"), row[2], row[3]) for row in rows]


def _gifts_of(festival: Festival) -> Sequence[Checkpoint]:
    return db.session.scalars(
        select(Checkpoint)
        .where(
            Checkpoint.festival_id == festival.id,
            Checkpoint.kind == CheckpointKind.CUSTOM,
            Checkpoint.stamps_needed > 0,
        )
        .order_by(Checkpoint.stamps_needed, Checkpoint.name, Checkpoint.id)
    ).all()


def _admissions_of(people: Sequence[Attendee], checkpoint_ids: Sequence[int]) -> dict[tuple[int, int], datetime]:
    rows = db.session.execute(
        select(Admission.attendee_id, Admission.checkpoint_id, Admission.admitted_at).where(
            Admission.attendee_id.in_([one.id for one in people]), Admission.checkpoint_id.in_(checkpoint_ids)
        )
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _skills_of(people: Sequence[Attendee]) -> dict[tuple[int, int], tuple[str, ...]]:
    rows = db.session.execute(
        select(ShownSkill.attendee_id, ShownSkill.checkpoint_id, ShownSkill.skill)
        .where(ShownSkill.attendee_id.in_([one.id for one in people]))
        .order_by(ShownSkill.attendee_id, ShownSkill.checkpoint_id, ShownSkill.shown_at, ShownSkill.id)
    ).all()
    grouped = groupby(rows, key=lambda row: (row[0], row[1]))
    return {key: tuple(row[2] for row in group) for key, group in grouped}


def _zones(
    attendee: Attendee,
    places: Sequence[_Place],
    at: dict[tuple[int, int], datetime],
    skills: dict[tuple[int, int], tuple[str, ...]],
) -> tuple[ZonePage, ...]:
    return tuple(
        ZonePage(
            zone,
            tuple(
                BoothStamp(
                    place.code,
                    place.name,
                    at.get((attendee.id, place.checkpoint_id)),
                    skills.get((attendee.id, place.checkpoint_id), ()),
                )
                for place in group
            ),
        )
        for zone, group in groupby(places, key=lambda place: place.zone)
    )


def _prize(
    gift: Checkpoint,
    attendee: Attendee,
    members: Sequence[Attendee],
    places: Sequence[_Place],
    at: dict[tuple[int, int], datetime],
) -> Prize:
    people = members if gift.per_household else [attendee]
    have = sum(any((one.id, place.checkpoint_id) in at for one in people) for place in places)
    given = [at[one.id, gift.id] for one in people if (one.id, gift.id) in at]
    return Prize(
        name=gift.name,
        needed=gift.stamps_needed,
        have=have,
        left=None if gift.stock is None else max(0, gift.stock - gift.stock_taken),
        given_at=min(given, default=None),
        family=gift.per_household,
    )
