"""Counters of limits in memory: windows end by themselves, and what is over is thrown away without a thread."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from festival.core import counting


@pytest.fixture
def storage() -> counting.CountingStorage:
    return storage_from_string("counting://")


def test_a_limit_holds_and_ends_with_its_window(storage, monkeypatch):
    limiter, limit = FixedWindowRateLimiter(storage), parse("3 per minute")
    at = 1_000_000.0
    monkeypatch.setattr(counting.time, "time", lambda: at)

    assert [limiter.hit(limit, "a") for _ in range(4)] == [True, True, True, False]
    assert limiter.hit(limit, "b")
    at += 61
    assert limiter.get_window_stats(limit, "a").remaining == 3
    assert limiter.hit(limit, "a")


def test_counting_at_once_loses_nothing(storage):
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda _: storage.incr("a", 60), range(4_000)))

    assert storage.get("a") == 4_000


def test_what_is_over_does_not_stay_in_memory(storage, monkeypatch):
    monkeypatch.setattr(counting, "SWEPT_AFTER", 100)
    at = 1_000_000.0
    monkeypatch.setattr(counting.time, "time", lambda: at)

    for number in range(99):
        storage.incr(f"old {number}", 10)
    at += 11
    storage.incr("new", 10)

    assert set(storage._counters) == {"new"}


def test_no_thread_looks_through_the_counters(storage):
    before = threading.active_count()

    for number in range(500):
        storage.incr(str(number), 60)

    assert threading.active_count() == before


def test_forgetting(storage):
    storage.incr("a", 60)
    storage.incr("b", 60)

    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 1)
    assert storage.reset() == 1
    assert storage.get("b") == 0
