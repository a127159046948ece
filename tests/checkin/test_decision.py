"""The decision at the door: the shared vectors, run by Python and by JavaScript."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from festival.checkin.decision import (
    CheckpointFacts,
    History,
    Record,
    Signature,
    TicketFacts,
    Verdict,
    decide,
)

ROOT = Path(__file__).resolve().parents[2]
VECTORS_PATH = ROOT / "tests" / "vectors" / "scan_decisions.json"
VECTORS: list[dict[str, Any]] = json.loads(VECTORS_PATH.read_text(encoding="utf-8"))
MOMENTS = ("opens_at", "closes_at", "starts_at", "ends_at", "admitted_at", "exited_at")


def with_moments(values: dict[str, Any]) -> dict[str, Any]:
    return {key: datetime.fromisoformat(value) if key in MOMENTS else value for key, value in values.items()}


def ticket_facts(values: dict[str, Any]) -> TicketFacts:
    first = values["valid_from"]
    read = {
        "signature": Signature(values["signature"]),
        "record": Record(values["record"]),
        "valid_from": date.fromisoformat(first) if first else None,
    }
    return TicketFacts(**{**values, **read})


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["rule"] for vector in VECTORS])
def test_python_decides_as_the_vectors_say(vector: dict[str, Any]) -> None:
    verdict = decide(
        ticket_facts(vector["ticket"]),
        CheckpointFacts(**with_moments(vector["checkpoint"])),
        History(**with_moments(vector["history"])),
        datetime.fromisoformat(vector["now"]),
        vector.get("direction", "in"),
    )

    assert verdict is Verdict(vector["verdict"])


def test_javascript_decides_as_the_vectors_say(tool: Callable[[str], str]) -> None:
    runner = Path(__file__).with_name("decide_vectors.mjs")
    command = [tool("node"), str(runner), str(ROOT / "static/door/decision.js"), str(VECTORS_PATH)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)

    assert json.loads(said.stdout) == {"checked": len(VECTORS), "wrong": []}


def test_the_vectors_reach_every_verdict_that_the_decision_can_give() -> None:
    assert {Verdict(vector["verdict"]) for vector in VECTORS} == set(Verdict)


def test_every_rule_has_one_name() -> None:
    rules = [vector["rule"] for vector in VECTORS]

    assert len(rules) == len(set(rules))
