"""A phone is told of nobody whom it does not need, and no more of anybody than it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from sqlalchemy import select

from festival.checkin import headcount
from festival.checkin.models import CheckpointKind, Device, DeviceMode
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Session
from festival.registration.models import Booking, BookingState, Registration
from tests import factories
from tests.checkin.conftest import Door, tickets_of
from tests.checkin.rosters import admit, age_everything, ask, get, passed, sync

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]
MakeSession = Callable[..., Session]


@pytest.fixture(autouse=True)
def forget_counts() -> None:
    headcount._lately.clear()


@pytest.fixture
def session_door(make_door: MakeDoor, festival: Festival, make_session: MakeSession) -> Door:
    session = make_session(title="Lớp của cửa này")
    return make_door(
        "Lớp 1", checkpoint=factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id)
    )


def test_a_phone_of_one_session_gets_only_who_booked_or_waits_there(
    session_door: Door, make_household: Make, make_session: MakeSession
) -> None:
    here, elsewhere = session_door.checkpoint.session, make_session()
    assert here is not None
    booked = make_household(members=1, sessions=(here, make_session(start=time(14), end=time(15))))
    waiting = make_household(members=1)
    db.session.add(Booking(session_id=here.id, attendee_id=waiting.attendees[0].id, state=BookingState.WAITLISTED))
    others = [make_household(members=1), make_household(members=1, sessions=(elsewhere,))]
    for number, family in enumerate(others):
        family.attendees[0].name, family.contact_name = f"Trần Bí Mật {number}", f"Trần Bí Mật {number}"
        family.phone = "+84900011122"
    db.session.commit()

    raw = get(session_door).data.decode()
    body = ask(session_door)

    assert body["scope"] == "booked"
    assert {person["attendee"] for person in body["people"]} == {booked.attendees[0].id, waiting.attendees[0].id}
    assert {tuple(person["bookings"].items()) for person in body["people"]} == {
        ((str(here.id), "c"),),
        ((str(here.id), "w"),),
    }
    assert "Bí Mật" not in raw
    assert "1122" not in raw
    assert not any(tickets_of(family)[0].short_code in raw for family in others)
    assert body["sessions"] == []


def test_who_gives_the_seat_back_leaves_the_phone_without_a_name(session_door: Door, make_household: Make) -> None:
    session = session_door.checkpoint.session
    assert session is not None
    family = make_household(members=1, sessions=(session,))
    age_everything()
    _people, since = sync(session_door)
    db.session.scalars(select(Booking)).one().state = BookingState.CANCELLED
    db.session.commit()

    raw = get(session_door, since=since).data.decode()
    (person,) = ask(session_door, since)["people"]

    assert (person["attendee"], person["name"], person["flags"]) == (family.attendees[0].id, "", 2)
    assert family.attendees[0].name not in raw
    assert ask(session_door)["people"] == []


def test_others_changes_are_not_told_to_a_phone_of_a_session(session_door: Door, make_household: Make) -> None:
    make_household(members=3)

    _people, since = sync(session_door)

    assert ask(session_door, since)["people"] == []


@pytest.mark.parametrize("mode", [DeviceMode.STAFF, DeviceMode.SCREEN, DeviceMode.KIOSK])
def test_a_booth_gets_nobody(make_door: MakeDoor, festival: Festival, make_household: Make, mode: DeviceMode) -> None:
    booth = factories.make_booth(festival, skills="Cài VNeID\nQuét mã QR")
    door = make_door("A01", checkpoint=factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id))
    db.session.get_one(Device, door.paired.device.id).mode = mode
    db.session.commit()
    admit(door, make_household(members=2).attendees[0])

    body = ask(door)

    assert (body["scope"], body["people"], body["sessions"]) == ("none", [], [])
    (place,) = body["checkpoints"]
    assert place["skills"] == ["Cài VNeID", "Quét mã QR"]
    stamp = place["stamp"] or {}
    assert bool(stamp.get("key")) is (mode is DeviceMode.SCREEN)
    assert bool(stamp.get("numbers")) is (mode is not DeviceMode.KIOSK)
    assert stamp.get("given") == (None if mode is DeviceMode.KIOSK else 1)


def test_who_hands_things_out_does_not_learn_what_visitors_have_booked(
    make_door: MakeDoor, session_door: Door, festival: Festival, make_household: Make, make_session: MakeSession
) -> None:
    here, elsewhere = session_door.checkpoint.session, make_session(start=time(14), end=time(15))
    assert here is not None
    make_household(members=1, sessions=(here, elsewhere))
    meal = factories.make_checkpoint(festival, CheckpointKind.CUSTOM, name="Suất trưa")
    table = make_door("Bàn ăn", checkpoint=meal)
    both = make_door("Lớp và bàn ăn", checkpoints=[meal, session_door.checkpoint])
    gate = make_door("Cửa", checkpoints=[meal, factories.make_checkpoint(festival)])

    told = [ask(door) for door in (table, both, gate)]

    assert [set(body["people"][0]["bookings"]) for body in told] == [
        set(),
        {str(here.id)},
        {str(here.id), str(elsewhere.id)},
    ]
    assert [len(body["sessions"]) for body in told] == [0, 0, 2]


def test_who_hands_things_out_is_told_of_bookings_only_where_it_lets_people_in(
    make_door: MakeDoor, session_door: Door, festival: Festival, make_household: Make, make_session: MakeSession
) -> None:
    here, elsewhere = session_door.checkpoint.session, make_session(start=time(14), end=time(15))
    assert here is not None
    for session in (here, elsewhere):
        make_household(members=1, sessions=(session,), phone=f"+8491234567{session.id % 10}")
    meal = factories.make_checkpoint(festival, CheckpointKind.CUSTOM, name="Suất trưa")
    doors = [make_door("Bàn ăn", checkpoint=meal), make_door("Lớp", checkpoints=[meal, session_door.checkpoint])]
    age_everything()
    cursors = [sync(door)[1] for door in doors]
    age_everything()
    for booking in db.session.scalars(select(Booking)):
        booking.state = BookingState.CANCELLED
    db.session.commit()

    told = [ask(door, since)["people"] for door, since in zip(doors, cursors, strict=True)]

    assert [len(people) for people in told] == [0, 1]


def test_a_screen_gets_nobody_even_at_an_entrance(door: Door, make_household: Make) -> None:
    db.session.get_one(Device, door.paired.device.id).mode = DeviceMode.SCREEN
    db.session.commit()
    make_household(members=2)

    assert ask(door)["people"] == []


def test_a_kiosk_gets_given_names_only(door: Door, make_household: Make) -> None:
    db.session.get_one(Device, door.paired.device.id).mode = DeviceMode.KIOSK
    db.session.commit()
    family = make_household(members=2)

    raw = get(door).data.decode()
    people = ask(door)["people"]

    assert [person["name"] for person in people] == ["Thử", "Mẫu"]
    assert {(p["birth_year"], p["phone_tail"], p["short_code"], p["pass_code"]) for p in people} == {(0, "", "", "")}
    assert "Nguyễn" not in raw
    assert not any(ticket.short_code in raw for ticket in family.tickets)


def test_another_festivals_data_never_come(make_door: MakeDoor, make_festival: Any, make_household: Make) -> None:
    other = make_festival()
    stranger = make_household(festival=other, members=1)
    stranger.attendees[0].name = "Trần Người Lạ"
    factories.make_session(other, title="Lớp Lạ")
    strange_door = make_door("Cửa Lạ", festival=other)
    admit(strange_door, stranger.attendees[0])
    passed(strange_door, stranger.attendees[0])
    door = make_door()
    own = make_household(members=1)
    _people, since = sync(door)

    first, later = get(door).data.decode(), get(door, since=since).data.decode()

    assert own.attendees[0].name in first
    assert "Lạ" not in first + later
    assert ask(door)["headcount"]["total"] == 0


def test_after_the_festival_nobody_is_told_any_more(door: Door, festival: Festival, make_household: Make) -> None:
    make_household(members=2)
    _people, since = sync(door)
    festival.status = FestivalStatus.CLOSED
    db.session.commit()

    body = ask(door, since)

    assert (body["festival"]["over"], body["scope"], body["people"], body["reset"]) == (True, "none", [], True)
