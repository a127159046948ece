"""Sync that is honest: ids count once, order changes nothing, the earliest owns, clocks are corrected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from festival.checkin import undoing
from festival.checkin.models import Admission, CheckpointKind, Scan
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Registration
from tests import factories
from tests.checkin.conftest import Door, admissions, pass_of, qr_of, scans, tickets_of

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]


def green(moment: datetime) -> dict[str, object]:
    """What a phone without a network says of a scan that it has shown green."""
    return {"offline": True, "shown": "admitted", "scanned_at": moment.isoformat()}


def test_the_earlier_of_two_offline_scans_owns_the_admission_though_it_arrives_later(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    code = qr_of(tickets_of(make_household())[0], festival)
    early, late = now() - timedelta(minutes=9), now() - timedelta(minutes=4)

    second = door_a.scan(code, **green(late))
    first = door_b.scan(code, **green(early))

    assert (second["verdict"], first["verdict"]) == ("admitted", "admitted")
    admission = db.session.scalars(select(Admission)).one()
    assert (admission.device_id, admission.admitted_at) == (door_b.paired.device.id, early)
    assert str(admission.scan_id) == first["id"]
    assert all(db.session.scalars(select(Scan.passed)))


def test_a_later_offline_scan_is_kept_as_having_passed_and_owns_nothing(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    code = qr_of(tickets_of(make_household())[0], festival)
    early, late = now() - timedelta(minutes=9), now() - timedelta(minutes=4)
    door_a.scan(code, **green(early))

    answer = door_b.scan(code, **green(late))

    assert (answer["verdict"], answer["first"]["door"]) == ("already_admitted", "Cửa A")
    assert db.session.get_one(Scan, UUID(answer["id"])).passed
    assert db.session.scalars(select(Admission.device_id)).all() == [door_a.paired.device.id]


def test_what_an_offline_phone_refused_admits_nobody_afterwards(
    door: Door, festival: Festival, make_household: Make
) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)

    door.scan(code, offline=True, shown="unknown")

    assert admissions() == 0
    assert db.session.scalars(select(Scan.passed)).all() == [False]


def test_a_cancelled_ticket_shown_green_passed_but_is_no_admission(
    door: Door, festival: Festival, make_household: Make
) -> None:
    household = make_household(members=1)
    household.cancelled_at = household.attendees[0].cancelled_at = now()
    db.session.commit()

    answer = door.scan(qr_of(tickets_of(household)[0], festival), **green(now() - timedelta(minutes=1)))

    assert answer["verdict"] == "cancelled"
    assert admissions() == 0
    assert db.session.scalars(select(Scan.passed)).all() == [True]


def test_a_wrong_clock_is_corrected_and_the_raw_time_kept(door: Door, festival: Festival, make_household: Make) -> None:
    true = now() - timedelta(minutes=20)
    told = true - timedelta(hours=2)
    two_hours = 2 * 3600 * 1000

    door.scan(qr_of(tickets_of(make_household())[0], festival), **green(told), clock_offset_ms=two_hours)

    scan = db.session.scalars(select(Scan)).one()
    assert (scan.scanned_at, scan.raw_scanned_at, scan.clock_offset_ms) == (true, told, two_hours)
    assert db.session.scalars(select(Admission.admitted_at)).one() == true


def test_a_clock_in_the_past_century_counts_from_the_pairing(
    door: Door, festival: Festival, make_household: Make
) -> None:
    told = datetime.fromisoformat("2001-01-01T00:00:00+00:00")

    door.scan(qr_of(tickets_of(make_household())[0], festival), **green(told))

    assert db.session.scalars(select(Scan.scanned_at)).one() == door.paired.device.paired_at


def test_the_phones_clock_and_what_it_still_has_are_noted(door: Door) -> None:
    scan = door.scan_of(code="ABCD2345")

    door.browser.post("/door/api/scans", json={"scans": [scan], "waiting": 14, "clock_offset_ms": -90_000})

    db.session.refresh(door.paired.device)
    assert (door.paired.device.waiting, door.paired.device.clock_offset_ms) == (14, -90_000)


def test_a_scan_whose_answer_was_lost_counts_once_and_as_the_door_showed_it(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    code = qr_of(tickets_of(make_household())[0], festival)
    door_a.scan(code)
    scan = door_b.scan_of(code)
    (unheard,) = door_b.send(scan)

    (answer,) = door_b.send({**scan, "offline": True, "shown": "admitted"})

    assert answer == unheard
    assert scans() == 2
    kept = db.session.get_one(Scan, UUID(scan["id"]), populate_existing=True)
    assert (kept.verdict, kept.passed, kept.offline) == ("already_admitted", True, True)


def test_a_pass_without_a_list_lets_the_whole_family_in_each_with_a_row(
    door: Door, festival: Festival, make_household: Make
) -> None:
    family = make_household(members=4)

    answer = door.scan(qr_of(pass_of(family), festival), **green(now() - timedelta(minutes=3)))

    assert answer["verdict"] == "admitted"
    assert admissions() == 4
    rows = db.session.scalars(select(Scan).where(Scan.part_of == UUID(answer["id"]))).all()
    assert {row.attendee_id for row in rows} == {person.id for person in family.attendees}
    assert all(row.passed for row in rows)


def test_two_scans_of_one_person_in_one_batch_are_both_kept_and_the_earlier_owns(
    door: Door, festival: Festival, make_household: Make
) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    early, late = now() - timedelta(minutes=9), now() - timedelta(minutes=4)

    answers = door.send(door.scan_of(code, **green(late)), door.scan_of(code, **green(early)))

    assert [answer["verdict"] for answer in answers] == ["already_admitted", "admitted"]
    assert db.session.scalars(select(Admission.admitted_at)).one() == early
    assert scans() == 2


def test_the_last_piece_is_of_the_scan_that_gave_it_earlier(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    """Two phones have given it to one person, and both say so late: it is one piece, and not gone for the earlier."""
    table = make_door("Quà", checkpoint=factories.make_checkpoint(festival, CheckpointKind.CUSTOM, stock=1))
    other = make_door("Quà 2", checkpoint=table.checkpoint)
    code = qr_of(tickets_of(make_household())[0], festival)
    table.scan(code, **green(now() - timedelta(minutes=4)))

    answer = other.scan(code, **green(now() - timedelta(minutes=9)))

    assert answer["verdict"] == "admitted"
    assert [str(one) for one in db.session.scalars(select(Admission.scan_id))] == [answer["id"]]
    db.session.refresh(table.checkpoint)
    assert table.checkpoint.stock_taken == 1


def test_scans_made_before_the_festival_was_closed_count_when_they_come_after_it(
    door: Door, festival: Festival, make_household: Make
) -> None:
    first, second = tickets_of(make_household())
    festival.status = FestivalStatus.CLOSED
    db.session.commit()

    late = door.scan(qr_of(first, festival), **green(now() - timedelta(minutes=3)))

    assert late["verdict"] == "admitted"
    assert door.scan(qr_of(second, festival))["verdict"] == "closed"


def test_who_went_in_unheard_owns_the_admission_when_the_first_scan_was_undone_meanwhile(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    code = qr_of(tickets_of(make_household())[0], festival)
    first = door_a.scan(code)
    scan = door_b.scan_of(code)
    door_b.send(scan)  # already admitted, but the door does not hear it
    owner = undoing.find_scan(festival.id, UUID(first["id"]))
    assert owner is not None
    undoing.undo(owner, "Quét nhầm", now())
    db.session.commit()
    assert admissions() == 0

    door_b.send({**scan, "offline": True, "shown": "admitted"})

    assert [str(one) for one in db.session.scalars(select(Admission.scan_id))] == [scan["id"]]
