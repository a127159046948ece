"""The timetable and the countdown: pure rules, without a database."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.core.clock import at_local
from festival.programme.countdown import Countdown, Stage, countdown
from festival.programme.models import Booth, Festival, FestivalStatus, Session
from festival.programme.timetable import place, timetable

DAY = date(2027, 10, 10)


def at(clock: str, day: date = DAY) -> datetime:
    return at_local(day, time.fromisoformat(clock))


def session(start: str, end: str, room: str = "Phòng 101", number: int = 1, day: date = DAY) -> Session:
    return Session(id=number, room=room, starts_at=at(start, day), ends_at=at(end, day), capacity=20, seats_taken=0)


def test_sessions_that_begin_together_stand_together() -> None:
    [day] = timetable([session("09:00", "10:00"), session("08:00", "09:00", "B"), session("08:00", "08:45", "A")])
    assert [(hour.starts_at, [s.room for s in hour.sessions]) for hour in day.hours] == [
        (at("08:00"), ["A", "B"]),
        (at("09:00"), ["Phòng 101"]),
    ]


def test_rooms_are_columns_in_vietnamese_order_without_marks() -> None:
    [day] = timetable([session("08:00", "09:00", room) for room in ("Phòng 2", "Đại sảnh", "Hội trường")])
    assert [column.room for column in day.columns] == ["Đại sảnh", "Hội trường", "Phòng 2"]


def test_overlapping_sessions_of_a_room_stand_beside_each_other() -> None:
    [day] = timetable([session("08:00", "09:00"), session("08:30", "09:30"), session("09:00", "10:00")])
    assert [(column.room, column.lanes) for column in day.columns] == [("Phòng 101", 2)]


def test_each_day_has_its_own_timetable() -> None:
    days = timetable([session("23:30", "23:59"), session("00:10", "01:00", day=date(2027, 10, 11))])
    assert [day.day for day in days] == [DAY, date(2027, 10, 11)]


def test_no_session_no_day() -> None:
    assert timetable([]) == []


def test_a_session_without_a_room_is_at_its_booth() -> None:
    held = session("08:00", "09:00", room="")
    assert place(held) == ""
    held.booth = Booth(code="A01", name="VNeID")
    assert place(held) == "A01 · VNeID"


minutes = st.integers(0, 22 * 60)


@given(st.lists(st.tuples(minutes, st.integers(1, 100), st.sampled_from("ABC")), min_size=1, max_size=20))
def test_the_grid_is_a_rectangle_that_shows_every_session_once(drawn: list[tuple[int, int, str]]) -> None:
    def clock(minute: int) -> str:
        return f"{minute // 60:02}:{minute % 60:02}"

    sessions = [session(clock(s), clock(s + n), room, number) for number, (s, n, room) in enumerate(drawn)]
    [day] = timetable(sessions)
    width = sum(column.lanes for column in day.columns)
    covered = [0] * len(day.rows)
    shown = []
    for number, row in enumerate(day.rows):
        for cell in row.cells:
            for below in range(number, number + cell.rows):
                covered[below] += 1
            if cell.session:
                assert cell.session.starts_at == row.starts_at
                shown.append(cell.session.id)
    assert covered == [width] * len(day.rows)
    assert sorted(shown) == [s.id for s in sessions]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at("23:59", date(2027, 9, 28)), Countdown(Stage.BEFORE, 12)),
        (at("00:00", date(2027, 10, 8)), Countdown(Stage.BEFORE, 2)),
        (at("00:00", date(2027, 10, 9)), Countdown(Stage.TOMORROW, 1)),
        (at("23:59", date(2027, 10, 9)), Countdown(Stage.TOMORROW, 1)),
        (at("00:00"), Countdown(Stage.TODAY, 0)),
        (at("07:30"), Countdown(Stage.OPEN, 0)),
        (at("17:30"), Countdown(Stage.BETWEEN, 1)),
        (at("07:00", date(2027, 10, 11)), Countdown(Stage.TODAY, 0)),
        (at("17:29", date(2027, 10, 11)), Countdown(Stage.OPEN, 0)),
        (at("17:30", date(2027, 10, 11)), Countdown(Stage.OVER, 0)),
    ],
)
def test_days_are_counted_on_the_vietnamese_calendar(moment: datetime, expected: Countdown) -> None:
    assert countdown(two_days(), moment) == expected


def test_a_closed_festival_is_over_even_before_its_end() -> None:
    assert countdown(two_days(FestivalStatus.CLOSED), at("08:00")).stage is Stage.OVER


def two_days(status: FestivalStatus = FestivalStatus.PUBLISHED) -> Festival:
    return Festival(
        first_day=DAY, last_day=date(2027, 10, 11), opens_at=time(7, 30), closes_at=time(17, 30), status=status
    )
