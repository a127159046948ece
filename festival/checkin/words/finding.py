"""The words of finding people, undoing, the direction and the skill shown."""

from __future__ import annotations


def finding_words() -> dict[str, str]:
    """By name, in the language of the page."""
    return {}
