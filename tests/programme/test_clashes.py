"""What clashes in a timetable, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from festival.core.clock import at_local
from festival.programme.clashes import Clash, ClashKind, Sitting, clashes_of, clashes_of_all, fingerprint
from festival.programme.models import Festival

DAY = date(2027, 10, 10)
FESTIVAL = Festival(first_day=DAY, last_day=DAY, opens_at=time(7, 30), closes_at=time(17))


def sitting(start: str = "09:00", end: str = "10:00", day: date = DAY, **values: object) -> Sitting:
    known = Sitting(
        None, 1, "VNeID", at_local(day, time.fromisoformat(start)), at_local(day, time.fromisoformat(end)), "", None, ""
    )
    return replace(known, **values)


def kinds(*clashes: Clash) -> list[ClashKind]:
    return [clash.kind for clash in clashes]


def test_one_room_at_one_time_clashes_however_its_name_is_written():
    other = sitting("09:30", "10:30", id=7, room="phong hop 1")

    clashes = clashes_of(sitting(room="Phòng  họp 1"), [other], FESTIVAL)

    assert kinds(*clashes) == [ClashKind.ROOM]
    assert clashes[0].other is other


@pytest.mark.parametrize(("start", "end"), [("08:00", "09:00"), ("10:00", "11:00")])
def test_touching_ends_do_not_clash(start, end):
    assert (
        clashes_of(sitting(room="P1", host="Công an"), [sitting(start, end, id=7, room="P1", host="Công an")], FESTIVAL)
        == []
    )


def test_another_room_or_no_room_does_not_clash():
    assert clashes_of(sitting(room="P1"), [sitting(id=7, room="P2")], FESTIVAL) == []
    assert clashes_of(sitting(), [sitting(id=7)], FESTIVAL) == []


def test_one_host_in_two_rooms_clashes():
    others = [sitting(id=7, room="P2", host="công an phường"), sitting(id=8, room="P3", host="Đoàn thanh niên")]

    clashes = clashes_of(sitting(room="P1", host="Công an phường"), others, FESTIVAL)

    assert [(clash.kind, clash.other.id) for clash in clashes] == [(ClashKind.HOST, 7)]


def test_one_booth_at_one_time_clashes():
    others = [sitting(id=7, booth_id=5), sitting(id=8, booth_id=6)]

    clashes = clashes_of(sitting(booth_id=5), others, FESTIVAL)

    assert [(clash.kind, clash.other.id) for clash in clashes] == [(ClashKind.BOOTH, 7)]


@pytest.mark.parametrize(("start", "end"), [("07:29", "08:00"), ("16:30", "17:01")])
def test_beyond_the_opening_hours_clashes(start, end):
    assert kinds(*clashes_of(sitting(start, end), [], FESTIVAL)) == [ClashKind.HOURS]


def test_from_opening_to_closing_is_within_the_hours():
    assert clashes_of(sitting("07:30", "17:00"), [], FESTIVAL) == []


def test_a_day_that_is_not_the_festivals_clashes():
    assert kinds(*clashes_of(sitting(day=date(2027, 10, 9)), [], FESTIVAL)) == [ClashKind.DAY]


def test_a_session_does_not_clash_with_itself():
    known = sitting(id=7, room="P1", host="Công an", booth_id=5)

    assert clashes_of(replace(known, title="VNeID mới"), [known], FESTIVAL) == []


def test_new_sessions_clash_among_each_other():
    assert kinds(*clashes_of_all([sitting(room="P1"), sitting("09:30", "10:30", room="P1")], [], FESTIVAL)) == [
        ClashKind.ROOM
    ]


@pytest.mark.parametrize(("place", "kind"), [({"room": "P1"}, ClashKind.ROOM), ({"booth_id": 5}, ClashKind.BOOTH)])
def test_only_two_groups_of_one_workshop_may_share_a_place(place, kind):
    same, another = sitting(id=7, **place), sitting(id=8, workshop_id=2, **place)

    assert [clash.may_be_confirmed for clash in clashes_of(sitting(**place), [same, another], FESTIVAL)] == [
        True,
        False,
    ]


def test_a_host_and_hours_may_be_confirmed():
    clashes = clashes_of(sitting("06:00", host="A"), [sitting(id=7, host="A", workshop_id=2)], FESTIVAL)

    assert kinds(*clashes) == [ClashKind.HOURS, ClashKind.HOST]
    assert all(clash.may_be_confirmed for clash in clashes)


def test_who_agrees_to_some_clashes_does_not_agree_to_others():
    first = clashes_of(sitting(host="A"), [sitting(id=7, host="A")], FESTIVAL)
    more = clashes_of(sitting(host="A"), [sitting(id=7, host="A"), sitting(id=8, host="A")], FESTIVAL)

    assert fingerprint(first) != fingerprint(more)
