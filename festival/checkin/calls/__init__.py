"""The calls that a paired phone makes: JSON in, JSON out, below /door/api."""

from __future__ import annotations

from festival.checkin.calls import duty, people, roster, scans, undo, walk_ins  # noqa: F401
from festival.checkin.calls.blueprint import bp

__all__ = ["bp"]
