"""The words of the kiosk and of a booth's screen."""

from __future__ import annotations


def screen_words() -> dict[str, str]:
    """By name, in the language of the page."""
    return {}
