"""What a certificate is given for: conditions about facts, joined by all, any or at least n; pure, without a database.

Every condition is of one form: things of one kind (sessions attended, booths that stamped, skills shown …), each worth
something, are together worth at least so much. More things never make less of it, so whoever has earned a certificate
does not lose it by going on; that is why there is no "not" and no "at most".

A rule is stored as JSON. A node is `{"need": "all" | "any" | n, "of": [condition or node, …]}`, groups one level deep.
A condition is `{"fact": name}` with `at_least` (1 where it is not said, or all that are named), and `ids` or `names` of
what counts. A household's rule is a node about all its people together, or `{"every_member": node}`, or
`{"some_member": node, "at_least": n}`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Things: TypeAlias = Mapping[int | str, float]
"""Things of one kind that somebody has, each with what it is worth: 1 where they are counted, else hours."""

HOURS = frozenset({"session_hours", "volunteer_hours"})
"""Facts that are measured in hours; all others are counted."""
BY_ID = frozenset({"session", "workshop"})
"""Facts of which those that count are named by their id, and must be."""
BY_NAME = frozenset({"topics", "skills"})
"""Facts of which those that count may be named."""
OF_PEOPLE = (
    "entrance", "sessions", "session_hours", "session", "workshop", "stamps", "topics", "skills",
    "on_duty", "volunteer_hours", "feedback",
)  # fmt: skip
OF_BOOTHS = ("visitors",)
MOST = 10_000
MOST_NODES = 30


class BrokenRuleError(ValueError):
    """What is stored is no rule: an unknown fact, an empty group, more needed than there is."""


@dataclass(frozen=True)
class Condition:
    """Things of `fact` are worth at least so much; with `ids` or `names` only those count."""

    fact: str
    at_least: float = 1
    ids: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[int | str, ...]:
        """What counts; empty: all of the kind."""
        return self.ids or self.names


@dataclass(frozen=True)
class Group:
    """Several nodes, of which all, any or at least so many have to hold."""

    need: int | Literal["all", "any"]
    of: tuple[Condition | Group, ...]

    @property
    def needed(self) -> int:
        """How many of them."""
        return len(self.of) if self.need == "all" else 1 if self.need == "any" else self.need


@dataclass(frozen=True)
class OfMembers:
    """A household's rule: the group holds for so many of its people; None: for each of them."""

    group: Group
    at_least: int | None = None


Rule: TypeAlias = Group | OfMembers


@dataclass(frozen=True)
class Facts:
    """What is known of a holder, by fact; a fact that nobody supplies is not there. Of a household also by member."""

    things: Mapping[str, Things] = field(default_factory=dict)
    members: Mapping[int, Facts] = field(default_factory=dict)


def together(members: Mapping[int, Facts]) -> Facts:
    """The facts of a household: what one of them has counts, what two have (the same booth's stamp) counts once."""
    names = {name for facts in members.values() for name in facts.things}
    joined = {name: _joined(facts.things.get(name, {}) for facts in members.values()) for name in names}
    return Facts(joined, members)


def _joined(all_things: Iterable[Things]) -> Things:
    joined: dict[int | str, float] = {}
    for things in all_things:
        for key, worth in things.items():
            joined[key] = max(worth, joined.get(key, 0))
    return joined


# --- judging -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JudgedCondition:
    """How much of a condition is there. `counted` are the things that count, `missing` those of the named ones that are
    not there; `known`: somebody supplies the fact."""

    condition: Condition
    have: float
    counted: tuple[int | str, ...] = ()
    missing: tuple[int | str, ...] = ()
    known: bool = True

    @property
    def met(self) -> bool:
        """Whether it holds."""
        return self.known and self.have >= self.condition.at_least

    @property
    def left(self) -> float:
        """How much more is needed."""
        return max(0.0, round(self.condition.at_least - self.have, 4))


@dataclass(frozen=True)
class JudgedGroup:
    """What of a group holds, in its order."""

    group: Group
    of: tuple[JudgedCondition | JudgedGroup, ...]

    @property
    def met(self) -> bool:
        """Whether enough of it holds."""
        return self.done >= self.group.needed

    @property
    def done(self) -> int:
        """How many nodes hold, at most as many as are needed."""
        return min(self.group.needed, sum(node.met for node in self.of))


@dataclass(frozen=True)
class JudgedMembers:
    """What holds for which of a household's people, by attendee id."""

    rule: OfMembers
    members: Mapping[int, JudgedGroup]

    @property
    def needed(self) -> int:
        """For how many it has to hold; of nobody at all nothing holds."""
        return max(1, len(self.members)) if self.rule.at_least is None else self.rule.at_least

    @property
    def done(self) -> int:
        """For how many it holds, at most as many as are needed."""
        return min(self.needed, sum(one.met for one in self.members.values()))

    @property
    def met(self) -> bool:
        """Whether it holds for enough."""
        return self.done >= self.needed


Judged: TypeAlias = JudgedGroup | JudgedMembers


def judge(rule: Rule, facts: Facts) -> Judged:
    """What of `rule` holds by `facts`. More facts never make less of it hold."""
    if isinstance(rule, Group):
        return _judge_group(rule, facts)
    return JudgedMembers(rule, {one: _judge_group(rule.group, known) for one, known in facts.members.items()})


def _judge_group(group: Group, facts: Facts) -> JudgedGroup:
    return JudgedGroup(
        group,
        tuple(
            _judge_group(node, facts) if isinstance(node, Group) else _judge_condition(node, facts) for node in group.of
        ),
    )


def _judge_condition(condition: Condition, facts: Facts) -> JudgedCondition:
    things = facts.things.get(condition.fact)
    if things is None:
        return JudgedCondition(condition, 0, missing=condition.named, known=False)
    wanted = condition.named or tuple(things)
    counted = tuple(key for key in wanted if things.get(key))
    have = round(math.fsum(things[key] for key in counted), 4)  # three times twenty minutes are an hour
    return JudgedCondition(condition, have, counted, tuple(key for key in wanted if key not in counted))


def conditions_of(rule: Rule | Group | Condition) -> Iterator[Condition]:
    """Every condition of a rule, in its order."""
    if isinstance(rule, Condition):
        yield rule
        return
    for node in (rule.group if isinstance(rule, OfMembers) else rule).of:
        yield from conditions_of(node)


def facts_used(rule: Rule) -> frozenset[str]:
    """The names of the facts that a rule asks for."""
    return frozenset(condition.fact for condition in conditions_of(rule))


# --- as it is stored ---------------------------------------------------------------------------------------------


def to_json(rule: Rule) -> dict[str, Any]:
    """`rule` as it is stored."""
    if isinstance(rule, Group):
        return _node_to_json(rule)
    if rule.at_least is None:
        return {"every_member": _node_to_json(rule.group)}
    return {"some_member": _node_to_json(rule.group), "at_least": rule.at_least}


def _node_to_json(node: Condition | Group) -> dict[str, Any]:
    if isinstance(node, Group):
        return {"need": node.need, "of": [_node_to_json(one) for one in node.of]}
    at_least = int(node.at_least) if node.at_least == int(node.at_least) else node.at_least
    stored: dict[str, Any] = {"fact": node.fact, "at_least": at_least}
    if node.ids:
        stored["ids"] = list(node.ids)
    if node.names:
        stored["names"] = list(node.names)
    return stored


def from_json(stored: Mapping[str, Any]) -> Rule:
    """The rule that was stored; raises `BrokenRuleError` for anything else, so that nothing is given for no reason."""
    try:
        rule = _rule(stored)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise BrokenRuleError(f"no rule: {wrong}") from wrong
    if sum(1 for _ in conditions_of(rule)) > MOST_NODES:
        raise BrokenRuleError(f"more than {MOST_NODES} conditions")
    return rule


def _rule(stored: Mapping[str, Any]) -> Rule:
    if "every_member" in stored:
        return OfMembers(_group(stored["every_member"]))
    if "some_member" in stored:
        return OfMembers(_group(stored["some_member"]), _whole(stored["at_least"], MOST))
    return _group(stored)


def _group(stored: Mapping[str, Any], depth: int = 1) -> Group:
    if "fact" in stored:
        return Group("all", (_condition(stored),))
    if depth > 2:
        raise BrokenRuleError("groups are one level deep")
    of = tuple(_condition(each) if "fact" in each else _group(each, depth + 1) for each in stored["of"])
    if not of:
        raise BrokenRuleError("an empty group would hold for everybody or for nobody")
    need = stored["need"]
    return Group(need if need in ("all", "any") else _whole(need, len(of)), of)


def _condition(stored: Mapping[str, Any]) -> Condition:
    fact = stored["fact"]
    if fact not in OF_PEOPLE + OF_BOOTHS:
        raise BrokenRuleError(f"unknown fact: {fact}")
    ids = tuple(dict.fromkeys(_whole(each, 2**31 - 1) for each in stored.get("ids", ())))
    names = tuple(dict.fromkeys(stored.get("names", ())))
    if bool(ids) != (fact in BY_ID) or (names and fact not in BY_NAME) or not all(isinstance(n, str) for n in names):
        raise BrokenRuleError(f"what counts of {fact} is not named as it has to be")
    at_least = stored.get("at_least", len(ids or names) or 1)
    if fact not in HOURS:
        return Condition(fact, _whole(at_least, len(ids or names) or MOST), ids, names)
    if isinstance(at_least, bool) or not isinstance(at_least, int | float) or not 0 < at_least <= MOST:
        raise BrokenRuleError(f"so many hours cannot be: {at_least}")
    return Condition(fact, at_least)


def _whole(number: object, most: int) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= most:
        raise BrokenRuleError(f"no number from 1 to {most}: {number}")
    return number
