"""What a phone without a network tells of somebody's bookings: no more than the server does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from festival.checkin.answers import TELLS_BOOKINGS
from festival.checkin.models import CheckpointKind

ROOT = Path(__file__).resolve().parents[2]


def test_bookings_are_told_at_entrances_and_sessions_only(tool: Callable[[str], str]) -> None:
    command = [tool("node"), str(Path(__file__).with_name("booked_lines.mjs")), str(ROOT / "static/door")]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert told == {
        "entrance": ["VNeID", "Ngân hàng số"],
        "session": ["VNeID"],
        "booth": [],
        "volunteers": [],
        "custom": [],
    }
    assert {CheckpointKind(kind) for kind, titles in told.items() if titles} == set(TELLS_BOOKINGS)
