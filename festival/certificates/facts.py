"""What is known of people, households and booths, for the rules: from admissions, and from whoever else supplies it.

`FACTS` is the one door by which facts come in. A later part of the house joins with one line,
`FACTS["volunteer_hours"] = hours_of`: from then on the fact can be chosen in the editor and is judged. A fact without a
supplier is judged as not met, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, func, select

from festival.certificates.rules import Facts, Things, together
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, ShownSkill
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Session
from festival.registration.models import Attendee

Supplier: TypeAlias = Callable[[int, Sequence[int]], Mapping[int, Things]]
"""Gives, for a festival's id and some attendees' (or booths') ids, the things that each of them has, in few statements;
who has none may be left out. Things that add up in a household have keys that are not the same for two people."""


def facts_of_people(festival_id: int, attendee_ids: Sequence[int], names: Collection[str]) -> dict[int, Facts]:
    """The facts of these names, by attendee: a statement for each name, however many people there are."""
    return _facts(FACTS, festival_id, attendee_ids, names)


def facts_of_booths(festival_id: int, booth_ids: Sequence[int], names: Collection[str]) -> dict[int, Facts]:
    """The facts of these names, by booth."""
    return _facts(FACTS_OF_BOOTHS, festival_id, booth_ids, names)


def facts_of_households(festival_id: int, registration_ids: Sequence[int], names: Collection[str]) -> dict[int, Facts]:
    """The facts of these names, by registration: of all its people together, and of each. Who was taken off is none
    of them."""
    rows = db.session.execute(
        select(Attendee.registration_id, Attendee.id)
        .where(Attendee.registration_id.in_(registration_ids), Attendee.cancelled_at.is_(None))
        .order_by(Attendee.id)
    ).all()
    people = facts_of_people(festival_id, [row[1] for row in rows], names)
    members: dict[int, dict[int, Facts]] = {each: {} for each in registration_ids}
    for registration_id, attendee_id in rows:
        members[registration_id][attendee_id] = people[attendee_id]
    nothing: dict[str, Things] = {name: {} for name in names if name in FACTS}
    return {each: together(known) if known else Facts(nothing) for each, known in members.items()}


def _facts(
    suppliers: Mapping[str, Supplier], festival_id: int, ids: Sequence[int], names: Collection[str]
) -> dict[int, Facts]:
    supplied = {name: suppliers[name](festival_id, ids) for name in sorted(names) if name in suppliers}
    return {
        each: Facts({name: by_holder.get(each, {}) for name, by_holder in supplied.items()})
        for each in dict.fromkeys(ids)
    }


# --- what the door knows -----------------------------------------------------------------------------------------


def _admissions(
    what: Iterable[Any], kind: CheckpointKind, festival_id: int, attendee_ids: Sequence[int]
) -> Select[tuple[Any, ...]]:
    return (
        select(Admission.attendee_id, *what)
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(Checkpoint.festival_id == festival_id, Checkpoint.kind == kind, Admission.attendee_id.in_(attendee_ids))
    )


def _collected(rows: Iterable[Sequence[Any]]) -> dict[int, dict[int | str, float]]:
    """Rows of holder, key and, where it is not 1, worth."""
    found: defaultdict[int, dict[int | str, float]] = defaultdict(dict)
    for holder, key, *worth in rows:
        found[holder][key] = worth[0] if worth else 1
    return found


def _places(kind: CheckpointKind) -> Supplier:
    """Checkpoints of a kind at which somebody was let in."""

    def supply(festival_id: int, attendee_ids: Sequence[int]) -> Mapping[int, Things]:
        return _collected(db.session.execute(_admissions([Checkpoint.id], kind, festival_id, attendee_ids)))

    return supply


def _sessions(key: ColumnElement[int]) -> Supplier:
    """Sessions in which somebody was, or their workshops."""

    def supply(festival_id: int, attendee_ids: Sequence[int]) -> Mapping[int, Things]:
        query = _admissions([key], CheckpointKind.SESSION, festival_id, attendee_ids)
        return _collected(db.session.execute(query.join(Session, Session.id == Checkpoint.session_id)))

    return supply


def _session_hours(festival_id: int, attendee_ids: Sequence[int]) -> Mapping[int, Things]:
    """Sessions in which somebody was, with their length in hours."""
    query = _admissions(
        [Session.id, Session.starts_at, Session.ends_at], CheckpointKind.SESSION, festival_id, attendee_ids
    )
    rows = db.session.execute(query.join(Session, Session.id == Checkpoint.session_id))
    return _collected((row[0], row[1], (row[3] - row[2]).total_seconds() / 3600) for row in rows)


def _stamps(key: ColumnElement[Any]) -> Supplier:
    """Approved booths that have stamped somebody, or their topics."""

    def supply(festival_id: int, attendee_ids: Sequence[int]) -> Mapping[int, Things]:
        query = _admissions([key], CheckpointKind.BOOTH, festival_id, attendee_ids)
        approved = query.join(Booth, Booth.id == Checkpoint.booth_id).where(Booth.status == BoothStatus.APPROVED)
        return _collected(row for row in db.session.execute(approved) if row[1])  # a booth may have no topic

    return supply


def _skills(festival_id: int, attendee_ids: Sequence[int]) -> Mapping[int, Things]:
    """Skills that somebody has shown; the same one at two booths is one."""
    return _collected(
        db.session.execute(
            select(ShownSkill.attendee_id, ShownSkill.skill)
            .join(Checkpoint, Checkpoint.id == ShownSkill.checkpoint_id)
            .where(Checkpoint.festival_id == festival_id, ShownSkill.attendee_id.in_(attendee_ids))
        )
    )


def _visitors(festival_id: int, booth_ids: Sequence[int]) -> Mapping[int, Things]:
    """How many people each approved booth has stamped."""
    rows = db.session.execute(
        select(Checkpoint.booth_id, func.count(Admission.id))
        .join(Admission, Admission.checkpoint_id == Checkpoint.id)
        .join(Booth, Booth.id == Checkpoint.booth_id)
        .where(
            Checkpoint.festival_id == festival_id,
            Booth.id.in_(booth_ids),
            Booth.status == BoothStatus.APPROVED,
        )
        .group_by(Checkpoint.booth_id)
    )
    return _collected((row[0], "stamped", row[1]) for row in rows)


FACTS: dict[str, Supplier] = {
    "entrance": _places(CheckpointKind.ENTRANCE),
    "on_duty": _places(CheckpointKind.VOLUNTEERS),
    "sessions": _sessions(Session.id.expression),
    "session": _sessions(Session.id.expression),
    "workshop": _sessions(Session.workshop_id.expression),
    "session_hours": _session_hours,
    "stamps": _stamps(Booth.id.expression),
    "topics": _stamps(Booth.topic.expression),
    "skills": _skills,
}
"""By the fact's name: who supplies it about attendees."""

FACTS_OF_BOOTHS: dict[str, Supplier] = {"visitors": _visitors}
"""The same about booths."""
