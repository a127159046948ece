"""The same code in front of the camera is one scan: the rule of three seconds, as the scanner's module has it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ([["A", 0], ["A", 2999]], [["A", 0]]),
        ([["A", 0], ["A", 3001]], [["A", 0], ["A", 3001]]),
        ([["A", at] for at in range(0, 20_000, 100)], [["A", 0]]),  # it stays in view
        ([["A", 0], ["B", 100], ["B", 200]], [["A", 0], ["B", 100]]),
        ([["A", 0], ["B", 100], ["A", 200]], [["A", 0], ["B", 100]]),  # slips side by side
        ([["A", 0], *[["AB"[at // 100 % 2], at] for at in range(100, 9000, 100)]], [["A", 0], ["B", 100]]),
        ([["A", 0], ["B", 2000], ["A", 3001]], [["A", 0], ["B", 2000], ["A", 3001]]),
    ],
)
def test_a_code_counts_again_after_three_seconds_out_of_view(
    tool: Callable[[str], str], seen: list[object], counted: list[object]
) -> None:
    runner = Path(__file__).with_name("repeats.mjs")
    command = [tool("node"), str(runner), str(ROOT / "static/door/repeats.js"), json.dumps(seen)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)

    assert json.loads(said.stdout) == counted
