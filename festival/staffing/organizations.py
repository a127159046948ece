"""The tree of organizations that somebody owns, and changing it. The caller commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from festival.accounts.audit import record, values_of
from festival.accounts.models import Membership, Organization
from festival.core.text import fold
from festival.extensions import db
from festival.programme.models import Festival, Ward


@dataclass(frozen=True)
class Place:
    """An organization where it stands; `above` is None at the top of what one owns, whatever is above that."""

    organization: Organization
    ward: Ward | None
    above: Organization | None


@dataclass(frozen=True)
class Counted:
    """A place with its own festivals and people, without those of the organizations below."""

    place: Place
    festivals: int
    people: int


def tree_of(organization_ids: Collection[int], words: str = "") -> list[Place]:
    """These organizations, each followed by those below it; `words` in a name leaves out the others."""
    rows = db.session.execute(
        select(Organization, Ward)
        .outerjoin(Ward, Ward.code == Organization.ward_code)
        .where(Organization.id.in_(organization_ids))
        .order_by(Organization.name.desc(), Organization.id.desc())
    ).all()
    known = {one.id: one for one, _ward in rows}
    standing_below: dict[int | None, list[Place]] = {}
    for one, ward in rows:
        above = known.get(one.parent_id or 0)
        standing_below.setdefault(above.id if above else None, []).append(Place(one, ward, above))
    found, waiting = [], standing_below.get(None, [])
    while waiting:  # the last one is next, so names come in descending order
        found.append(waiting.pop())
        waiting += standing_below.get(found[-1].organization.id, [])
    words = fold(words[:100])
    return [place for place in found if words in fold(place.organization.name)]


def with_counts(places: Iterable[Place]) -> list[Counted]:
    """The places with how many festivals and people each has; two statements."""
    places = list(places)
    ids = [place.organization.id for place in places]
    festivals = _counts(Festival.organization_id, Festival.id, ids)
    people = _counts(Membership.organization_id, Membership.user_id, ids)
    return [
        Counted(place, festivals.get(place.organization.id, 0), people.get(place.organization.id, 0))
        for place in places
    ]


def _counts(by: Any, counted: Any, ids: Collection[int]) -> dict[int, int]:
    query = select(by, func.count(counted.distinct()).label("number")).where(by.in_(ids)).group_by(by)
    return {one.organization_id: one.number for one in db.session.execute(query)}


def add_below(above: Organization, values: dict[str, Any]) -> Organization:
    """A new organization below another one."""
    added = Organization(parent_id=above.id, **values)
    db.session.add(added)
    db.session.flush()
    record("organization.added", added.name, after=values_of(added))
    return added


def edit(organization: Organization, values: dict[str, Any]) -> None:
    """Change what was typed; nothing is noted when nothing differs."""
    before = values_of(organization)
    for name, value in values.items():
        setattr(organization, name, value)
    if (after := values_of(organization)) != before:
        record("organization.edited", organization.name, before=before, after=after)
