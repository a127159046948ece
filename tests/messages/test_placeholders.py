"""Words in braces: a flat list, replaced once, nothing evaluated."""

from __future__ import annotations

from festival.messages.placeholders import fill, unknown

WORDS = {"name": "Hoa {link}", "link": "http://x/r/1"}


def test_each_is_replaced_and_what_stands_in_a_value_is_not():
    assert fill("Gửi {name}: {link}, {link}", WORDS) == "Gửi Hoa {link}: http://x/r/1, http://x/r/1"


def test_nothing_is_evaluated_and_unknown_ones_stay():
    text = "{name.upper} {0} {} {link!r} {name:>9} { name } {7*7} %(name)s"

    assert fill(text, WORDS) == text


def test_unknown_ones_are_named_once():
    assert unknown("{ten} {name} {ten} {}", WORDS) == ["{ten}", "{}"]
