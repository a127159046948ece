"""How long a household may think about an offer: a table, and what holds for every moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from festival.core.clock import LOCAL, local
from festival.registration.answer_times import SLEEPS, WAKES, answer_by


def at(words: str) -> datetime:
    """A moment on Vietnamese clocks; the session is on Saturday the 10th."""
    day, clock = words.split()
    return datetime.fromisoformat(f"2026-10-{int(day):02} {clock}:00").replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("offered", "starts", "until"),
    [
        ("5 10:00", "10 09:00", "6 19:00"),  # 12 waking hours on the 5th, 12 on the 6th
        ("5 07:00", "10 09:00", "6 16:00"),
        ("5 23:30", "10 09:00", "7 16:00"),  # the night does not count: from 07:00 on
        ("5 03:00", "10 09:00", "6 16:00"),
        ("8 10:00", "10 09:00", "9 09:00"),  # no later than an offer made as the day before dawns
        ("8 21:00", "10 09:00", "9 09:00"),
        ("9 06:59", "10 09:00", "9 09:00"),
        ("9 07:00", "10 09:00", "9 09:00"),
        ("9 14:15", "10 09:00", "9 16:15"),  # the day before: two hours
        ("9 20:30", "10 09:00", "10 07:30"),
        ("9 21:00", "10 14:00", "10 07:30"),
        ("9 23:00", "10 14:00", "10 07:30"),
        ("10 06:00", "10 09:00", "10 07:30"),  # on the day: half an hour, from when people are awake
        ("10 08:00", "10 09:00", "10 08:30"),
        ("10 08:45", "10 09:00", "10 09:00"),  # never beyond the start
        ("10 21:50", "10 22:30", "10 22:30"),
        ("9 23:00", "10 06:30", "10 06:30"),
    ],
)
def test_the_time_to_answer_shortens_as_the_session_nears(offered, starts, until):
    assert answer_by(at(offered), at(starts)) == at(until)


@pytest.mark.parametrize("moment", ["10 09:00", "10 09:01", "11 08:00"])
def test_nothing_is_offered_once_the_session_has_begun(moment):
    assert answer_by(at(moment), at("10 09:00")) is None


MINUTES = st.integers(1, 60 * 24 * 12).map(lambda minutes: timedelta(minutes=minutes))


@given(MINUTES, MINUTES)
def test_what_is_offered_later_never_ends_earlier(before, still_before):
    start = at("10 14:00")
    one, other = (answer_by(start - left, start) for left in sorted((before, still_before), reverse=True))

    assert one <= other


@given(MINUTES)
def test_an_answer_is_due_after_the_offer_by_day_and_before_the_start(before):
    start = at("10 14:00")

    until = answer_by(start - before, start)

    assert start - before < until <= start
    assert WAKES <= local(until).time() <= SLEEPS
