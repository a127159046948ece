"""What the phone lets pass without a network the server takes when it arrives; what one refuses, the other does."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from festival.checkin import walk_in_request
from festival.checkin.scan_request import Unreadable
from festival.checkin.walk_in_request import WalkInRequest, read_walk_in
from festival.registration.models import GUARDIAN_BELOW_AGE, OWN_CONSENT_FROM_AGE
from tests.checkin.test_citizen_card import ROOT, Read, read_by_phone  # noqa: F401 - a fixture

VECTORS: list[dict[str, Any]] = json.loads((ROOT / "tests/vectors/walk_ins.json").read_text())
AGES = {"year": 2026, "guardianBelow": GUARDIAN_BELOW_AGE, "ownConsentFrom": OWN_CONSENT_FROM_AGE}


@pytest.fixture(autouse=True)
def _in_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_in_request, "today", lambda: date(2026, 10, 10))


def as_sent(typed: dict[str, Any]) -> dict[str, Any]:
    """What a phone that checks nothing would send."""
    year = typed["birthYear"]
    return {
        "id": str(uuid4()),
        "scan": str(uuid4()),
        "checkpoint": 1,
        "made_at": "2026-10-10T08:00:00+07:00",
        "language": "vi",
        **{name: typed[name] for name in ("name", "phone", "guardian", "slip", "consents")},
        "birth_year": int(year) if year.isdigit() else None,
    }


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["rule"].replace(" ", "_"))
def test_the_server_judges_as_the_vectors_say(vector: dict[str, Any]) -> None:
    read = read_walk_in(as_sent(vector["typed"]))

    assert (read.field if isinstance(read, Unreadable) else None) == vector["wrong"]


def test_the_phone_judges_as_the_vectors_say_and_the_server_takes_what_it_makes(read_by_phone: Read) -> None:  # noqa: F811
    judged = read_by_phone(people=[{"typed": vector["typed"], "ages": AGES} for vector in VECTORS])["people"]

    for vector, said in zip(VECTORS, judged, strict=True):
        assert said.get("wrong") == vector["wrong"], vector["rule"]
        if person := said.get("person"):
            read = read_walk_in({**as_sent(vector["typed"]), **person})
            assert isinstance(read, WalkInRequest), vector["rule"]
            assert (read.name, read.birth_year) == (person["name"], person["birth_year"])
