"""The words of working without a network: connection, queue, sync, wiping."""

from __future__ import annotations


def offline_words() -> dict[str, str]:
    """By name, in the language of the page."""
    return {}
