"""Taking an admission back: who may, how long, and who owns it then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from festival.checkin import pairing, undoing
from festival.checkin.models import Admission, CheckpointKind, Scan, ShownSkill
from festival.checkin.undoing import UNDO_WITHIN, UndoOutcome
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee, Registration
from tests import factories
from tests.checkin.conftest import Door, admissions, pass_of, qr_of, tickets_of

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]


def undo(door: Door, scan_id: str, **more: object) -> str:
    wish = {"id": str(uuid4()), "scan": scan_id, "reason": "Quét nhầm", "undone_at": now().isoformat(), **more}
    answer = door.browser.post("/door/api/undo", json={"undos": [wish]})
    assert answer.status_code == 200, answer.text
    return str(answer.json["answers"][0]["outcome"])


def test_the_phone_that_admitted_takes_it_back_with_a_reason(
    door: Door, festival: Festival, make_household: Make
) -> None:
    person = make_household(members=1)
    changed = db.session.scalars(select(Attendee.changed_at)).one()
    answer = door.scan(qr_of(tickets_of(person)[0], festival))

    assert undo(door, answer["id"]) == "undone"

    assert admissions() == 0
    scan = db.session.get_one(Scan, UUID(answer["id"]), populate_existing=True)
    assert (scan.undo_reason, scan.undone_by) == ("Quét nhầm", None)
    assert scan.undone_at is not None
    assert db.session.scalars(select(Attendee.changed_at)).one() > changed
    assert door.scan(qr_of(tickets_of(person)[0], festival))["verdict"] == "admitted"


def test_twice_is_once(door: Door, festival: Festival, make_household: Make) -> None:
    answer = door.scan(qr_of(tickets_of(make_household())[0], festival))

    assert [undo(door, answer["id"]) for _ in range(2)] == ["undone", "done_before"]


def test_another_phone_may_not(make_door: MakeDoor, festival: Festival, make_household: Make) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    answer = door_a.scan(qr_of(tickets_of(make_household())[0], festival))

    assert undo(door_b, answer["id"]) == "not_yours"
    assert admissions() == 1


def test_after_a_quarter_of_an_hour_only_a_manager_may(
    door: Door, festival: Festival, make_household: Make, staff: Callable[..., object]
) -> None:
    made = now() - UNDO_WITHIN - timedelta(seconds=1)
    answer = door.scan(
        qr_of(tickets_of(make_household())[0], festival), offline=True, shown="admitted", scanned_at=made.isoformat()
    )

    assert undo(door, answer["id"]) == "too_late"
    scan = undoing.find_scan(festival.id, UUID(answer["id"]))
    assert scan is not None
    manager = staff()
    outcome = undoing.undo(scan, "Nhầm người", now(), by_user=manager.id)  # type: ignore[attr-defined]
    db.session.commit()
    assert outcome is UndoOutcome.UNDONE
    assert admissions() == 0


def test_undone_in_time_but_sent_late_is_undone(door: Door, festival: Festival, make_household: Make) -> None:
    made, undone = now() - timedelta(hours=2), now() - timedelta(hours=1, minutes=50)
    answer = door.scan(
        qr_of(tickets_of(make_household(members=1))[0], festival),
        offline=True,
        shown="admitted",
        scanned_at=made.isoformat(),
    )
    db.session.execute(update(Attendee).values(changed_at=now() - timedelta(hours=1)))
    db.session.commit()

    assert undo(door, answer["id"], undone_at=undone.isoformat()) == "undone"
    assert db.session.scalars(select(Scan.undone_at)).one() == undone
    assert db.session.scalars(select(Attendee.changed_at)).one() > now() - timedelta(minutes=1), "phones learn it now"


def test_the_admission_goes_to_the_next_scan_that_let_the_person_in(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    code = qr_of(tickets_of(make_household())[0], festival)
    early, late = now() - timedelta(minutes=9), now() - timedelta(minutes=4)
    first = door_a.scan(code, offline=True, shown="admitted", scanned_at=early.isoformat())
    second = door_b.scan(code, offline=True, shown="admitted", scanned_at=late.isoformat())

    assert undo(door_a, first["id"]) == "undone"

    admission = db.session.scalars(select(Admission)).one()
    assert (str(admission.scan_id), admission.admitted_at) == (second["id"], late)


def test_a_pass_is_undone_for_all_of_its_people(door: Door, festival: Festival, make_household: Make) -> None:
    family = make_household(members=3)
    answer = door.scan(qr_of(pass_of(family), festival), members=[person.id for person in family.attendees])

    assert undo(door, answer["id"]) == "undone"
    assert admissions() == 0
    assert all(db.session.scalars(select(Scan.undone_at)))


def test_a_gift_goes_back_into_the_stock_and_a_skill_is_forgotten(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    gift = make_door("Quà", checkpoint=factories.make_checkpoint(festival, CheckpointKind.CUSTOM, stock=5))
    booth = factories.make_booth(festival, skills="Mở VNeID")
    stamp = make_door("Gian", checkpoint=factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id))
    given, stamped = gift.scan(code), stamp.scan(code, skill="Mở VNeID")

    assert [undo(gift, given["id"]), undo(stamp, stamped["id"])] == ["undone", "undone"]

    db.session.refresh(gift.checkpoint)
    assert gift.checkpoint.stock_taken == 0
    assert db.session.scalars(select(ShownSkill)).all() == []


def test_what_makes_no_sense_is_unknown_and_stands_in_nobodys_way(
    door: Door, festival: Festival, make_household: Make
) -> None:
    answer = door.scan(qr_of(tickets_of(make_household())[0], festival))
    good = {"id": "1", "scan": answer["id"], "reason": "Quét nhầm", "undone_at": now().isoformat()}
    wishes = [None, 5, {}, {"id": "2", "scan": "x"}, {"id": "3", "scan": str(uuid4()), "reason": "a"}, good]

    said = door.browser.post("/door/api/undo", json={"undos": wishes}).json["answers"]

    assert [one["outcome"] for one in said] == ["unknown"] * 5 + ["undone"]
    for body in ({}, {"undos": []}, {"undos": "x"}):
        assert door.browser.post("/door/api/undo", json=body).status_code == 422


def test_another_festivals_scan_is_unknown(
    door: Door, make_door: MakeDoor, make_festival: Callable[..., Festival], make_household: Make
) -> None:
    other = make_festival()
    elsewhere = make_door("Cửa X", festival=other)
    answer = elsewhere.scan(qr_of(tickets_of(make_household(festival=other))[0], other))

    assert undo(door, answer["id"]) == "unknown"


def test_a_revoked_phone_hears_only_that_it_was_kept(door: Door, festival: Festival, make_household: Make) -> None:
    answer = door.scan(qr_of(tickets_of(make_household())[0], festival))
    pairing.revoke(door.paired.device)
    db.session.commit()
    wish = {"id": "1", "scan": answer["id"], "reason": "Quét nhầm", "undone_at": now().isoformat()}

    said = door.browser.post("/door/api/undo", json={"undos": [wish]}).json["answers"]

    assert said == [{"id": "1", "kept": True}]
    assert admissions() == 0


@pytest.mark.parametrize(("received", "left"), [(timedelta(minutes=16), 1), (timedelta(minutes=14), 0)])
def test_a_revoked_phone_takes_back_only_what_it_sent_shortly_before(
    door: Door, festival: Festival, make_household: Make, received: timedelta, left: int
) -> None:
    """It says itself when it was undone: a stolen one would take back the whole day."""
    made = now() - received
    answer = door.scan(
        qr_of(tickets_of(make_household())[0], festival), offline=True, shown="admitted", scanned_at=made.isoformat()
    )
    db.session.execute(update(Scan).values(received_at=made))
    pairing.revoke(door.paired.device)
    db.session.commit()
    wish = {"id": "1", "scan": answer["id"], "reason": "Quét nhầm", "undone_at": made.isoformat()}

    said = door.browser.post("/door/api/undo", json={"undos": [wish]}).json["answers"]

    assert said == [{"id": "1", "kept": True}]
    assert admissions() == left


def test_a_revoked_phone_takes_back_what_it_hands_in(door: Door, festival: Festival, make_household: Make) -> None:
    made = now() - timedelta(hours=1)
    scan = door.scan_of(
        qr_of(tickets_of(make_household())[0], festival), offline=True, shown="admitted", scanned_at=made.isoformat()
    )
    pairing.revoke(door.paired.device)
    db.session.commit()
    door.send(scan)
    assert admissions() == 1
    wish = {"id": "1", "scan": scan["id"], "reason": "Quét nhầm", "undone_at": made.isoformat()}

    door.browser.post("/door/api/undo", json={"undos": [wish]})

    assert admissions() == 0
