"""What strangers send as walk-ins: each judged by itself, what makes no sense is named, what can be tidied is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from festival.checkin.models import DeviceMode
from festival.core.clock import today
from festival.extensions import db, limiter
from festival.programme.models import Festival
from festival.registration.models import Registration
from tests.checkin.conftest import Door, scans
from tests.checkin.test_walk_ins import count, send, the_registration, walk_in, walk_in_of
from tests.factories import make_checkpoint


def test_each_walk_in_is_judged_by_itself(door: Door) -> None:
    answers = send(door, walk_in_of(door, name=""), None, [], walk_in_of(door), "x", {"id": 7})

    assert [answer["outcome"] for answer in answers] == [
        *("invalid", "invalid", "invalid", "registered", "invalid", "invalid")
    ]
    assert [answer.get("field") for answer in answers] == ["name", "walk_in", "walk_in", None, "walk_in", "id"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x" * 36),
        ("scan", None),
        ("checkpoint", 2**31),
        ("checkpoint", True),
        ("name", " \u200b\x00 "),
        ("name", "ạ" * 10_000),
        ("name", 7),
        ("name", {"a": 1}),
        ("birth_year", 1899),
        ("birth_year", today().year + 1),
        ("birth_year", "1958"),
        ("birth_year", 1958.5),
        ("birth_year", 10**30),
        ("ward", "99999"),
        ("ward", "=cmd()"),
        ("ward", "²²²²²"),
        ("phone", "123"),
        ("phone", "<script>"),
        ("language", "fr"),
        ("language", None),
        ("consents", "taking_part"),
        ("consents", ["taking_part", 7]),
        ("consents", ["taking_part", "everything"]),
        ("slip", "SHORT"),
        ("slip", "ạ" * 10_000),
        ("slip", -1),
        ("slip", 2**31),
        ("made_at", "yesterday"),
        ("made_at", "2026-01-01T00:00:00"),
        ("offline", 1),
        ("shown", "free"),
    ],
)
def test_what_makes_no_sense_is_named(door: Door, field: str, value: Any) -> None:
    answer = walk_in(door, **{field: value})

    assert (answer["outcome"], answer["field"]) == ("invalid", field)
    assert (count(Registration), scans()) == (0, 0)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (unicodedata.normalize("NFD", "  Đỗ  Thị Ửng "), "Đỗ Thị Ửng"),
        ("An\x00h 👩\u202e", "Anh 👩"),
        ("<script>alert(7)</script>", "<script>alert(7)</script>"),
        ("=cmd()", "=cmd()"),
        ("A\ud800n", "An"),
    ],
)
def test_a_name_is_tidied_before_it_is_kept(door: Door, typed: str, kept: str) -> None:
    assert walk_in(door, name=typed)["outcome"] == "registered"
    assert the_registration().attendees[0].name == kept


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"walk_ins": []}, 422), ({"walk_ins": "x"}, 422), ([], 400)])
def test_a_call_without_walk_ins_is_refused(door: Door, body: Any, status: int) -> None:
    assert door.browser.post("/door/api/walk-ins", json=body).status_code == status


def test_at_most_fifty_a_call(door: Door) -> None:
    sent = [{}] * 51

    assert door.browser.post("/door/api/walk-ins", json={"walk_ins": sent}).status_code == 413


def test_another_checkpoint_is_not_this_phones(door: Door, make_door: Callable[..., Door], festival: Festival) -> None:
    other = make_checkpoint(festival, name="Cổng sau")

    assert walk_in(door, checkpoint=other.id)["field"] == "checkpoint"


@pytest.mark.parametrize("mode", [DeviceMode.KIOSK, DeviceMode.SCREEN])
def test_only_phones_of_the_staff_write_people_down(door: Door, mode: DeviceMode) -> None:
    door.paired.device.mode = mode
    db.session.commit()

    assert door.browser.post("/door/api/walk-ins", json={"walk_ins": [walk_in_of(door)]}).status_code == 403


def test_a_phone_that_writes_down_hundreds_has_to_wait(door: Door) -> None:
    limiter.enabled = True
    try:
        limiter.reset()
        sent = {"walk_ins": [{}] * 50}
        codes = [door.browser.post("/door/api/walk-ins", json=sent).status_code for _ in range(7)]
    finally:
        limiter.enabled = False
    assert codes == [200] * 6 + [429]
