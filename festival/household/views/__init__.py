"""A household's own page `/r/<secret>`: what it shows, what may be changed there, and what was agreed to."""

from __future__ import annotations

from festival.household.views import agreeing, changes, looking  # noqa: F401
from festival.household.views.blueprint import bp

__all__ = ["bp"]
