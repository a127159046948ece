"""Putting sessions into the timetable: what a change clashes with, whom it touches, and making it.

Whoever judges and then writes holds the festival's row (`lock_timetable`), so that of two organizers who put two
classes into one room at the same moment the second sees the first one's. In the order of all locks: venue, sessions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from festival.core.clock import now
from festival.extensions import db
from festival.programme.clashes import Clash, Sitting, clashes_of_all, fingerprint, sitting_of
from festival.programme.editing import EditOutcome, save
from festival.programme.models import Festival, Session, Workshop


@dataclass(frozen=True)
class Touched:
    """Whom a change of time or place touches: people with a seat (or an offered one) and of how many households they
    are, people who wait, and how many of the seated have another class at the new time."""

    seated: int = 0
    households: int = 0
    waiting: int = 0
    overlapping: int = 0

    def __bool__(self) -> bool:
        return bool(self.seated or self.waiting)


@dataclass(frozen=True)
class Review:
    """What stands against a change, before it is made."""

    clashes: Sequence[Clash] = ()
    touched: Touched = Touched()

    @property
    def mark(self) -> str:
        """What the tick "save all the same" sends: it holds for these clashes and no others."""
        return fingerprint(self.clashes)

    @property
    def may_be_confirmed(self) -> bool:
        """Whether an organizer may want all of it so (`Clash.may_be_confirmed`)."""
        return all(clash.may_be_confirmed for clash in self.clashes)

    def allows(self, confirmed: str, tell: bool) -> bool:
        """Whether it may be made: clashes were agreed to, and that people are told."""
        return (not self.clashes or (self.may_be_confirmed and confirmed == self.mark)) and (tell or not self.touched)


def lock_timetable(festival: Festival) -> None:
    """Nobody else changes this festival's sessions by hand until the transaction ends. Before any session's lock."""
    db.session.execute(select(Festival.id).where(Festival.id == festival.id).with_for_update(key_share=True))


def review_change(festival: Festival, session: Session, values: Mapping[str, Any]) -> Review:
    """What stands against giving a session, new or known, these columns.

    A session whose workshop, place and time stay as they are is not judged: its seats can be changed although
    something else was put beside it meanwhile.
    """
    wanted, is_new = _wanted(session, values), session.id is None
    if is_new:
        return Review(find_clashes(festival, [wanted]))
    before = sitting_of(session)
    if wanted == before:
        return Review()
    return Review(find_clashes(festival, [wanted]), _touched(session, wanted, before))


def _wanted(session: Session, values: Mapping[str, Any]) -> Sitting:
    workshop_id = values.get("workshop_id", session.workshop_id)
    workshop = db.session.get_one(Workshop, workshop_id)
    return Sitting(
        session.id,
        workshop_id,
        workshop.title,
        values["starts_at"],
        values["ends_at"],
        values["room"],
        values.get("booth_id", session.booth_id),
        workshop.host_name,
    )


def find_clashes(festival: Festival, sittings: Sequence[Sitting]) -> list[Clash]:
    """What these sessions would clash with, in the timetable and among each other."""
    since, until = min(s.starts_at for s in sittings), max(s.ends_at for s in sittings)
    query = (
        select(Session)
        .join(Session.workshop)
        .options(contains_eager(Session.workshop))
        .where(Session.festival_id == festival.id, Session.starts_at < until, Session.ends_at > since)
        .order_by(Session.starts_at, Session.id)
    )
    return clashes_of_all(sittings, [sitting_of(session) for session in db.session.scalars(query)], festival)


def _touched(session: Session, wanted: Sitting, before: Sitting) -> Touched:
    """Nobody, where people find time and place as they knew them, and where both are over."""
    if not _is_moved(before, wanted) or max(before.ends_at, wanted.ends_at) <= now():
        return Touched()
    touched: Touched = current_app.extensions["touched_by_move"](session.id, wanted.starts_at, wanted.ends_at)
    return touched


def _is_moved(before: Sitting, after: Sitting) -> bool:
    return replace(before, workshop_id=0, title="", host="") != replace(after, workshop_id=0, title="", host="")


def change_session(session: Session, values: Mapping[str, Any]) -> EditOutcome:
    """Save a session, and tell whoever has booked it of another time or place, in the same transaction.

    Who is told, and in which words, is the registration's (`moved_sessions.tell_of_moved_session`), which the
    programme does not know; the house hands it in.
    """
    is_new = session.id is None
    before = None if is_new else sitting_of(session)
    outcome = save(session, values)
    if outcome is not EditOutcome.SAVED or before is None:
        return outcome
    after = sitting_of(session)
    if _is_moved(before, after) and max(before.ends_at, after.ends_at) > now():
        current_app.extensions["tell_of_moved_session"](session, before.starts_at, before.ends_at)
    return outcome


@dataclass(frozen=True)
class Slot:
    """A time and a room for a copy."""

    starts_at: datetime
    ends_at: datetime
    room: str


def copies_of(session: Session, slots: Collection[Slot]) -> list[Sitting]:
    """A session at other times and places, not made yet."""
    known = sitting_of(session)
    return [
        replace(known, id=None, starts_at=slot.starts_at, ends_at=slot.ends_at, room=slot.room)
        for slot in sorted(slots, key=lambda slot: (slot.starts_at, slot.room))
    ]


def make_copies(session: Session, copies: Sequence[Sitting]) -> EditOutcome:
    """Make all of them, or none: TAKEN if one stands there already. The seats are as many, and free."""
    savepoint = db.session.begin_nested()
    for copy in copies:
        made = Session(festival_id=session.festival_id)
        values = {
            "workshop": session.workshop,
            "booth_id": copy.booth_id,
            "room": copy.room,
            "starts_at": copy.starts_at,
            "ends_at": copy.ends_at,
            "capacity": session.capacity,
        }
        if save(made, values) is not EditOutcome.SAVED:
            savepoint.rollback()
            return EditOutcome.TAKEN
    savepoint.commit()
    return EditOutcome.SAVED
