"""What each kind of checkpoint does: going out and coming back, walk-ins, gifts, prizes, skills, hours of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from sqlalchemy import select

from festival.checkin import leases, pairing
from festival.checkin.models import Admission, CheckpointKind, DeviceMode, Scan, ShownSkill
from festival.core.clock import now, today
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.models import Booking, BookingState, Registration
from tests import factories, invariants
from tests.checkin.conftest import Door, admissions, pass_of, qr_of, tickets_of

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]


@pytest.fixture
def code(festival: Festival, make_household: Make) -> str:
    """A ticket of somebody who has booked nothing."""
    return qr_of(tickets_of(make_household(members=1))[0], festival)


def a_session_now(festival: Festival, **values: object) -> Session:
    return factories.make_session(festival, day=today(), start=time(0, 2), end=time(23, 58), **values)


def door_of(
    make_door: MakeDoor, festival: Festival, kind: CheckpointKind, name: str = "Cửa A", **values: object
) -> Door:
    return make_door(name, checkpoint=factories.make_checkpoint(festival, kind, **values))


# --- going out and coming back -----------------------------------------------------------------------------------


def test_who_goes_out_is_told_goodbye_and_comes_in_again(door: Door, code: str) -> None:
    verdicts = [door.scan(code, direction=way)["verdict"] for way in ("in", "out", "in", "in")]

    assert verdicts == ["admitted", "exited", "admitted", "already_admitted"]
    assert admissions() == 1
    assert [scan.passed for scan in db.session.scalars(select(Scan).order_by(Scan.received_at))] == [
        True,
        True,
        True,
        False,
    ]


def test_without_re_entry_who_went_out_stays_out(make_door: MakeDoor, festival: Festival, code: str) -> None:
    door = door_of(make_door, festival, CheckpointKind.ENTRANCE, re_entry=False)

    verdicts = [door.scan(code, direction=way)["verdict"] for way in ("in", "out", "in")]

    assert verdicts == ["admitted", "exited", "already_admitted"]


def test_who_went_out_by_another_entrance_comes_in_again(make_door: MakeDoor, festival: Festival, code: str) -> None:
    front = door_of(make_door, festival, CheckpointKind.ENTRANCE, name="Cửa trước")
    back = door_of(make_door, festival, CheckpointKind.ENTRANCE, name="Cửa sau")
    front.scan(code)
    back.scan(code, direction="out")

    assert front.scan(code)["verdict"] == "admitted"
    assert front.scan(code)["verdict"] == "already_admitted"


def test_on_the_second_day_everybody_comes_in_anew(door: Door, code: str) -> None:
    door.scan(code)
    admission = db.session.scalars(select(Admission)).one()
    scan = db.session.scalars(select(Scan)).one()
    admission.admitted_at = scan.scanned_at = now() - timedelta(days=1)
    db.session.commit()

    assert [door.scan(code)["verdict"] for _ in range(2)] == ["admitted", "already_admitted"]
    assert admissions() == 1


def test_a_session_has_no_way_out(make_door: MakeDoor, festival: Festival, code: str) -> None:
    session = a_session_now(festival)
    door = door_of(make_door, festival, CheckpointKind.SESSION, session_id=session.id)

    assert door.scan(code, direction="out")["refused"] == "direction"


def test_two_doors_let_somebody_in_again_once(make_door: MakeDoor, festival: Festival, code: str) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    door_a.scan(code)
    door_a.scan(code, direction="out")

    assert [door.scan(code)["verdict"] for door in (door_b, door_a)] == ["admitted", "already_admitted"]


# --- sessions with walk-ins --------------------------------------------------------------------------------------


def test_a_walk_in_gets_a_seat_and_a_booking_while_seats_last(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    session = a_session_now(festival, capacity=1)
    door = door_of(make_door, festival, CheckpointKind.SESSION, session_id=session.id, walk_ins=True)
    first, second = (qr_of(ticket, festival) for ticket in tickets_of(make_household()))

    assert [door.scan(one)["verdict"] for one in (first, second, first)] == ["admitted", "full", "already_admitted"]
    assert db.session.scalars(select(Booking.state)).all() == [BookingState.CONFIRMED]
    assert invariants.broken() == []


def test_without_walk_ins_only_the_booked_get_in(make_door: MakeDoor, festival: Festival, code: str) -> None:
    session = a_session_now(festival)
    door = door_of(make_door, festival, CheckpointKind.SESSION, session_id=session.id)

    assert door.scan(code)["verdict"] == "not_booked"


def test_a_phone_gives_away_the_seats_it_holds_when_all_others_are_taken(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    session = a_session_now(festival, capacity=leases.SEATS)
    door = door_of(make_door, festival, CheckpointKind.SESSION, session_id=session.id, walk_ins=True)
    other = make_door("Cửa B", checkpoint=door.checkpoint)
    leases.top_up(door.paired.device, now())
    db.session.commit()
    people = [qr_of(ticket, festival) for ticket in tickets_of(make_household(members=4))]

    verdicts = [other.scan(people[0])["verdict"]]
    offline = {"offline": True, "shown": "admitted"}
    verdicts += [answer["verdict"] for answer in door.send(*(door.scan_of(one, **offline) for one in people[1:]))]

    assert verdicts == ["full", "admitted", "admitted", "full"]
    assert invariants.broken() == []


def test_seats_that_a_phone_held_are_free_again_when_it_is_revoked(make_door: MakeDoor, festival: Festival) -> None:
    session = a_session_now(festival, capacity=5)
    door = door_of(make_door, festival, CheckpointKind.SESSION, session_id=session.id, walk_ins=True)
    held = leases.top_up(door.paired.device, now())
    db.session.commit()
    assert held == {door.checkpoint.id: leases.SEATS}
    assert invariants.broken() == []

    pairing.revoke(door.paired.device)
    db.session.commit()

    db.session.refresh(session)
    assert session.seats_taken == 0
    assert invariants.broken() == []


def test_an_offered_seat_is_taken_at_the_door_without_a_second_one(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    session = a_session_now(festival, capacity=1)
    household = make_household(members=1)
    session.seats_taken = 1
    person = household.attendees[0]
    db.session.add(
        Booking(session_id=session.id, attendee_id=person.id, state=BookingState.OFFERED, offered_until=now())
    )
    db.session.commit()
    door = door_of(make_door, festival, CheckpointKind.SESSION, session_id=session.id, walk_ins=True)

    assert door.scan(qr_of(tickets_of(household)[0], festival))["verdict"] == "admitted"
    assert db.session.scalars(select(Booking.state)).all() == [BookingState.CONFIRMED]
    assert invariants.broken() == []


# --- gifts and prizes --------------------------------------------------------------------------------------------


def test_a_gift_is_given_once_and_only_while_there_are_some(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door = door_of(make_door, festival, CheckpointKind.CUSTOM, name="Quà", stock=2)
    people = [qr_of(ticket, festival) for ticket in tickets_of(make_household(members=3))]

    verdicts = [door.scan(one)["verdict"] for one in (people[0], people[0], people[1], people[2], people[1])]

    assert verdicts == ["admitted", "already_admitted", "admitted", "full", "already_admitted"]
    db.session.refresh(door.checkpoint)
    assert door.checkpoint.stock_taken == 2


def test_a_household_gets_its_gift_once(make_door: MakeDoor, festival: Festival, make_household: Make) -> None:
    door = door_of(make_door, festival, CheckpointKind.CUSTOM, name="Quà", stock=9, per_household=True)
    family, other = make_household(members=3), make_household(members=1, phone="+84912000009")
    mother, _, child = tickets_of(family)

    verdicts = [
        door.scan(qr_of(ticket, festival))["verdict"] for ticket in (child, mother, child, tickets_of(other)[0])
    ]

    assert verdicts == ["admitted", "already_admitted", "already_admitted", "admitted"]
    db.session.refresh(door.checkpoint)
    assert door.checkpoint.stock_taken == 2


def test_the_pass_of_a_household_gets_the_gift_once(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door = door_of(make_door, festival, CheckpointKind.CUSTOM, name="Quà", stock=9, per_household=True)
    family = make_household(members=3)
    everybody = [person.id for person in family.attendees]

    answer = door.scan(qr_of(pass_of(family), festival), members=everybody)

    assert [member["verdict"] for member in answer["members"]] == ["admitted", "already_admitted", "already_admitted"]
    db.session.refresh(door.checkpoint)
    assert door.checkpoint.stock_taken == 1


def test_a_prize_is_given_when_its_stamps_are_there(make_door: MakeDoor, festival: Festival, code: str) -> None:
    booths = [
        door_of(make_door, festival, CheckpointKind.BOOTH, name=f"Gian {n}", booth_id=factories.make_booth(festival).id)
        for n in range(2)
    ]
    prize = door_of(make_door, festival, CheckpointKind.CUSTOM, name="Giải", stamps_needed=2)
    booths[0].scan(code)

    early = prize.scan(code)
    booths[1].scan(code)

    assert (early["verdict"], early["missing"]) == ("not_earned", 1)
    assert prize.scan(code)["verdict"] == "admitted"


# --- booths, hours, kiosks ---------------------------------------------------------------------------------------


def test_a_skill_of_the_booths_list_is_kept_once_beside_the_stamp(
    make_door: MakeDoor, festival: Festival, code: str
) -> None:
    booth = factories.make_booth(festival, skills="Mở VNeID\nQuét mã QR")
    door = door_of(make_door, festival, CheckpointKind.BOOTH, name="Gian 1", booth_id=booth.id)

    door.scan(code, skill="Mở VNeID")
    again = door.scan(code, skill="Quét mã QR")
    door.scan(code, skill="Quét mã QR")
    door.scan(code, skill="Bay lên trời")

    assert again["verdict"] == "already_admitted"
    shown = db.session.scalars(select(ShownSkill.skill).order_by(ShownSkill.id)).all()
    assert shown == ["Mở VNeID", "Quét mã QR"]


def test_a_checkpoint_has_hours_of_its_own_each_day(make_door: MakeDoor, festival: Festival, code: str) -> None:
    early = door_of(make_door, festival, CheckpointKind.CUSTOM, name="Cơm trưa", opens=time(23, 59, 59))
    late = door_of(make_door, festival, CheckpointKind.CUSTOM, name="Cơm sáng", closes=time(0, 0, 1))

    assert early.scan(code)["verdict"] == "too_early"
    assert late.scan(code)["verdict"] == "closed"


def test_volunteers_come_and_go(make_door: MakeDoor, festival: Festival, code: str) -> None:
    door = door_of(make_door, festival, CheckpointKind.VOLUNTEERS, name="Tình nguyện viên")

    assert [door.scan(code, direction=way)["verdict"] for way in ("in", "out", "in")] == [
        "admitted",
        "exited",
        "admitted",
    ]


def test_a_kiosk_is_told_given_names_only(make_door: MakeDoor, festival: Festival, make_household: Make) -> None:
    family = make_household(members=2)
    kiosk = make_door("Máy tự quét", mode=DeviceMode.KIOSK)

    choose = kiosk.scan(qr_of(pass_of(family), festival))
    single = kiosk.scan(qr_of(tickets_of(family)[0], festival))

    given = [person.name.split()[-1] for person in family.attendees]
    assert [member["name"] for member in choose["members"]] == given
    assert choose["household"] == ""
    assert single["name"] == given[0]


def test_a_person_named_by_number_at_a_booth_is_stamped_but_not_named(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    """By a phone that also stands at a session: there it finds those who are booked, and nobody else."""
    booth = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id)
    room = factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=a_session_now(festival).id)
    door = make_door("Gian 1", checkpoints=[booth, room])

    answer = door.scan(attendee=make_household().attendees[0].id)

    assert answer["verdict"] == "admitted"
    assert not {"name", "attendee", "booked"} & answer.keys()
