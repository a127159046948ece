"""A session that is full, in five days, and a clock that stands until a test moves it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from festival.core.clock import today
from tests.registration.waiting.lines import register, set_clock


@pytest.fixture
def clock(monkeypatch):
    return set_clock(monkeypatch)


@pytest.fixture
def festival(make_festival, clock):
    return make_festival(first_day=today() + timedelta(days=5), last_day=today() + timedelta(days=6))


@pytest.fixture
def session(festival, make_session):
    """Three seats, in five days from nine to ten."""
    return make_session(day=festival.first_day, capacity=3, title="VNeID từ A đến Z")


@pytest.fixture
def seated(festival, session):
    """A household of three that has all the seats."""
    return register(festival, session, members=3)
