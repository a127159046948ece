"""The call itself: its limits, what is refused, and that one bad scan never stands in the way of the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from festival.checkin import pairing
from festival.checkin.models import Admission, CheckpointKind, Device, DeviceMode, Scan
from festival.core.clock import now
from festival.extensions import db, limiter
from festival.programme.models import Festival
from festival.registration.models import Registration
from tests import factories
from tests.checkin.conftest import Door, admissions, qr_of, scans, tickets_of

Make = Callable[..., Registration]


def test_a_scan_at_a_checkpoint_of_another_door_is_refused_and_not_kept(
    door: Door, festival: Festival, make_household: Make
) -> None:
    elsewhere = factories.make_checkpoint(festival, name="Cổng sau")
    code = qr_of(tickets_of(make_household())[0], festival)

    answer = door.scan(code, checkpoint=elsewhere.id)

    assert answer["refused"] == "checkpoint"
    assert (scans(), admissions()) == (0, 0)


def test_one_poisoned_scan_does_not_block_the_others(door: Door, festival: Festival, make_household: Make) -> None:
    good = [door.scan_of(qr_of(ticket, festival)) for ticket in tickets_of(make_household(members=3))]
    poison = [
        None,
        7,
        {},
        {**door.scan_of("x"), "id": "no-uuid"},
        {**door.scan_of("x"), "id": 5},
        {**door.scan_of("x"), "checkpoint": "1"},
        {**door.scan_of("x"), "checkpoint": True},
        {**door.scan_of("x"), "checkpoint": 2**70},
        door.scan_of("x", code="ABCD2345"),
        door.scan_of(None),
        door.scan_of("x" * 501),
        door.scan_of("x", direction="sideways"),
        door.scan_of("x", offline="no"),
        door.scan_of("x", shown="hello"),
        door.scan_of("x", members=[]),
        door.scan_of("x", members=["1"]),
        door.scan_of("x", members={"1": 2}),
        door.scan_of(None, attendee=-1),
        door.scan_of(None, attendee=1.5),
        *(
            door.scan_of("x", scanned_at=moment)
            for moment in (None, 5, "", "yesterday", "2027-10-10T08:00:00", "0001-01-01T00:00:00+14:00", "9" * 50)
        ),
    ]

    answers = door.send(good[0], *poison, good[1], good[2])

    assert [answers[place].get("verdict") for place in (0, -2, -1)] == ["admitted"] * 3
    assert all("refused" in answer and "verdict" not in answer for answer in answers[1:-2])
    assert scans() == 3


@pytest.mark.parametrize(
    "strange", ["\x00" * 8, "\ud800ABCD234", "đ" * 124, "A" * 124, "=" * 124, "HTTPS://X/Q/" + "ẞ" * 124, "' OR 1=1"]
)
def test_strange_texts_are_unknown_and_do_not_hurt(door: Door, strange: str) -> None:
    answers = door.send(door.scan_of(strange), door.scan_of(code=strange[:40]))

    assert [answer["verdict"] for answer in answers] == ["unknown", "unknown"]


def test_500_scans_are_taken_and_501_are_not(door: Door, festival: Festival, make_household: Make) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    batch = [door.scan_of(code) for _ in range(500)]

    answers = door.send(*batch)
    assert sorted({answer["verdict"] for answer in answers}) == ["admitted", "already_admitted"]
    assert [answer["id"] for answer in answers] == [scan["id"] for scan in batch]
    assert (scans(), admissions()) == (500, 1)

    response = door.browser.post("/door/api/scans", json={"scans": [*batch, door.scan_of(code)]})
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 422),
        (b'{"scans": []}', "application/json", 422),
        (b'{"scans": {}}', "application/json", 422),
        (b'{"scans": []}', "text/plain", 415),
        (b"scans=1", "application/x-www-form-urlencoded", 415),
        (b" " * 1_000_001, "application/json", 413),
    ],
)
def test_what_is_no_call_gets_the_right_refusal(door: Door, body: bytes, kind: str, status: int) -> None:
    response = door.browser.post("/door/api/scans", data=body, content_type=kind)

    assert response.status_code == status
    assert response.json["status"] == status


def test_a_page_of_another_site_cannot_scan(door: Door) -> None:
    scan = door.scan_of(code="ABCD2345")
    response = door.browser.post("/door/api/scans", json={"scans": [scan]}, headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert scans() == 0


def test_who_guesses_codes_waits_with_them_and_all_else_of_the_call_is_taken(
    door: Door, festival: Festival, make_household: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    family = make_household(members=3)
    first, second, third = tickets_of(family)
    door.send(*(door.scan_of(code="ABCD2345") for _ in range(60)))
    made = now() - timedelta(minutes=5)
    offline = {"offline": True, "shown": "admitted", "scanned_at": made.isoformat()}
    typed, known = door.scan_of(code=third.short_code), door.scan_of(attendee=family.attendees[1].id)

    answers = door.send(door.scan_of(qr_of(first, festival), **offline), typed, known, None)

    assert [answer.get("verdict") for answer in answers] == ["admitted", None, "admitted", None]
    assert answers[1] == {"id": typed["id"], "later": True}
    assert answers[3] == {"id": None, "refused": "scan"}
    assert db.session.get(Scan, UUID(typed["id"])) is None
    inside = db.session.scalars(select(Admission.attendee_id).order_by(Admission.attendee_id)).all()
    assert inside == [first.attendee_id, second.attendee_id]


def test_what_had_to_wait_is_taken_when_its_time_has_come(
    door: Door, make_household: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", True)
    (ticket,) = tickets_of(make_household(members=1))
    door.send(*(door.scan_of(code="ABCD2345") for _ in range(60)))
    typed = door.scan_of(code=ticket.short_code)
    assert door.send(typed) == door.send(typed) == [{"id": typed["id"], "later": True}]

    limiter.reset()

    assert door.send(typed)[0]["verdict"] == "admitted"


def test_a_booths_screen_neither_scans_nor_undoes(door: Door, festival: Festival, make_household: Make) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    scan = door.scan_of(code)
    door.send(scan)
    db.session.get_one(Device, door.paired.device.id).mode = DeviceMode.SCREEN
    db.session.commit()
    wish = {"id": "1", "scan": scan["id"], "reason": "Quét nhầm", "undone_at": now().isoformat()}

    answers = [
        door.browser.post("/door/api/scans", json={"scans": [door.scan_of(code)]}),
        door.browser.post("/door/api/undo", json={"undos": [wish]}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (scans(), admissions()) == (1, 1)


@pytest.mark.parametrize("who", ["booth", "kiosk"])
def test_where_nobody_is_found_by_name_nobody_is_named_by_number(
    make_door: Callable[..., Door], festival: Festival, make_household: Make, who: str
) -> None:
    person = make_household(members=1).attendees[0]
    booth = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id)
    door = make_door(checkpoint=booth) if who == "booth" else make_door(mode=DeviceMode.KIOSK)

    assert door.scan(attendee=person.id)["refused"] == "attendee"
    assert (scans(), admissions()) == (0, 0)


def test_a_phone_that_is_not_known_gets_401_and_the_reason(door: Door, app: Flask) -> None:
    scan = door.scan_of(code="ABCD2345")

    answer = app.test_client().post("/door/api/scans", json={"scans": [scan]})

    assert (answer.status_code, answer.json) == (401, {"reason": "unknown"})


def test_a_revoked_phone_hands_in_what_it_has_and_is_told_nothing(
    door: Door, festival: Festival, make_household: Make
) -> None:
    first, second = tickets_of(make_household())
    pairing.revoke(door.paired.device)
    revoked_at = door.paired.device.revoked_at
    db.session.commit()
    before, after = revoked_at - timedelta(minutes=5), revoked_at + timedelta(minutes=5)

    answers = door.send(
        door.scan_of(qr_of(first, festival), offline=True, shown="admitted", scanned_at=before.isoformat()),
        door.scan_of(qr_of(second, festival), scanned_at=after.isoformat()),
    )

    assert [sorted(answer) for answer in answers] == [["id", "kept"]] * 2
    times = db.session.scalars(select(Admission.admitted_at).order_by(Admission.admitted_at)).all()
    assert times == [before, revoked_at]
    refused = door.browser.post("/door/api/people", json={"name": "thu", "checkpoint": door.checkpoint.id})
    assert (refused.status_code, refused.json) == (401, {"reason": "revoked"})


def test_a_phone_that_was_revoked_a_day_ago_hands_in_nothing(door: Door) -> None:
    door.paired.device.revoked_at = now() - timedelta(days=1)
    db.session.commit()

    answer = door.browser.post("/door/api/scans", json={"scans": [door.scan_of(code="ABCD2345")]})

    assert (answer.status_code, answer.json) == (401, {"reason": "revoked"})
    assert scans() == 0


def test_another_phone_does_not_learn_the_answer_to_a_scan_that_is_not_its_own(
    make_door: Callable[..., Door], festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    scan = door_a.scan_of(qr_of(tickets_of(make_household())[0], festival), id=str(uuid4()))
    door_a.send(scan)

    assert door_b.send({**scan, "ticket": None, "code": "ABCD2345"}) == [{"id": scan["id"], "refused": "id"}]


def test_the_phone_is_seen_but_not_written_at_each_scan(door: Door) -> None:
    door.paired.device.last_seen_at = None
    db.session.commit()
    door.scan(code="ABCD2345")
    seen = door.paired.device.last_seen_at
    door.scan(code="ABCD2345")

    assert seen is not None
    assert door.paired.device.last_seen_at == seen
