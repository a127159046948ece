"""A phone that is paired again, or given other checkpoints, brings what it made before: at its times, as its door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from festival.checkin import leases, pairing, slips
from festival.checkin.checkpoints import Removal, remove
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, DeviceMode, Lease, Scan, Slip
from festival.checkin.paired_again import change_checkpoints
from festival.core.clock import now, today
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration
from tests import factories, invariants
from tests.checkin.conftest import Door, admissions, qr_of, scans, tickets_of

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]


@pytest.fixture
def old(make_door: MakeDoor, festival: Festival) -> Door:
    """A phone that was paired four hours ago, as door A."""
    festival.first_day = today() - timedelta(days=1)
    door = make_door("Cửa A")
    door.paired.device.paired_at = now() - timedelta(hours=4)
    db.session.commit()
    return door


@pytest.fixture
def code(festival: Festival, make_household: Make, old: Door) -> str:
    return qr_of(tickets_of(make_household(members=1))[0], festival)


def ago(**time: float) -> datetime:
    moment: datetime = now() - timedelta(**time)
    return moment


def green(moment: datetime) -> dict[str, Any]:
    return {"offline": True, "shown": "admitted", "scanned_at": moment.isoformat()}


def pair_again(browser: FlaskClient, checkpoint: Checkpoint, name: str = "Cửa B", **values: Any) -> Door:
    """The phone in this browser reads a pairing code of that checkpoint's festival."""
    _, secret = pairing.invite_phone(checkpoint.festival, name, [checkpoint], None, **values)
    db.session.commit()
    assert browser.post(f"/door/pair/{secret}", data={"on_duty": "Chị Lan"}).status_code == 302
    device = db.session.scalars(select(Device).order_by(Device.id.desc()).limit(1)).one()
    return Door(factories.PairedDevice(device, ""), browser, checkpoint)


def undo(door: Door, scan_id: str, at: datetime) -> str:
    wish = {"id": str(uuid4()), "scan": scan_id, "reason": "Quét nhầm", "undone_at": at.isoformat()}
    (said,) = door.browser.post("/door/api/undo", json={"undos": [wish]}).json["answers"]
    return str(said["outcome"])


def test_what_it_scanned_before_keeps_its_time_and_its_door(
    old: Door, make_door: MakeDoor, festival: Festival, code: str
) -> None:
    moment = ago(hours=3)
    make_door("Cửa C", checkpoint=old.checkpoint).scan(code, **green(ago(hours=2)))
    new = pair_again(old.browser, old.checkpoint)

    answer = new.scan(code, **green(moment))

    assert answer["verdict"] == "admitted"
    admission = db.session.scalars(select(Admission)).one()
    assert (str(admission.scan_id), admission.admitted_at) == (answer["id"], moment)
    assert admission.device_id == old.paired.device.id
    assert db.session.get_one(Device, old.paired.device.id).revoked_at is not None


def test_what_it_scanned_at_checkpoints_that_it_has_no_more_counts_and_tells_the_verdict_only(
    old: Door, festival: Festival, code: str
) -> None:
    booth = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id)
    new = pair_again(old.browser, booth)
    rescued = new.scan_of(code, checkpoint=old.checkpoint.id, **green(ago(hours=3)))
    stamped = new.scan_of(code, **green(now()))

    answers = new.send(rescued, stamped)

    assert answers[0] == {"id": rescued["id"], "verdict": "admitted"}
    assert (answers[1]["verdict"], answers[1]["name"]) == ("admitted", "Nguyễn Thị Thử")
    assert admissions() == 2
    later = new.scan(code, checkpoint=old.checkpoint.id, **green(now()))
    assert later["refused"] == "checkpoint"


def test_a_class_that_is_over_had_not_begun_to_be_over_then(
    old: Door, make_door: MakeDoor, festival: Festival, make_household: Make, make_session: Callable[..., Any]
) -> None:
    session = make_session()
    (ticket,) = tickets_of(make_household(members=1, sessions=(session,)))
    session.starts_at, session.ends_at = ago(hours=3), ago(hours=2)
    db.session.commit()
    room = factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id)
    phone = make_door("Lớp", checkpoint=room)
    new = pair_again(phone.browser, room)

    assert new.scan(qr_of(ticket, festival), **green(ago(hours=2.5)))["verdict"] == "admitted"


def test_it_takes_back_what_it_scanned_before(old: Door, festival: Festival, make_household: Make) -> None:
    first, second = (qr_of(ticket, festival) for ticket in tickets_of(make_household()))
    sent = old.scan(first, **green(ago(minutes=30)))
    new = pair_again(old.browser, old.checkpoint)
    rescued = new.scan(second, **green(ago(minutes=20)))
    assert admissions() == 2

    outcomes = [undo(new, sent["id"], ago(minutes=25)), undo(new, rescued["id"], ago(minutes=15))]

    assert outcomes == ["undone", "undone"]
    assert admissions() == 0


def test_a_scan_whose_answer_it_did_not_hear_counts_once_and_as_it_showed_it(
    old: Door, make_door: MakeDoor, code: str
) -> None:
    make_door("Cửa C", checkpoint=old.checkpoint).scan(code)
    scan = old.scan_of(code)
    old.send(scan)
    new = pair_again(old.browser, old.checkpoint)

    (answer,) = new.send({**scan, "offline": True, "shown": "admitted"})

    assert answer == {"id": scan["id"], "verdict": "already_admitted"}
    assert scans() == 2
    kept = db.session.get_one(Scan, UUID(scan["id"]), populate_existing=True)
    assert (kept.passed, kept.offline) == (True, True)


def test_a_walk_in_of_before_is_registered_with_the_slip_that_it_was_given(old: Door, festival: Festival) -> None:
    slips.top_up(old.paired.device, now())
    db.session.commit()
    slip = db.session.scalars(select(Slip).order_by(Slip.id).limit(1)).one()
    new = pair_again(old.browser, old.checkpoint)
    moment = ago(hours=3)
    person = {
        "id": str(uuid4()), "scan": str(uuid4()), "checkpoint": old.checkpoint.id, "name": "Trần Thị Khách",
        "birth_year": 1960, "language": "vi", "consents": ["taking_part"], "slip": slip.id,
        "made_at": moment.isoformat(), "offline": True, "shown": "admitted",
    }  # fmt: skip

    (answer,) = new.browser.post("/door/api/walk-ins", json={"walk_ins": [person]}).json["answers"]

    assert (answer["outcome"], answer["verdict"], answer.get("field")) == ("registered", "admitted", None)
    assert answer["short_code"] == slip.short_code
    scan = db.session.get_one(Scan, UUID(person["scan"]))
    assert (scan.scanned_at, scan.device_id) == (moment, old.paired.device.id)
    assert invariants.broken() == []


def test_a_phone_that_is_paired_three_times_brings_each_time_as_it_was(
    old: Door, festival: Festival, make_household: Make
) -> None:
    codes = [qr_of(ticket, festival) for ticket in tickets_of(make_household(members=3))]
    second = pair_again(old.browser, factories.make_checkpoint(festival, name="Cổng 2"), "Cửa 2")
    second.paired.device.paired_at = ago(hours=2)
    db.session.commit()
    third = pair_again(old.browser, factories.make_checkpoint(festival, name="Cổng 3"), "Cửa 3")

    answers = third.send(
        third.scan_of(codes[0], **green(now())),
        third.scan_of(codes[1], checkpoint=old.checkpoint.id, **green(ago(hours=3))),
        third.scan_of(codes[2], checkpoint=second.checkpoint.id, **green(ago(hours=1))),
        None,
    )

    assert [answer.get("verdict") for answer in answers] == ["admitted"] * 3 + [None]
    rows = db.session.execute(select(Scan.checkpoint_id, Scan.device_id).order_by(Scan.checkpoint_id))
    doors = [old, second, third]
    assert [tuple(row) for row in rows] == [(door.checkpoint.id, door.paired.device.id) for door in doors]


def test_a_clock_that_was_never_right_counts_from_the_first_pairing(old: Door, code: str) -> None:
    new = pair_again(old.browser, old.checkpoint)

    new.scan(code, **green(datetime.fromisoformat("2001-01-01T00:00:00+00:00")))

    assert db.session.scalars(select(Scan.scanned_at)).one() == old.paired.device.paired_at


def test_without_the_token_nothing_is_believed(old: Door, make_door: MakeDoor, code: str) -> None:
    """Another phone that was paired with the next code says that it was there before."""
    sent = old.scan(code)
    other = factories.make_checkpoint(old.checkpoint.festival, name="Cổng sau")
    stranger = pair_again(old.browser.application.test_client(), other)

    elsewhere = stranger.scan(code, checkpoint=old.checkpoint.id, **green(ago(hours=3)))
    here = stranger.scan(code, **green(ago(hours=3)))

    assert elsewhere["refused"] == "checkpoint"
    kept = db.session.get_one(Scan, UUID(here["id"]))
    assert kept.scanned_at == stranger.paired.device.paired_at
    assert undo(stranger, sent["id"], now()) == "not_yours"
    assert old.paired.device.revoked_at is None


def test_a_token_of_another_festival_is_no_proof_here(
    make_door: MakeDoor, make_festival: Callable[..., Festival], old: Door
) -> None:
    elsewhere = make_door("Cửa X", festival=make_festival())

    new = pair_again(elsewhere.browser, old.checkpoint)

    assert new.paired.device.replaces_id is None
    assert db.session.get_one(Device, elsewhere.paired.device.id).revoked_at is not None


def test_it_is_believed_for_a_day(old: Door, code: str) -> None:
    sent = old.scan(code)
    new = pair_again(old.browser, factories.make_checkpoint(old.checkpoint.festival, name="Cổng sau"))
    new.paired.device.paired_at = ago(hours=25)
    old.paired.device.paired_at = ago(hours=40)
    db.session.commit()

    answer = new.scan(code, checkpoint=old.checkpoint.id, **green(ago(hours=30)))

    assert answer["refused"] == "checkpoint"
    assert undo(new, sent["id"], now()) == "not_yours"


def test_a_revoked_phone_that_gets_a_new_code_brings_what_it_made_until_then(
    old: Door, festival: Festival, make_household: Make
) -> None:
    codes = [qr_of(ticket, festival) for ticket in tickets_of(make_household())]
    pairing.revoke(old.paired.device, ago(hours=1))
    db.session.commit()
    new = pair_again(old.browser, old.checkpoint)
    before, since = ago(hours=2), ago(minutes=30)

    new.send(*(new.scan_of(one, **green(moment)) for one, moment in zip(codes, (before, since), strict=True)))

    moments = db.session.scalars(select(Scan.scanned_at).order_by(Scan.scanned_at)).all()
    assert moments == [before, old.paired.device.revoked_at]


def test_an_organizer_says_what_a_phone_was_that_has_lost_its_token(old: Door, code: str) -> None:
    old.paired.device.last_seen_at = ago(hours=2)
    db.session.commit()
    moment = ago(hours=3)

    new = pair_again(old.browser.application.test_client(), old.checkpoint, replaces=old.paired.device)
    new.scan(code, **green(moment))

    assert db.session.scalars(select(Admission.admitted_at)).one() == moment
    assert db.session.get_one(Device, old.paired.device.id).revoked_at is not None


@pytest.mark.parametrize("past", [False, True])
def test_people_are_not_named_by_number_by_what_was_a_booth(
    make_door: MakeDoor, festival: Festival, make_household: Make, past: bool
) -> None:
    person = make_household(members=1).attendees[0]
    booth = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id)
    phone = make_door("Gian", checkpoint=booth)
    new = pair_again(phone.browser, factories.make_checkpoint(festival))
    moment = ago(minutes=5) if past else now()

    answer = new.scan(attendee=person.id, checkpoint=booth.id if past else new.checkpoint.id, **green(moment))

    assert answer.get("refused") == ("attendee" if past else None)


def test_a_screen_never_scanned_anything(make_door: MakeDoor, festival: Festival, old: Door, code: str) -> None:
    screen = make_door("Màn hình", mode=DeviceMode.SCREEN)
    new = pair_again(screen.browser, old.checkpoint)

    answer = new.scan(code, checkpoint=screen.checkpoint.id, **green(ago(minutes=5)))

    assert answer["refused"] == "checkpoint"


# --- other checkpoints without pairing again ----------------------------------------------------------------------


def test_a_phone_that_is_given_other_checkpoints_brings_what_it_made_at_those_before(
    old: Door, festival: Festival, make_household: Make
) -> None:
    codes = [qr_of(ticket, festival) for ticket in tickets_of(make_household(members=3))]
    back = factories.make_checkpoint(festival, name="Cổng sau")
    leases.top_up(old.paired.device, now())

    assert change_checkpoints(old.paired.device, [back], now())
    db.session.commit()

    assert db.session.scalars(select(Lease.granted)).all() == [0]
    before, after, here = old.send(
        old.scan_of(codes[0], **green(ago(hours=3))),
        old.scan_of(codes[1], **green(now())),
        old.scan_of(codes[2], checkpoint=back.id),
    )
    assert before == {"id": before["id"], "verdict": "admitted"}
    assert after["refused"] == "checkpoint"
    assert (here["verdict"], "name" in here) == ("admitted", True)
    assert invariants.broken() == []


def test_checkpoints_come_back_and_saying_the_same_changes_nothing(old: Door, festival: Festival, code: str) -> None:
    back = factories.make_checkpoint(festival, name="Cổng sau")
    device = old.paired.device

    changed = [
        change_checkpoints(device, wanted, now())
        for wanted in ([back], [back], [old.checkpoint, back], [back, old.checkpoint])
    ]
    db.session.commit()

    assert changed == [True, False, True, False]
    assert old.scan(code)["verdict"] == "admitted"
    assert old.scan(code, **green(ago(hours=2)))["name"] == "Nguyễn Thị Thử"


def test_a_checkpoint_that_a_phone_gave_up_just_now_is_not_removed(old: Door, festival: Festival) -> None:
    change_checkpoints(old.paired.device, [factories.make_checkpoint(festival, name="Cổng sau")], now())
    db.session.commit()

    assert remove(old.checkpoint) is Removal.HAS_PHONES


def test_checkpoints_of_another_festival_are_left_out(old: Door, make_festival: Callable[..., Festival]) -> None:
    theirs = factories.make_checkpoint(make_festival())

    change_checkpoints(old.paired.device, [old.checkpoint, theirs], now())

    assert old.paired.device.checkpoints == [old.checkpoint]
