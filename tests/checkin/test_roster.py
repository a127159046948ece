"""The roster of a phone: what is in it, and who gets it at all."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from festival.checkin import headcount, pairing
from festival.checkin.calls import roster as calls
from festival.checkin.models import CheckpointKind, Device, Lease, Scan, Slip
from festival.core.clock import now, today
from festival.extensions import db, limiter
from festival.programme.models import Festival, Session
from festival.registration.models import Registration
from tests import factories
from tests.checkin.conftest import Door, pass_of, qr_of, tickets_of
from tests.checkin.rosters import admit, age_everything, ask, get, passed, sync

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]
MakeSession = Callable[..., Session]


@pytest.fixture(autouse=True)
def forget_counts() -> None:
    headcount._lately.clear()


# --- what is in it ---------------------------------------------------------------------------------------------


def test_the_phone_gets_its_checkpoints_its_device_and_the_festival(
    make_door: MakeDoor, festival: Festival, make_session: MakeSession
) -> None:
    session = make_session(title="Lớp VNeID", day=today())
    entrance = factories.make_checkpoint(festival, re_entry=False)
    room = factories.make_checkpoint(festival, CheckpointKind.SESSION, name="Lớp", session_id=session.id, walk_ins=True)
    gift = factories.make_checkpoint(festival, CheckpointKind.CUSTOM, name="Quà", stock=40, stock_taken=3)
    door = make_door(checkpoints=[entrance, room, gift])

    body = ask(door)

    assert body["scope"] == "all"
    assert (body["more"], body["reset"]) == (False, False)
    assert body["festival"]["id"] == festival.id
    assert body["festival"]["over"] is False
    assert base64.urlsafe_b64decode(body["festival"]["public_key"] + "=") == festival.public_key
    assert body["device"] == {
        "id": door.paired.device.id, "name": "Cửa A", "on_duty": "Tình nguyện viên", "mode": "staff",
    }  # fmt: skip
    by_id = {place["id"]: place for place in body["checkpoints"]}
    assert by_id[entrance.id]["kind"] == "entrance"
    assert by_id[entrance.id]["re_entry"] is False
    assert (by_id[room.id]["session"], by_id[room.id]["room"]) == (session.id, session.room)
    assert by_id[room.id]["starts_at"] == session.starts_at.isoformat()
    assert by_id[gift.id]["stock_left"] == 37
    assert body["sessions"][0][:3] == [session.id, "Lớp VNeID", session.room]
    assert body["headcount"] == {
        "inside": 0, "total": 0, "capacity": 1500, "percent": 0, "waiting": 0, "doors_late": 0,
    }  # fmt: skip


def test_a_person_comes_with_ticket_pass_bookings_and_admissions(
    door: Door, festival: Festival, make_household: Make, make_session: MakeSession
) -> None:
    session = make_session()
    family = make_household(members=2, sessions=(session,))
    admission = admit(door, family.attendees[0])

    people, _since = sync(door)

    first = people[family.attendees[0].id]
    assert first == {
        "attendee": family.attendees[0].id,
        "registration": family.id,
        "name": "Nguyễn Thị Thử",
        "birth_year": 1985,
        "phone_tail": "5678",
        "ticket": tickets_of(family)[0].id,
        "short_code": tickets_of(family)[0].short_code,
        "pass_ticket": pass_of(family).id,
        "pass_code": pass_of(family).short_code,
        "flags": 0,
        "bookings": {str(session.id): "c"},
        "admissions": [[door.checkpoint.id, int(admission.admitted_at.timestamp() * 1000), "Cửa A", 0]],
        "stamps": 0,
    }
    assert people[family.attendees[1].id]["admissions"] == []


def test_revoked_tickets_and_cancelled_people_are_flagged(door: Door, make_household: Make) -> None:
    lost, gone, pass_lost = (make_household(members=1) for _ in range(3))
    tickets_of(lost)[0].revoked_at = now()
    gone.attendees[0].cancelled_at = now()
    pass_of(pass_lost).revoked_at = now()
    db.session.commit()

    people, _since = sync(door)

    assert [people[one.attendees[0].id]["flags"] for one in (lost, gone, pass_lost)] == [1, 2, 4]


def test_who_went_out_is_known_with_the_moment_until_coming_back(door: Door, make_household: Make) -> None:
    person = make_household(members=1).attendees[0]
    admit(door, person, timedelta(hours=3))
    passed(door, person, "in", timedelta(hours=3))
    passed(door, person, "out", timedelta(hours=2))
    people, since = sync(door)
    ((_place, came, _door, went),) = people[person.id]["admissions"]
    assert (went - came) // 3_600_000 == 1

    passed(door, person, "in", timedelta(hours=1))

    ((again,),) = (one["admissions"] for one in ask(door, since)["people"])
    assert again[1] > went
    assert again[3] == 0


def test_going_out_by_another_entrance_counts_and_what_was_undone_does_not(
    door: Door, festival: Festival, make_household: Make
) -> None:
    back = factories.make_checkpoint(festival, name="Cổng sau")
    people = make_household(members=2).attendees
    for person in people:
        admit(door, person, timedelta(hours=3))
        passed(door, person, "in", timedelta(hours=3))
        passed(door, person, "out", timedelta(hours=2), checkpoint=back.id)
    wrong = db.session.scalars(select(Scan).where(Scan.attendee_id == people[1].id, Scan.direction == "out")).one()
    wrong.undone_at = now()
    db.session.commit()

    known, _since = sync(door)

    assert known[people[0].id]["admissions"][0][3] > 0
    assert known[people[1].id]["admissions"][0][3] == 0


def test_stamps_are_counted_only_for_a_phone_that_gives_prizes(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    family = make_household(members=2)
    plain = make_door()
    prize = factories.make_checkpoint(festival, CheckpointKind.CUSTOM, name="Giải", stamps_needed=2)
    shared = factories.make_checkpoint(festival, CheckpointKind.CUSTOM, name="Quà", stamps_needed=2, per_household=True)
    giver, family_giver = make_door("Quà A", checkpoint=prize), make_door("Quà B", checkpoint=shared)
    (_, own), (_, together) = sync(giver), sync(family_giver)
    age_everything()
    booths = [
        factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id)
        for _ in range(3)
    ]
    for person, stamped in zip(family.attendees, (booths[:2], booths[1:]), strict=True):
        for booth in stamped:
            admit(plain, person, checkpoint=booth.id)

    assert {one["stamps"] for one in sync(plain)[0].values()} == {0}
    assert {one["stamps"] for one in ask(giver, own)["people"]} == {2}
    assert {one["stamps"] for one in ask(family_giver, together)["people"]} == {3}


# --- who asks --------------------------------------------------------------------------------------------------


def test_a_revoked_phone_and_a_stranger_are_refused_with_the_reason(app: Flask, door: Door) -> None:
    pairing.revoke(db.session.get_one(Device, door.paired.device.id))
    db.session.commit()

    answers = [get(door), app.test_client().get("/door/api/roster")]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert [answer.json for answer in answers] == [{"reason": "revoked"}, {"reason": "unknown"}]


def test_a_phone_revoked_at_this_very_moment_is_given_nothing(
    door: Door, make_household: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the gate, which let it pass, and the answer."""
    make_household(members=1)
    begin = calls.begin_writing

    def revoke_first() -> None:
        db.session.commit()
        db.session.execute(update(Device).values(revoked_at=now()))
        begin()

    monkeypatch.setattr(calls, "begin_writing", revoke_first)
    answer = get(door)

    assert (answer.status_code, answer.json) == (401, {"reason": "revoked"})
    assert db.session.scalars(select(Lease)).all() == []


def test_a_phone_that_asks_without_end_is_told_to_wait_and_others_are_not(
    make_door: MakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, other = make_door(), make_door("Cửa B")
    monkeypatch.setattr(limiter, "enabled", True)
    monkeypatch.setattr(calls, "CALLS", "2 per minute")

    statuses = [get(door).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert get(other).status_code == 200


def test_what_the_phone_says_of_itself_is_kept_and_nonsense_is_not(door: Door) -> None:
    ask(door, waiting=14, clock_offset_ms=-90_000)
    for nonsense in ("", "x", "-", "²", "9" * 30, "1.5", "-5"):
        ask(door, waiting=nonsense, clock_offset_ms="x" + nonsense)
    db.session.expire_all()
    device = db.session.get_one(Device, door.paired.device.id)

    assert (device.waiting, device.clock_offset_ms) == (14, -90_000)
    assert device.last_seen_at is not None
    assert now() - device.last_seen_at < timedelta(seconds=30)


def test_leases_are_filled_up_and_told(door: Door, festival: Festival) -> None:
    (place,) = ask(door)["checkpoints"]

    assert place["lease"] == 10
    db.session.refresh(festival)
    assert festival.places_taken == 10


def test_only_the_devices_own_blank_slips_come_until_they_are_used(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door, other = make_door(), make_door("Cửa B")
    own, used, strange = (
        Slip(festival_id=festival.id, device_id=device_id, short_code=code)
        for device_id, code in (
            (door.paired.device.id, "AAAA2222"),
            (door.paired.device.id, "BBBB2222"),
            (other.paired.device.id, "CCCC2222"),
        )
    )
    used.ticket_id = tickets_of(make_household(members=1))[0].id
    db.session.add_all((own, used, strange))
    db.session.commit()

    codes = {slip["short_code"]: slip["ticket"] for slip in ask(door)["slips"]}

    assert "AAAA2222" in codes
    assert codes["AAAA2222"].startswith("HTTP://FESTIVAL.TEST/Q/")
    assert not {"BBBB2222", "CCCC2222"} & codes.keys()


def test_what_a_scan_changes_reaches_the_other_phones(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    here = make_door()
    there = make_door("Cửa B", checkpoint=here.checkpoint)
    family = make_household(members=1)
    age_everything()
    _people, since = sync(there)
    age_everything()
    here.scan(qr_of(tickets_of(family)[0], festival))

    (person,) = ask(there, since)["people"]

    assert [entry[2] for entry in person["admissions"]] == ["Cửa A"]
