"""Rules without a database: what holds, what is refused, and that more never makes less of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.certificates.rules import (
    BY_ID,
    BY_NAME,
    HOURS,
    OF_PEOPLE,
    BrokenRuleError,
    Condition,
    Facts,
    Group,
    OfMembers,
    from_json,
    judge,
    to_json,
    together,
)

KEYS: dict[str, list[int | str]] = {fact: ["a", "b", "c"] if fact in BY_NAME else [1, 2, 3, 4] for fact in OF_PEOPLE}


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    fact = draw(st.sampled_from(OF_PEOPLE))
    some = tuple(draw(st.lists(st.sampled_from(KEYS[fact]), unique=True, min_size=1)))
    ids = some if fact in BY_ID else ()
    names = some if fact in BY_NAME and draw(st.booleans()) else ()
    if fact in HOURS:
        return Condition(fact, draw(st.sampled_from([0.5, 1, 1.5, 4])))
    return Condition(fact, draw(st.integers(1, len(ids or names) or 4)), ids, names)


@st.composite
def groups(draw: st.DrawFn, depth: int = 1) -> Group:
    node = conditions() if depth == 2 else st.one_of(conditions(), groups(depth=2))
    of = tuple(draw(st.lists(node, min_size=1, max_size=4)))
    return Group(draw(st.one_of(st.sampled_from(["all", "any"]), st.integers(1, len(of)))), of)


RULES = st.one_of(groups(), st.builds(OfMembers, groups(), st.one_of(st.none(), st.integers(1, 3))))
WORTHS = st.sampled_from([1, 0.5, 1 / 3])
EVERYTHING = [(fact, key) for fact, keys in KEYS.items() for key in keys]
THINGS = st.tuples(st.integers(1, 3), st.sampled_from(EVERYTHING), WORTHS)
"""A member of a household, a thing, and what it is worth."""


def household(things: list[tuple[int, tuple[str, int | str], float]]) -> Facts:
    members: dict[int, dict[str, dict[int | str, float]]] = {
        member: {fact: {} for fact in OF_PEOPLE} for member in (1, 2, 3)
    }
    for member, (fact, key), worth in things:
        members[member][fact].setdefault(key, worth)
    return together({member: Facts(known) for member, known in members.items()})


@given(RULES, st.lists(THINGS, max_size=30), st.lists(THINGS, min_size=1, max_size=3))
def test_more_never_loses_a_certificate(rule, before, more):
    was, becomes = judge(rule, household(before)), judge(rule, household(before + more))

    assert becomes.done >= was.done
    assert becomes.met >= was.met


@given(RULES)
def test_a_rule_is_read_as_it_was_stored(rule):
    assert from_json(to_json(rule)) == rule


@given(RULES)
def test_whoever_has_everything_has_earned_it_and_whoever_has_nothing_has_not(rule):
    all_of_it = [(member, thing, 4) for member in (1, 2, 3) for thing in EVERYTHING]

    assert judge(rule, household(all_of_it)).met
    assert not judge(rule, household([])).met


def test_a_household_of_nobody_has_earned_nothing():
    rule = OfMembers(Group("all", (Condition("entrance"),)))

    assert not judge(rule, together({})).met


def test_what_two_of_a_family_have_counts_once_together():
    mother = Facts({"stamps": {1: 1, 2: 1}})
    child = Facts({"stamps": {2: 1, 3: 1}})

    assert judge(Group("all", (Condition("stamps", 3),)), together({1: mother, 2: child})).met
    assert not judge(Group("all", (Condition("stamps", 4),)), together({1: mother, 2: child})).met


def test_three_times_twenty_minutes_are_an_hour():
    third = Facts({"session_hours": {1: 1 / 3, 2: 1 / 3, 3: 1 / 3}})

    assert judge(Group("all", (Condition("session_hours", 1),)), third).met


def test_a_fact_that_nobody_supplies_is_not_met_and_says_so():
    found = judge(Group("any", (Condition("feedback"), Condition("entrance"))), Facts({"entrance": {1: 1}}))

    assert found.met
    assert [(one.met, one.known) for one in found.of] == [(False, False), (True, True)]


def test_particular_sessions_are_all_of_them_unless_fewer_are_asked_for():
    stored = {"need": "all", "of": [{"fact": "session", "ids": [7, 8]}]}
    one_is_enough = {"need": "all", "of": [{"fact": "session", "ids": [7, 8], "at_least": 1}]}
    facts = Facts({"session": {8: 1}})

    assert not judge(from_json(stored), facts).met
    assert judge(from_json(one_is_enough), facts).met


ENTRANCE = {"fact": "entrance"}


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"need": "all", "of": []},
        {"need": "none", "of": [ENTRANCE]},
        {"need": 2, "of": [ENTRANCE]},
        {"need": 0, "of": [ENTRANCE]},
        {"need": True, "of": [ENTRANCE]},
        {"of": [ENTRANCE]},
        {"need": "all", "of": "entrance"},
        {"need": "all", "of": [{"fact": "money"}]},
        {"need": "all", "of": [{"fact": "sessions", "at_least": 0}]},
        {"need": "all", "of": [{"fact": "sessions", "at_least": 1.5}]},
        {"need": "all", "of": [{"fact": "session_hours", "at_least": float("nan")}]},
        {"need": "all", "of": [{"fact": "session_hours", "at_least": -1}]},
        {"need": "all", "of": [{"fact": "session"}]},
        {"need": "all", "of": [{"fact": "session", "ids": [1, 2], "at_least": 3}]},
        {"need": "all", "of": [{"fact": "sessions", "ids": [1]}]},
        {"need": "all", "of": [{"fact": "topics", "names": [1]}]},
        {"need": "all", "of": [{"fact": "stamps", "names": ["A01"]}]},
        {"need": "all", "of": [{"need": "any", "of": [{"need": "any", "of": [ENTRANCE]}]}]},
        {"need": "all", "of": [ENTRANCE] * 31},
        {"every_member": {"every_member": {"need": "all", "of": [ENTRANCE]}}},
        {"some_member": {"need": "all", "of": [ENTRANCE]}},
        {"some_member": {"need": "all", "of": [ENTRANCE]}, "at_least": 0},
    ],
)
def test_what_is_no_rule_is_refused_so_that_nothing_is_given_for_no_reason(stored):
    with pytest.raises(BrokenRuleError):
        from_json(stored)
