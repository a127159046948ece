"""Eight phones fetch their rosters while others scan: a call that reads and notes something fails for nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from festival import extensions
from festival.checkin import roster
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration
from tests import factories
from tests.checkin.conftest import Door, qr_of, scans, tickets_of
from tests.checkin.test_races import all_at_once

PHONES, CALLS = 8, 5


@pytest.fixture
def phones(make_door: Callable[..., Door]) -> list[Door]:
    first = make_door("Cửa 0")
    return [first, *(make_door(f"Cửa {number}", checkpoint=first.checkpoint) for number in range(1, PHONES + 2))]


@pytest.fixture
def codes(festival: Festival, make_household: Callable[..., Registration]) -> list[str]:
    return [qr_of(ticket, festival) for ticket in tickets_of(make_household(members=2 * CALLS))]


def poll(phone: Door) -> list[int]:
    """Its number of unsent scans changes with every call, so each one writes."""
    return [
        phone.browser.get("/door/api/roster", query_string={"waiting": number}).status_code
        for number in range(1, CALLS + 1)
    ]


def scan(phone: Door, codes: list[str]) -> list[str]:
    return [phone.scan(code)["verdict"] for code in codes]


def test_phones_fetch_rosters_while_others_scan(phones: list[Door], codes: list[str]) -> None:
    pollers, scanners = phones[:PHONES], phones[PHONES:]
    calls: list[Callable[[], Any]] = [lambda phone=phone: poll(phone) for phone in pollers]  # type: ignore[misc]
    calls += [
        lambda phone=phone, part=part: scan(phone, part)
        for phone, part in zip(scanners, (codes[:CALLS], codes[CALLS:]), strict=True)
    ]  # type: ignore[misc]

    results = all_at_once(calls)

    assert results[:PHONES] == [[200] * CALLS] * PHONES
    assert results[PHONES:] == [["admitted"] * CALLS] * 2
    assert scans() == 2 * CALLS


@pytest.fixture
def overtaken(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Callable[[], None]:
    """Another writer commits between what the gate has read and what the call writes: the worst moment, every time."""
    meet = roster.meet

    def write() -> None:
        with app.app_context():
            factories.make_organization("Phường khác")

    def meet_late(*given: Any) -> Any:
        # Within a transaction that may write, the other one has to wait until we are done.
        other = threading.Thread(target=write)
        other.start()
        other.join(0.3)
        return meet(*given)

    def arrange() -> None:
        monkeypatch.setattr(roster, "meet", meet_late)

    return arrange


def test_a_phone_overtaken_by_another_writer_is_answered_all_the_same(
    phones: list[Door], overtaken: Callable[[], None]
) -> None:
    overtaken()

    assert poll(phones[0])[:1] == [200]


def test_without_beginning_as_a_writer_the_same_moment_goes_wrong(
    database: str, phones: list[Door], overtaken: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    if database != "sqlite":
        pytest.skip("PostgreSQL lets a reader write at any time")
    from festival.checkin.calls import roster as call

    overtaken()
    monkeypatch.setattr(call, "begin_writing", lambda: None)
    phones[0].browser.application.testing = False
    try:
        status = phones[0].browser.get("/door/api/roster", query_string={"waiting": 3}).status_code
    finally:
        phones[0].browser.application.testing = True
        db.session.rollback()

    assert status == 500
    assert extensions.begin_writing is not call.begin_writing
