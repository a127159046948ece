"""What a rule means today: how many would get a certificate by it, what the others are missing, and each one's why."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from festival.certificates.criteria import judge_all, rule_of
from festival.certificates.holders import Holder, column_of, in_print_order, load, name_for
from festival.certificates.models import Certificate, Design
from festival.certificates.rules import (
    Condition,
    Judged,
    JudgedCondition,
    JudgedGroup,
    JudgedMembers,
    Rule,
    conditions_of,
    facts_used,
)
from festival.certificates.ways import Way, people_of, surroundings_of, way_from
from festival.core.paging import PAGE_SIZE, Page
from festival.core.text import fold
from festival.extensions import db
from festival.registration.models import Attendee, Registration

MOST_NAMED = 10


class Shown(enum.Enum):
    """Whom the list shows."""

    ALL = ""
    QUALIFYING = "qualifying"
    MISSING = "missing"


@dataclass(frozen=True)
class Preview:
    """What would come of the rule now. `met_by` counts for each condition those who have met it, in the rule's order;
    of a household's rule about its members, it counts people."""

    holders: int
    qualifying: frozenset[int]
    issued: frozenset[int]
    met_by: tuple[tuple[Condition, int], ...]
    judged: Mapping[int, Judged]

    @property
    def waiting(self) -> int:
        """How many have earned one and have none yet."""
        return len(self.qualifying - self.issued)

    @property
    def missing(self) -> int:
        """How many have not earned one."""
        return self.holders - len(self.qualifying)


@dataclass(frozen=True)
class Row:
    """One holder of the list, with the way in words."""

    holder: Holder
    name: str
    way: Way
    issued: bool

    @property
    def registration_id(self) -> int | None:
        """Of whose household it is about; None of a booth."""
        if isinstance(self.holder, Attendee):
            return self.holder.registration_id
        return self.holder.id if isinstance(self.holder, Registration) else None


def preview_of(design: Design, rule: Rule | None = None) -> Preview:
    """Judge everybody by the design's rule, or by another one to see what it would mean. A few statements for every two
    thousand people."""
    rule = rule or rule_of(design)
    counted: Counter[int] = Counter()
    judged: dict[int, Judged] = {}
    for holder, found in judge_all(design, rule):
        judged[holder] = found
        for group in _groups(found):
            counted.update(place for place, one in enumerate(_leaves(group)) if one.met)
    column = column_of(design.kind)
    issued = db.session.scalars(
        select(column).where(Certificate.design_id == design.id, Certificate.replaced_at.is_(None))
    )
    return Preview(
        holders=len(judged),
        qualifying=frozenset(holder for holder, found in judged.items() if found.met),
        issued=frozenset(holder for holder in issued if holder is not None),
        met_by=tuple((condition, counted[place]) for place, condition in enumerate(conditions_of(rule))),
        judged=judged,
    )


def rows_of(design: Design, preview: Preview, wanted: str, shown: Shown, asked: str | None) -> Page[Row]:
    """One page of the holders in the order of printing: all, those who qualify or those who do not, by part of a
    name."""
    chosen = {
        holder
        for holder in preview.judged
        if shown is Shown.ALL or (holder in preview.qualifying) == (shown is Shown.QUALIFYING)
    }
    ids = in_print_order(design.kind, design.festival_id, chosen)
    if folded := fold(wanted):
        ids = [holder.id for holder in _loaded(design, ids) if folded in fold(name_for(holder))]
    last = max(1, -(-len(ids) // PAGE_SIZE))
    text = asked or "1"
    number = min(max(1, int(text)), last) if text.isascii() and text.isdigit() and len(text) < 10 else 1
    holders = load(design.kind, ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE])
    around = surroundings_of(design.festival, facts_used(rule_of(design)), people_of(holders))
    rows = [
        Row(
            holder,
            name_for(holder),
            way_from(preview.judged[holder.id], around, holder.id),
            holder.id in preview.issued,
        )
        for holder in holders
    ]
    return Page(rows, number, len(ids))


def names_of(design: Design, holders: Collection[int]) -> list[str]:
    """The names of the first of these holders, in the order of printing."""
    ids = in_print_order(design.kind, design.festival_id, holders)[:MOST_NAMED] if holders else []
    return [name_for(holder) for holder in load(design.kind, ids)]


def _loaded(design: Design, ids: Sequence[int]) -> Iterator[Holder]:
    for start in range(0, len(ids), 2_000):
        yield from load(design.kind, ids[start : start + 2_000])


def _groups(found: Judged) -> Iterator[JudgedGroup]:
    if isinstance(found, JudgedMembers):
        yield from found.members.values()
    else:
        yield found


def _leaves(group: JudgedGroup) -> Iterator[JudgedCondition]:
    for node in group.of:
        if isinstance(node, JudgedGroup):
            yield from _leaves(node)
        else:
            yield node
