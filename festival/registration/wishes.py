"""Which sessions a household wishes: offered, foreseen before anything is taken, and the words for each refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from festival.core.clock import local, now
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.booking import SeatOutcome, SeatResult

AFTERNOON = 12


@dataclass(frozen=True)
class PartOfDay:
    """The sessions of one morning or one afternoon."""

    day: date
    afternoon: bool
    sessions: Sequence[Session]


def sessions_to_come(festival: Festival) -> Sequence[Session]:
    """The sessions that have not begun, in order of time."""
    return db.session.scalars(
        select(Session)
        .where(Session.festival_id == festival.id, Session.starts_at > now())
        .order_by(Session.starts_at, Session.room, Session.id)
    ).all()


def parts_of_days(sessions: Sequence[Session]) -> list[PartOfDay]:
    """Sessions, already in order of time, by morning and afternoon."""

    def part(session: Session) -> tuple[date, bool]:
        start = local(session.starts_at)
        return start.date(), start.hour >= AFTERNOON

    return [PartOfDay(day, afternoon, list(rows)) for (day, afternoon), rows in groupby(sessions, part)]


def foresee(
    wishes: Mapping[str, Sequence[Session]],
    names: Mapping[str, str],
    waits: frozenset[int] = frozenset(),
    held: frozenset[tuple[str, int]] = frozenset(),
    waiting: frozenset[tuple[str, int]] = frozenset(),
) -> list[SeatResult]:
    """What would be refused now, without taking anything: `wishes` and `names` by a person's key in the form.

    `waits` are the ids of the sessions that they would wait for. `held` are the (key, session id) that have a seat
    already; one that is no longer wished for counts as free; `waiting` those that wait for one. Somebody may still be
    faster afterwards.
    """
    refused: list[SeatResult] = []
    new = wanted_anew(wishes, held | waiting)
    kept = {(key, session.id) for key, sessions in wishes.items() for session in sessions}
    freed = Counter(session_id for key, session_id in held if (key, session_id) not in kept)
    for key, sessions in wishes.items():
        ordered = sorted(sessions, key=lambda session: session.starts_at)
        for earlier, later in ((a, b) for place, a in enumerate(ordered) for b in ordered[place + 1 :]):
            if earlier.overlaps(later):
                refused.append(SeatResult(SeatOutcome.OVERLAPS, later, who=names[key], conflicting=earlier))
    for session, count in new.items():
        if session.id not in waits and count > session.seats_left + freed[session.id]:
            refused.append(SeatResult(SeatOutcome.FULL, session, seats_left=session.seats_left, wanted=count))
    return refused


def wanted_anew(
    wishes: Mapping[str, Sequence[Session]], standing: frozenset[tuple[str, int]] = frozenset()
) -> Counter[Session]:
    """For how many people each session is asked for, beside those (key, session id) who have or wait for a seat."""
    return Counter(
        session for key, sessions in wishes.items() for session in sessions if (key, session.id) not in standing
    )


def may_wait(refused: Iterable[SeatResult]) -> frozenset[int]:
    """The ids of the refused sessions that one can wait for."""
    return frozenset(result.session.id for result in refused if result.outcome is SeatOutcome.FULL)


def words_for(result: SeatResult) -> str:
    """Why a session could not be had, in a sentence that names it."""
    return str(_words(result))


def _words(result: SeatResult) -> Any:
    title, at = result.session.workshop.title, local(result.session.starts_at).strftime("%H:%M")
    if result.outcome is SeatOutcome.OVERLAPS and result.conflicting is not None:
        return _(
            "%(who)s cannot be in two places at once: “%(title)s” at %(at)s overlaps “%(other)s” at %(other_at)s.",
            who=result.who,
            title=title,
            at=at,
            other=result.conflicting.workshop.title,
            other_at=local(result.conflicting.starts_at).strftime("%H:%M"),
        )
    if result.outcome is SeatOutcome.ANSWER_FIRST:
        return _(
            "Seats in “%(title)s” at %(at)s are kept for some of you. Please say yes or no to them first.",
            title=title,
            at=at,
        )
    if result.outcome is SeatOutcome.STARTED:
        return _("“%(title)s” at %(at)s has begun already.", title=title, at=at)
    if result.seats_left > 0:
        return ngettext(
            "“%(title)s” at %(at)s has only %(num)d seat left, not enough for all of you. Take somebody out, or wait.",
            "“%(title)s” at %(at)s has only %(num)d seats left, not enough for all of you. Take somebody out, or wait.",
            result.seats_left,
            title=title,
            at=at,
        )
    return _("“%(title)s” at %(at)s is full now. Choose another one, or wait for it.", title=title, at=at)
