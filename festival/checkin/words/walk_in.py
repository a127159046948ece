"""The words of walk-ins and the citizen card."""

from __future__ import annotations


def walk_in_words() -> dict[str, str]:
    """By name, in the language of the page."""
    return {}
