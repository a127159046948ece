"""Changing a rule step by step: a condition more, one less, how many of a group, how many of a family."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Literal, TypeAlias

from festival.certificates.criteria import rule_of
from festival.certificates.models import CertificateKind, Design
from festival.certificates.rules import (
    MOST_NODES,
    OF_BOOTHS,
    OF_PEOPLE,
    BrokenRuleError,
    Condition,
    Group,
    OfMembers,
    Rule,
    conditions_of,
    from_json,
    to_json,
)

Need: TypeAlias = int | Literal["all", "any"]
Members: TypeAlias = int | Literal["every", "together"]
"""For whom of a family a rule has to hold: so many, each, or all of them together as if they were one."""


def facts_for(kind: CertificateKind) -> tuple[str, ...]:
    """The facts that a rule of that kind may ask for."""
    return OF_BOOTHS if kind is CertificateKind.HOST else OF_PEOPLE


def version_of(design: Design) -> str:
    """What the rule is now, as a short mark: a form that was made for another state is not obeyed."""
    stored = json.dumps(to_json(rule_of(design)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


def keep(design: Design, rule: Rule) -> None:
    """Give the design that rule; raises `BrokenRuleError` as `check`. The caller commits."""
    check(design, rule)
    design.rule = to_json(rule)


def check(design: Design, rule: Rule) -> None:
    """Raises `BrokenRuleError` for a rule that could not be read again, or is about other holders than the design's."""
    from_json(to_json(rule))
    if {one.fact for one in conditions_of(rule)} - set(facts_for(design.kind)):
        raise BrokenRuleError("a fact of other holders")
    if isinstance(rule, OfMembers) and design.kind is not CertificateKind.HOUSEHOLD:
        raise BrokenRuleError("only households have members")


def group_of(rule: Rule) -> Group:
    """The conditions, whoever they are about."""
    return rule.group if isinstance(rule, OfMembers) else rule


def members_of(rule: Rule) -> Members:
    """For whom of a family it has to hold."""
    if isinstance(rule, Group):
        return "together"
    return "every" if rule.at_least is None else rule.at_least


def add(rule: Rule, condition: Condition, place: str) -> Rule:
    """With one condition more: at the end (`place` empty), in a group (its number), or in a new group ("new")."""
    group = group_of(rule)
    if sum(1 for _ in conditions_of(rule)) >= MOST_NODES:
        raise BrokenRuleError(f"more than {MOST_NODES} conditions")
    if place == "":
        return _with(rule, replace(group, of=(*group.of, condition)))
    if place == "new":
        return _with(rule, replace(group, of=(*group.of, Group("any", (condition,)))))
    number, inner = _inner(group, place)
    return _with(rule, _put(group, number, replace(inner, of=(*inner.of, condition))))


def remove(rule: Rule, path: str) -> Rule:
    """Without the condition at "2", or at "2.0" in a group; a group that is empty goes too. The last one of all stays:
    raises `BrokenRuleError`, as for a place where nothing is."""
    group = group_of(rule)
    if sum(1 for _ in conditions_of(rule)) < 2:
        raise BrokenRuleError("a rule needs a condition")
    if "." not in path:
        return _with(rule, _without(group, _number(group, path)))
    number, inner = _inner(group, path.split(".", 1)[0])
    left = _without(inner, _number(inner, path.split(".", 1)[1]))
    return _with(rule, _put(group, number, left) if left.of else _without(group, number))


def set_need(rule: Rule, path: str, need: Need) -> Rule:
    """With another number of nodes that have to hold: of the whole (`path` empty) or of a group."""
    group = group_of(rule)
    if path == "":
        return _with(rule, _needing(group, need))
    number, inner = _inner(group, path)
    return _with(rule, _put(group, number, _needing(inner, need)))


def set_members(rule: Rule, members: Members) -> Rule:
    """For others of a family."""
    group = group_of(rule)
    if members == "together":
        return group
    return OfMembers(group, None if members == "every" else members)


def _with(rule: Rule, group: Group) -> Rule:
    return replace(rule, group=group) if isinstance(rule, OfMembers) else group


def _put(group: Group, number: int, node: Group) -> Group:
    return replace(group, of=(*group.of[:number], node, *group.of[number + 1 :]))


def _without(group: Group, number: int) -> Group:
    of = (*group.of[:number], *group.of[number + 1 :])
    need = group.need if isinstance(group.need, str) else max(1, min(group.need, len(of)))
    return Group(need, of)


def _needing(group: Group, need: Need) -> Group:
    if not isinstance(need, str) and not 1 <= need <= len(group.of):
        raise BrokenRuleError("more than there is")
    return replace(group, need=need)


def _number(group: Group, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(group.of)):
        raise BrokenRuleError(f"nothing stands at {text}")
    return int(text)


def _inner(group: Group, text: str) -> tuple[int, Group]:
    number = _number(group, text)
    inner = group.of[number]
    if not isinstance(inner, Group):
        raise BrokenRuleError(f"no group stands at {text}")
    return number, inner
