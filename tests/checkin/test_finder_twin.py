"""Finding people: the server and the phone without a network give the same people, over the same vectors."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from festival.checkin.finding import find_people
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration
from tests.checkin.conftest import Door

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests/vectors/finding.json"
KNOWN: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
EXPECTED = [{key: search[key] for key in ("outcome", "found", "more")} for search in KNOWN["searches"]]


def labelled(answers: list[dict[str, Any]]) -> list[tuple[str, str, dict[str, Any]]]:
    """Each answer with its rule and what was typed, so that a difference says where it is."""
    return [
        (search["rule"], search["typed"], answer) for search, answer in zip(KNOWN["searches"], answers, strict=True)
    ]


def on_the_phone(node: str, digits: int) -> list[dict[str, Any]]:
    """What the phone finds when it knows so many of the last digits of each phone."""
    runner = Path(__file__).with_name("test_finder_twin.mjs")
    command = [node, str(runner), str(ROOT / "static/door/finding.js"), str(VECTORS), str(digits)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(said.stdout)
    return found


@pytest.fixture
def keys(make_household: Callable[..., Registration]) -> dict[int, str]:
    """The people of the vectors, registered: their keys by their numbers."""
    made: dict[int, str] = {}
    for person in KNOWN["people"]:
        household = make_household(members=1)
        attendee = household.attendees[0]
        household.phone = person["phone"]
        attendee.name, attendee.birth_year = person["name"], person["birth_year"]
        attendee.cancelled_at = now() if person.get("cancelled") else None
        made[attendee.id] = person["key"]
    db.session.commit()
    return made


def test_the_server_finds_what_the_vectors_say(door: Door, festival: Festival, keys: dict[int, str]) -> None:
    answers = []
    for search in KNOWN["searches"]:
        result = find_people(door.paired.device, door.checkpoint.id, search["typed"])
        found = [keys[person.attendee_id] for person in result.people]
        answers.append({"outcome": result.outcome.value, "found": found, "more": result.more})

    assert labelled(answers) == labelled(EXPECTED)


def test_the_phone_finds_what_the_vectors_say(tool: Callable[[str], str]) -> None:
    assert labelled(on_the_phone(tool("node"), digits=12)) == labelled(EXPECTED)


def test_a_phone_that_knows_three_digits_finds_everybody_the_server_does(tool: Callable[[str], str]) -> None:
    for (rule, typed, answer), expected in zip(labelled(on_the_phone(tool("node"), 3)), EXPECTED, strict=True):
        assert answer["outcome"] == expected["outcome"], (rule, typed)
        assert answer["more"] or set(expected["found"]) <= set(answer["found"]), (rule, typed)
