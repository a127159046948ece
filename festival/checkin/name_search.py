"""People by name alone, among a million: where an index begins, and only so far.

People are looked for at their given name (`Attendee.name_key` begins with it) or at the beginning of the whole name,
and if that finds nobody at the family name. Of such a stretch the names alone are read, out of the index, and how many
is limited: who types the beginnings of very common names is asked for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from festival.checkin.finding_statements import BY_NAME, MOST, first_of, has_words, people_at
from festival.core.text import name_key
from festival.extensions import db
from festival.registration.models import Attendee

READ_AT_MOST = 80_000
"""Names that one search reads before it asks for more: some 100 milliseconds."""
READ_FIRST = 5_000
"""Names of each stretch that are read in any case, and first: enough where many fit."""
READ_BESIDE = 10_000
"""Names of a given and a family name together that are read when those of one alone were too many."""
FITTING_AT_MOST = 500
"""Different names that fit, of one stretch: the first people are shown anyway."""
READ_AT_ONCE = 2_000
LOOKED_AT = 60  # more than are shown, because some households have cancelled

_LAST = "\U0010fffd"
"""Sorts after every letter in every collation: what begins with a word lies between the word and the word with this."""

Column = InstrumentedAttribute[str]


def search_by_name(festival_id: int, checkpoint_id: int, names: tuple[str, ...]) -> tuple[list[Any], bool]:
    """People whose names have words beginning with all of these, one of them the given name, all of them the whole
    name, or else one of them the family name; and whether others were not looked at.

    When there are more than are shown, some of them.
    """
    *others, last = names
    words = list(dict.fromkeys([last, *others]))  # the given name is mostly the last word typed
    given = [(Attendee.name_key, word) for word in words]
    given.insert(1, (Attendee.folded_name, " ".join(names)))
    family = [(Attendee.folded_name, word) for word in words]
    search = _Search(festival_id, checkpoint_id, names)
    for stretches in (given, family):
        for column, beginning in stretches:
            too_long = search.look_along(column, beginning, max(READ_FIRST, READ_AT_MOST - search.read))
            if too_long and len(words) > 1 and not search.is_enough:
                # The family name stands next to the given one: with both of them the stretch is short.
                for word in words:
                    search.look_along(column, f"{beginning} {word}", READ_BESIDE)
            search.cut = search.cut or too_long
            if search.is_enough:
                return list(search.found.values()), True
        if search.found:
            break
    return list(search.found.values()), search.cut


class _Search:
    """Who was found so far, how many names were read for it, and whether something was left out."""

    def __init__(self, festival_id: int, checkpoint_id: int, names: tuple[str, ...]) -> None:
        self.festival_id, self.checkpoint_id, self.names = festival_id, checkpoint_id, names
        self.found: dict[int, Any] = {}
        self.read = 0
        self.cut = False

    @property
    def is_enough(self) -> bool:
        return len(self.found) > MOST

    def look_along(self, column: Column, beginning: str, at_most: int) -> bool:
        """Take in who fits of those whose `column` begins so, until there are enough; True if some were left out."""
        left_out = self._read(column, beginning, min(at_most, READ_FIRST))
        if left_out and not self.is_enough and at_most > READ_FIRST:
            return self._read(column, beginning, at_most)
        return left_out

    def _read(self, column: Column, beginning: str, at_most: int) -> bool:
        """The same among the first `at_most`.

        First the names are read, out of the index alone, then people of those names, some at a time: PostgreSQL cannot
        guess how many fit, and would else read whole tables.
        """
        here = (Attendee.festival_id == self.festival_id, column >= beginning, column <= beginning + _LAST)
        others = sorted((name for name in self.names if not beginning.startswith(name)), key=len, reverse=True)
        stretch = select(column.label("name")).where(*here).order_by(column).limit(at_most).subquery()
        fitting = (
            select(stretch.c.name, func.count())
            .where(stretch.c.name.startswith(beginning, autoescape=True), *has_words(others, stretch.c.name))
            .group_by(stretch.c.name)
            .order_by(stretch.c.name)
            .limit(FITTING_AT_MOST)
        )
        counted = db.session.execute(fitting).all()
        for batch in _batches((name, count) for name, count in counted):
            if self._take(column, batch) or self.is_enough:
                return not self.is_enough
        return len(counted) == FITTING_AT_MOST or self._is_longer(here, at_most)

    def _take(self, column: Column, names: list[str]) -> bool:
        """Take in the people of these names who have not cancelled; True when they were too many to look at."""
        # By one column and sorted afterwards: both databases would else walk through everybody, for the order.
        keys = names if column is Attendee.name_key else [name_key(name) for name in names]
        some = select(Attendee.id).where(
            Attendee.festival_id == self.festival_id, Attendee.name_key.in_(keys), Attendee.cancelled_at.is_(None)
        )
        ids = db.session.scalars(some.order_by(*BY_NAME).limit(LOOKED_AT)).all()
        for row in first_of(people_at(self.checkpoint_id).where(Attendee.id.in_(ids))):
            self.found[row.id] = row
        return len(ids) == LOOKED_AT

    def _is_longer(self, here: tuple[ColumnElement[bool], ...], at_most: int) -> bool:
        """Whether the stretch goes on beyond what was read of it; what was read is counted."""
        ahead = select(literal(1)).select_from(Attendee).where(*here).limit(at_most + 1).subquery()
        length = db.session.scalar(select(func.count()).select_from(ahead)) or 0
        self.read += min(length, at_most)
        return length > at_most


def _batches(counted: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    """The names in their order, some at a time, so that about `READ_AT_ONCE` people have them."""
    names: list[str] = []
    people = 0
    for name, count in counted:
        names.append(name)
        people += count
        if people >= READ_AT_ONCE:
            yield names
            names, people = [], 0
    if names:
        yield names
