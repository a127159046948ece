"""The way to a certificate, in words: "2 of 3 done", what is left, where and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from festival.certificates.criteria import Standing, explain, judged, rule_of, standings_by
from festival.certificates.designs import find_standard_design
from festival.certificates.holders import Holder
from festival.certificates.models import Design
from festival.certificates.rule_words import (
    ASK_SESSIONS,
    Programme,
    left_of,
    number,
    programme_for,
    words_of,
    words_of_need,
)
from festival.certificates.rules import Judged, JudgedCondition, JudgedGroup, JudgedMembers, facts_used
from festival.certificates.where import places_for
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee, Booking, BookingState, Registration


@dataclass(frozen=True)
class Line:
    """One thing to do: in words, whether it is done, how much is left of it, where and when it can be done."""

    words: str
    met: bool
    left: str = ""
    where: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    """Of a group or a household: what it consists of."""

    @property
    def to_do(self) -> str:
        """What is left, in a few words."""
        if self.left or not self.lines:
            return self.left or self.words
        return f"{self.words} {' / '.join(line.words for line in self.lines)}"


@dataclass(frozen=True)
class Way:
    """How far somebody has come: `done` of `total`, which are things to do, or hours, sessions, stamps where there is
    one thing only, or people of a household."""

    done: float
    total: float
    met: bool
    lines: tuple[Line, ...]

    @property
    def progress(self) -> str:
        """ "2 of 3 done"."""
        return str(_("%(done)s of %(total)s done", done=number(self.done), total=number(self.total)))

    @property
    def left(self) -> tuple[str, ...]:
        """What is left, each thing in a few words."""
        return tuple(line.to_do for line in self.lines if not line.met)

    @property
    def explanation(self) -> str:
        """One or two sentences: how far, and what is left."""
        if self.met:
            return str(_("Everything for the certificate is done."))
        return str(_("%(progress)s. Still to do: %(left)s.", progress=self.progress, left="; ".join(self.left)))


@dataclass(frozen=True)
class Surroundings:
    """What the words are made from beside what was judged. `booked`: confirmed sessions by attendee; `names`: people's,
    by attendee; without `at` it is not said where and when."""

    programme: Programme
    booked: Mapping[int, Collection[int]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """Where a holder stands with a design: the standing, and the way there. No design: a festival's certificate of
    participation that nobody has touched yet."""

    design: Design | None
    standing: Standing
    way: Way

    @property
    def name(self) -> str:
        """The certificate's."""
        return self.design.name if self.design else str(_("Certificate of participation"))

    @property
    def by_residents(self) -> bool:
        """Whether whoever has earned it takes it at once."""
        return self.design is None or self.design.by_residents

    @property
    def words(self) -> str:
        """In one or two sentences."""
        return self.way.explanation if self.standing is Standing.NOT_EARNED else explain(self.standing)


def way_of(holder: Holder, design: Design | None = None) -> Way:
    """The way of one holder to a certificate by `design`; without one: by that of participation."""
    return progress_of([holder], design)[holder.id].way


def progress_of(holders: Sequence[Holder], design: Design | None = None) -> dict[int, Progress]:
    """Where these holders of one festival stand and what their way is, by id; a handful of statements for all."""
    if not holders:
        return {}
    festival_id = holders[0].festival_id
    design = design or find_standard_design(festival_id)
    found = judged(design, festival_id, [holder.id for holder in holders])
    standing = standings_by(holders, design, found)
    around = surroundings_of(db.session.get_one(Festival, festival_id), facts_used(rule_of(design)), people_of(holders))
    return {
        holder.id: Progress(design, standing[holder.id], way_from(found[holder.id], around, holder.id))
        for holder in holders
    }


def surroundings_of(festival: Festival, facts: Collection[str], people: Iterable[Attendee]) -> Surroundings:
    """What the words about these facts of these people need, at this moment: at most four statements."""
    people = list(people)
    booked: dict[int, set[int]] = {}
    if not ASK_SESSIONS.isdisjoint(facts) and people:
        rows = db.session.execute(
            select(Booking.attendee_id, Booking.session_id).where(
                Booking.attendee_id.in_([one.id for one in people]), Booking.state == BookingState.CONFIRMED
            )
        )
        for attendee_id, session_id in rows:
            booked.setdefault(attendee_id, set()).add(session_id)
    return Surroundings(programme_for(festival, facts), booked, {one.id: one.name for one in people}, now())


def people_of(holders: Iterable[Holder]) -> list[Attendee]:
    """The people whom holders are or consist of; of many households in one statement."""
    holders = list(holders)
    households = [holder.id for holder in holders if isinstance(holder, Registration)]
    people = [holder for holder in holders if isinstance(holder, Attendee)]
    if households:
        people.extend(db.session.scalars(select(Attendee).where(Attendee.registration_id.in_(households))))
    return people


def way_from(found: Judged, around: Surroundings, attendee_id: int | None = None) -> Way:
    """What was judged, in words. `attendee_id`: whose bookings are spoken of."""
    if isinstance(found, JudgedMembers):
        lines = tuple(_line_of_member(member, one, around) for member, one in found.members.items())
        return Way(found.done, found.needed, found.met, lines)
    return _way_of_group(found, around, attendee_id)


def _way_of_group(found: JudgedGroup, around: Surroundings, attendee_id: int | None) -> Way:
    lines = _lines(found, around, attendee_id)
    if len(found.of) > 1:
        if found.group.needed < len(found.of):
            lines = (Line(words_of_need(found.group), found.met, lines=lines),)
        return Way(found.done, found.group.needed, found.met, lines)
    only = found.of[0]
    if isinstance(only, JudgedGroup):
        return _way_of_group(only, around, attendee_id)
    return Way(min(only.have, only.condition.at_least), only.condition.at_least, only.met, lines)


def _lines(found: JudgedGroup, around: Surroundings, attendee_id: int | None) -> tuple[Line, ...]:
    return tuple(
        Line(words_of_need(node.group), node.met, lines=_lines(node, around, attendee_id))
        if isinstance(node, JudgedGroup)
        else _line(node, around, attendee_id)
        for node in found.of
    )


def _line(found: JudgedCondition, around: Surroundings, attendee_id: int | None) -> Line:
    where: tuple[str, ...] = ()
    if around.at is not None and not found.met:
        booked = around.booked.get(attendee_id, ()) if attendee_id is not None else ()
        where = places_for(found, around.programme, booked, around.at)
    return Line(words_of(found.condition, around.programme), found.met, left_of(found), where)


def _line_of_member(attendee_id: int, found: JudgedGroup, around: Surroundings) -> Line:
    way = _way_of_group(found, around, attendee_id)
    name = around.names.get(attendee_id, "")
    if way.met:
        return Line(name, True)
    return Line(name, False, left=f"{name}: {', '.join(way.left)}", lines=way.lines)
