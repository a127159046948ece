"""A few workshops that fit a household: by whom they are for, when each person is free, where the family already is.

Pure: it looks at what it is given and takes nothing. A suggestion is only shown, to be ticked or not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from festival.core.text import fold
from festival.programme.models import Session
from festival.registration.signing_up import Member

ENOUGH = 2
"""Who has chosen so many sessions is not shown more."""

OLDEST = 120
AGES_BY_WORD = {
    "mam non": range(3, 7),
    "thieu nhi": range(6, 16),
    "tre em": range(6, 16),
    "children": range(6, 16),
    "kids": range(6, 16),
    "hoc sinh": range(6, 19),
    "pupils": range(6, 19),
    "thanh nien": range(16, 36),
    "youth": range(16, 36),
    "sinh vien": range(18, 26),
    "student": range(18, 26),
    "phu huynh": range(25, 61),
    "parents": range(25, 61),
    "lao dong": range(16, 63),
    "cong nhan": range(16, 63),
    "nguoi di lam": range(16, 63),
    "worker": range(16, 63),
    "huu tri": range(55, OLDEST),
    "retired": range(55, OLDEST),
    "cao tuoi": range(60, OLDEST),
    "nguoi gia": range(60, OLDEST),
    "ong ba": range(60, OLDEST),
    "elder": range(60, OLDEST),
    "senior": range(60, OLDEST),
    "nguoi lon": range(18, OLDEST),
    "adults": range(18, OLDEST),
}
"""Words of an audience, folded, and whom they mean. 60: Luật Người cao tuổi 39/2009/QH12, article 2."""

EVERYBODY = {"moi nguoi", "moi lua tuoi", "moi doi tuong", "gia dinh", "tat ca", "toan dan", "cong dong", "ba con"}
EVERYBODY |= {"everyone", "everybody", "all ages", "families"}

_BETWEEN = re.compile(r"(\d{1,2}) ?(?:-|–|den|toi|to) ?(\d{1,2})")
_FROM = re.compile(r"\b(?:tu|tren|from|over) (?:du )?(\d{1,2})|(\d{1,2}) (?:tuoi )?tro len|(\d{1,2}) ?\+")
_BELOW = re.compile(r"\b(?:duoi|under|below) (\d{1,2})")
_CLASS = re.compile(r"\b(?:lop|khoi|grade|class) \d")
"""Years at school, not years of age."""


def ages_for(audience: str) -> Sequence[range] | None:
    """The ages (years) that an audience such as "Người cao tuổi" or "Trẻ em 8–12 tuổi" names; None: everybody.

    An empty list: a group that an age does not tell, such as "Hộ kinh doanh". Nobody is taken for one of it.
    """
    words = fold(audience)
    numbers = "" if _CLASS.search(words) else words
    if found := _BETWEEN.search(numbers):
        return [range(int(found[1]), int(found[2]) + 1)]
    if found := _FROM.search(numbers):
        return [range(int(next(filter(None, found.groups()))), OLDEST)]
    if found := _BELOW.search(numbers):
        return [range(int(found[1]))]
    named = [ages for word, ages in AGES_BY_WORD.items() if word in words]
    if not named and (not words or any(word in words for word in EVERYBODY)):
        return None
    return named


@dataclass(frozen=True)
class Suggestion:
    """One session for one person: whether it is made for people of that age, and who of the family is there then."""

    key: str
    name: str
    session: Session
    for_their_age: bool
    together_with: tuple[str, ...] = ()


def suggest(
    people: Sequence[tuple[str, Member]],
    sessions: Sequence[Session],
    wishes: Mapping[str, frozenset[int]],
    year: int,
) -> list[Suggestion]:
    """At most one session for each person (by key in the form), in the people's order; none where nothing fits.

    `sessions` are those to come. What is suggested has a seat for everybody it is suggested to, overlaps nothing that
    the person has chosen, and is not the same workshop again. An hour that the family has chosen comes first, then what
    is made for that age, then the hour that suits most of them.
    """
    by_id = {session.id: session for session in sessions}
    chosen = {key: [by_id[i] for i in wishes.get(key, ()) if i in by_id] for key, _member in people}
    wanted = {key: _fitting(member, chosen[key], sessions, year) for key, member in people if len(chosen[key]) < ENOUGH}
    hours, together = (_hours_of(chosen), 3) if any(chosen.values()) else (_best_hour(wanted), 1)
    seats = {session.id: session.seats_left for session in sessions}
    seats = dict(Counter(seats) - Counter(session.id for rows in chosen.values() for session in rows))
    picked: dict[str, tuple[Session, bool]] = {}
    for key, fitting in wanted.items():
        ranked = sorted(
            ((session, theirs) for session, theirs in fitting if seats.get(session.id, 0) > 0),
            key=lambda one: (-2 * one[1] - together * (one[0].starts_at in hours), one[0].starts_at, one[0].id),
        )
        if ranked:
            picked[key] = ranked[0]
            seats[ranked[0][0].id] -= 1
    there = {key: [*chosen[key], *(row for row, _theirs in filter(None, [picked.get(key)]))] for key, _m in people}
    names = {key: member.name for key, member in people}
    return [
        Suggestion(
            key,
            names[key],
            session,
            theirs,
            tuple(
                names[other]
                for other, rows in there.items()
                if other != key and any(row.starts_at == session.starts_at for row in rows)
            ),
        )
        for key, (session, theirs) in picked.items()
    ]


def _fitting(
    member: Member, chosen: Sequence[Session], sessions: Sequence[Session], year: int
) -> list[tuple[Session, bool]]:
    age = year - member.birth_year
    known = {session.workshop_id for session in chosen}
    fitting = []
    for session in sessions:
        ages = ages_for(session.workshop.audience)
        theirs = ages is not None and any(age in each for each in ages)
        free = not any(session.overlaps(other) for other in chosen)
        if free and session.workshop_id not in known and (theirs or ages is None):
            fitting.append((session, theirs))
    return fitting


def _hours_of(chosen: Mapping[str, Sequence[Session]]) -> set[datetime]:
    return {session.starts_at for rows in chosen.values() for session in rows}


def _best_hour(wanted: Mapping[str, Sequence[tuple[Session, bool]]]) -> set[datetime]:
    """The hour that suits most people, those counting double for whom there is something of their age; the earliest."""
    suits: Counter[datetime] = Counter()
    for fitting in wanted.values():
        best: dict[datetime, int] = {}
        for session, theirs in fitting:
            best[session.starts_at] = max(best.get(session.starts_at, 0), 1 + theirs)
        suits.update(best)
    return {min(suits, key=lambda hour: (-suits[hour], hour))} if suits else set()


def reason_for(suggestion: Suggestion, household: int) -> str:
    """Why this session, in words; `household` is how many people are in the form."""
    reasons = []
    if suggestion.for_their_age:
        reasons.append(_("For: %(audience)s", audience=suggestion.session.workshop.audience))
    if len(suggestion.together_with) == household - 1 and household > 2:
        reasons.append(_("the whole family at the same hour"))
    elif suggestion.together_with:
        reasons.append(_("at the same hour as %(names)s", names=", ".join(suggestion.together_with)))
    return " · ".join(reasons) or _("for everybody, and free at that hour")
