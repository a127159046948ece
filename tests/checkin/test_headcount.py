"""How many people are in the house, through which door they came, and how fresh that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from festival.checkin import headcount as counting
from festival.checkin.headcount import headcount, headcount_lately
from festival.checkin.models import Checkpoint, CheckpointKind, Device, DeviceMode, Scan
from festival.core.clock import at_local, today
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Attendee, Registration
from tests import factories
from tests.checkin.conftest import Door

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """Today at that time; with `days`, so many days later."""
    return at_local(today() + timedelta(days=days), time(hour, minute))


@pytest.fixture
def people(make_household: Make) -> list[Attendee]:
    return make_household(members=5).attendees


Pass = Callable[..., Scan]


@pytest.fixture
def passage(door: Door) -> Pass:
    """Somebody goes through, "in" unless said otherwise, at the main entrance and by phone A unless said otherwise."""

    def go(person: Attendee, moment: datetime, direction: str = "in", **values: object) -> Scan:
        device_id = values.pop("device_id", door.paired.device.id)
        scan = Scan(
            id=uuid4(),
            festival_id=person.festival_id,
            scanned_at=moment,
            verdict="admitted",
            answer={},
            **{
                "attendee_id": person.id,
                "direction": direction,
                "checkpoint_id": door.checkpoint.id,
                "passed": True,
                "device_id": device_id,
                **values,
            },
        )
        db.session.add(scan)
        db.session.commit()
        return scan

    return go


def test_people_are_counted_once_however_often_they_come(
    festival: Festival, people: list[Attendee], passage: Pass
) -> None:
    passage(people[0], at(8))
    passage(people[0], at(9))
    passage(people[1], at(9))

    count = headcount(festival, at(10))

    assert (count.inside, count.total, count.capacity, count.percent) == (2, 2, 1500, 0)


def test_who_went_out_is_not_inside_until_coming_back(
    festival: Festival, people: list[Attendee], passage: Pass
) -> None:
    passage(people[0], at(8))
    passage(people[0], at(9), "out")
    passage(people[0], at(10))

    assert [headcount(festival, at(hour)).inside for hour in (7, 8, 9, 10)] == [0, 1, 0, 1]
    assert [headcount(festival, at(hour)).total for hour in (7, 8, 9, 10)] == [0, 1, 1, 1]


def test_in_and_out_may_be_at_different_entrances(festival: Festival, people: list[Attendee], passage: Pass) -> None:
    back = factories.make_checkpoint(festival, name="Cổng sau")
    passage(people[0], at(8))
    passage(people[0], at(9), "out", checkpoint_id=back.id)

    count = headcount(festival, at(10))

    assert (count.inside, count.total) == (0, 1)


def test_over_night_everybody_goes_home(festival: Festival, people: list[Attendee], passage: Pass) -> None:
    passage(people[0], at(20))
    passage(people[1], at(20))
    passage(people[1], at(8, days=1))

    count = headcount(festival, at(9, days=1))

    assert (count.inside, count.total) == (1, 2)


@pytest.mark.parametrize(
    "values", [{"passed": False}, {"undone_at": at(9)}, {"direction": "out"}], ids=["not passed", "undone", "only out"]
)
def test_only_passages_that_count(
    festival: Festival, people: list[Attendee], passage: Pass, values: dict[str, object]
) -> None:
    passage(people[0], at(8), **values)

    count = headcount(festival, at(10))

    assert (count.inside, count.total, count.doors[0].passed_in) == (0, 0, 0)


def test_an_undone_going_out_leaves_the_person_inside(
    festival: Festival, people: list[Attendee], passage: Pass
) -> None:
    passage(people[0], at(8))
    passage(people[0], at(9), "out", undone_at=at(9, 5))

    assert headcount(festival, at(10)).inside == 1


def test_who_went_in_and_nobody_could_name_is_told_beside_the_figure(
    festival: Festival, people: list[Attendee], passage: Pass, door: Door
) -> None:
    stamp = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id)
    passage(people[0], at(8))
    for moment, values in (
        (at(8), {}),
        (at(9), {}),
        (at(8, days=-1), {}),
        (at(8), {"passed": False}),
        (at(8), {"undone_at": at(9)}),
        (at(8), {"direction": "out"}),
        (at(8), {"checkpoint_id": stamp.id}),
    ):
        passage(people[0], moment, **{"attendee_id": None, **values})

    assert [headcount(festival, at(hour)).nameless for hour in (7, 8, 9)] == [0, 1, 2]
    assert headcount(festival, at(9)).inside == 1


def test_only_entrances_of_this_festival_count(
    festival: Festival, people: list[Attendee], passage: Pass, make_festival: Callable[..., Festival]
) -> None:
    others = [
        factories.make_checkpoint(festival, CheckpointKind.VOLUNTEERS),
        factories.make_checkpoint(festival, CheckpointKind.CUSTOM),
        factories.make_checkpoint(make_festival()),
    ]
    for other in others:
        passage(people[0], at(8), checkpoint_id=other.id)

    assert headcount(festival, at(10)).total == 0


def test_the_percentage_is_rounded_down_and_may_exceed_a_hundred(
    festival: Festival, people: list[Attendee], passage: Pass
) -> None:
    for person in people:
        passage(person, at(8))

    shares = []
    for capacity in (6, 5, 4):
        festival.capacity, festival.places_taken = capacity, 0
        shares.append(headcount(festival, at(10)).percent)
    db.session.rollback()

    assert shares == [83, 100, 125]


# --- doors -----------------------------------------------------------------------------------------------------


def seen(door: Door, moment: datetime, waiting: int = 0, **values: object) -> Device:
    device = db.session.get_one(Device, door.paired.device.id)
    device.last_seen_at, device.waiting = moment, waiting
    for name, value in values.items():
        setattr(device, name, value)
    db.session.commit()
    return device


def test_each_door_tells_how_many_it_let_in_and_how_fresh_it_is(
    festival: Festival, door: Door, make_door: MakeDoor, people: list[Attendee], passage: Pass
) -> None:
    other = make_door("Cửa B", checkpoint=door.checkpoint)
    passage(people[0], at(8))
    passage(people[1], at(8))
    passage(people[1], at(9))
    passage(people[2], at(8), device_id=other.paired.device.id)
    passage(people[3], at(8), device_id=None)
    seen(door, at(9, 59), waiting=2)
    seen(other, at(9, 53), waiting=14)

    count = headcount(festival, at(10))

    assert [(one.name, one.passed_in, one.waiting, one.late) for one in count.doors] == [
        ("Cửa A", 2, 2, False),
        ("Cửa B", 1, 14, True),
    ]
    assert count.doors[1].last_contact == at(9, 53)
    assert (count.waiting, [one.name for one in count.late], count.on_paper) == (16, ["Cửa B"], 1)


@pytest.mark.parametrize(
    ("values", "late"),
    [
        ({}, True),
        ({"mode": DeviceMode.KIOSK}, True),
        ({"last_seen_at": at(9, 57)}, False),
        ({"last_seen_at": None, "paired_at": at(9, 50)}, True),
        ({"last_seen_at": None, "paired_at": at(9, 58)}, False),
    ],
)
def test_a_door_silent_for_more_than_three_minutes_is_late(
    festival: Festival, door: Door, values: dict[str, object], late: bool
) -> None:
    seen(door, at(9, 50), **values)

    assert [one.late for one in headcount(festival, at(10)).doors] == [late]


@pytest.mark.parametrize(
    ("change", "moment"),
    [
        ({"opens_at": time(11)}, at(10)),
        ({"closes_at": time(9, 55)}, at(10)),
        ({"status": FestivalStatus.CLOSED}, at(10)),
        ({}, at(10, days=7)),
    ],
    ids=["not yet open", "closed for today", "closed by hand", "another day"],
)
def test_a_silent_door_is_not_late_while_nobody_comes(
    festival: Festival, door: Door, change: dict[str, object], moment: datetime
) -> None:
    seen(door, at(9))
    for name, value in change.items():
        setattr(festival, name, value)
    db.session.commit()

    assert [one.late for one in headcount(festival, moment).doors] == [False]


def test_screens_and_phones_elsewhere_are_no_doors(festival: Festival, door: Door, make_door: MakeDoor) -> None:
    seen(make_door("Màn hình", checkpoint=door.checkpoint), at(9), mode=DeviceMode.SCREEN)
    booth: Checkpoint = factories.make_checkpoint(
        festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id
    )
    make_door("Gian hàng", checkpoint=booth)

    assert [one.name for one in headcount(festival, at(10)).doors] == ["Cửa A"]


def test_a_revoked_phone_is_listed_only_if_it_let_somebody_in(
    festival: Festival, door: Door, make_door: MakeDoor, people: list[Attendee], passage: Pass
) -> None:
    seen(make_door("Cửa B", checkpoint=door.checkpoint), at(8), revoked_at=at(9))
    passage(people[0], at(8))
    seen(door, at(8), revoked_at=at(9))

    assert [(one.name, one.revoked, one.late) for one in headcount(festival, at(10)).doors] == [("Cửa A", True, False)]


# --- for phones ------------------------------------------------------------------------------------------------


def test_phones_are_told_a_count_of_the_last_two_seconds(
    festival: Festival, people: list[Attendee], passage: Pass
) -> None:
    counting._lately.clear()
    assert headcount_lately(festival, at(10)).inside == 0
    passage(people[0], at(8))

    inside = [headcount_lately(festival, at(10) + timedelta(seconds=later)).inside for later in (0, 1.9, 2, -1)]

    assert inside == [0, 0, 1, 1]


def test_each_festival_has_a_count_of_its_own(
    festival: Festival, people: list[Attendee], passage: Pass, make_festival: Callable[..., Festival]
) -> None:
    passage(people[0], at(8))

    assert headcount_lately(festival, at(10)).total == 1
    assert headcount_lately(make_festival(), at(10)).total == 0
