"""Walk-ins at the same moment, on both databases: once each, and the last place once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sqlalchemy import func, select

from festival.checkin import slips
from festival.checkin.models import Admission, Lease, Scan, Slip
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee
from tests.checkin.conftest import Door
from tests.checkin.test_races import _same_phone, all_at_once, count
from tests.checkin.test_walk_ins import by_itself, deliver, hold_places, walk_in_of
from tests.invariants import broken

DOORS = 4


def same_phones(door: Door) -> list[Door]:
    """The same phone several times: a call that was given up is still on its way."""
    return [Door(door.paired, _same_phone(door), door.checkpoint) for _ in range(DOORS)]


def test_the_same_walk_in_many_times_at_once_is_registered_once(door: Door) -> None:
    sent = walk_in_of(door)

    results = all_at_once([lambda phone=phone: deliver(phone, sent)[0] for phone in same_phones(door)])  # type: ignore[misc]

    assert Counter(answer["outcome"] for answer in results) == Counter(registered=1, repeated=DOORS - 1)
    assert len({answer["attendee"] for answer in results}) == 1
    assert (count(Attendee), count(Admission), count(Scan)) == (1, 1, 1)
    assert broken() == []


def test_the_last_place_goes_to_one_of_many_doors(
    make_door: Callable[..., Door], door: Door, festival: Festival
) -> None:
    festival.capacity = 1
    db.session.commit()
    doors = [door, *(make_door(f"Cửa {place}", checkpoint=door.checkpoint) for place in range(1, DOORS))]

    results = all_at_once([lambda each=each: deliver(each, walk_in_of(each))[0] for each in doors])  # type: ignore[misc]

    assert Counter(answer["outcome"] for answer in results) == Counter(registered=1, full=DOORS - 1)
    assert broken() == []


def test_what_a_phone_holds_is_given_away_once_each(door: Door, festival: Festival) -> None:
    festival.capacity = 2
    db.session.commit()
    hold_places(door, 2)

    results = all_at_once(
        [lambda phone=phone: deliver(phone, by_itself(door))[0] for phone in same_phones(door)]  # type: ignore[misc]
    )

    assert Counter(answer["outcome"] for answer in results) == Counter(registered=2, full=DOORS - 2)
    assert db.session.scalars(select(Lease)).one().used == 2
    assert db.session.scalar(select(func.count()).where(Scan.passed)) == DOORS


def test_a_printed_slip_at_many_doors_at_once_is_given_once(
    make_door: Callable[..., Door], door: Door, festival: Festival
) -> None:
    printed = db.session.get_one(Slip, slips.make_printed(festival, 1).first).short_code
    db.session.commit()
    doors = [door, *(make_door(f"Cửa {place}", checkpoint=door.checkpoint) for place in range(1, DOORS))]

    results = all_at_once(
        [lambda each=each: deliver(each, walk_in_of(each, slip=printed))[0] for each in doors]  # type: ignore[misc]
    )

    assert Counter(answer["outcome"] for answer in results) == Counter(registered=1, invalid=DOORS - 1)
    assert count(Attendee) == 1
    assert broken() == []
