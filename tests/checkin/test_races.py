"""Doors at the same moment, in threads, on both databases; and the same rush without the guard, which goes wrong."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, has_request_context
from sqlalchemy import Connection, func, select, text

from festival.checkin import admitting, at_once, scanning, undoing
from festival.checkin.judging import Pair
from festival.checkin.models import Admission, Scan
from festival.checkin.pairing import DEVICE_COOKIE
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration
from tests.checkin.conftest import Door, qr_of, tickets_of

Make = Callable[..., Registration]
DOORS = 8
UNIQUE = "uq_admissions_attendee_id_checkpoint_id"


def count(entity: type) -> int:
    return db.session.scalar(select(func.count()).select_from(entity)) or 0


def all_at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the calls in a thread each, started together; gives what they return, or the exceptions they raise."""
    if not has_request_context():  # what the test itself has read: on SQLite nobody else could write for half a minute
        db.session.commit()
    together = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        together.wait(10)
        try:
            results[place] = calls[place]()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.fixture
def doors(make_door: Callable[..., Door]) -> list[Door]:
    """Several phones at one entrance."""
    first = make_door("Cửa 0")
    return [first, *(make_door(f"Cửa {number}", checkpoint=first.checkpoint) for number in range(1, DOORS))]


@pytest.fixture
def judged_before_anyone_is_admitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """All doors have judged the ticket before the first one inserts: the worst moment, every time.

    Where the database lets only one of them judge at a time (SQLite), the waiting ends by itself.
    """
    insert = admitting.insert_admissions
    meeting = threading.Barrier(DOORS)

    def insert_together(connection: Connection, rows: Sequence[dict[str, Any]], **how: bool) -> set[Pair]:
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(0.4)
        return insert(connection, rows, **how)

    write = at_once._write

    def write_together(*row: Any) -> bool:
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(0.4)
        return write(*row)

    monkeypatch.setattr(admitting, "insert_admissions", insert_together)
    monkeypatch.setattr(at_once, "_write", write_together)


def rush(doors: list[Door], code: str) -> Counter[str]:
    """Every door scans that ticket at the same moment; gives how often each verdict came (or which error)."""
    results = all_at_once([lambda door=door: door.scan(code) for door in doors])  # type: ignore[misc]
    return Counter(type(result).__name__ if isinstance(result, Exception) else result["verdict"] for result in results)


ADMITTED_ONCE = Counter(admitted=1, already_admitted=DOORS - 1)


@pytest.mark.usefixtures("judged_before_anyone_is_admitted")
def test_a_ticket_at_many_doors_at_once_is_admitted_once(
    doors: list[Door], festival: Festival, make_household: Make
) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)

    assert rush(doors, code) == ADMITTED_ONCE
    assert count(Admission) == 1
    assert count(Scan) == DOORS


@pytest.fixture
def guard_taken_away(app: Flask, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PostgreSQL without the unique pair; SQLite without the write lock taken before the first thing is written."""
    if database == "sqlite":
        monkeypatch.setattr(at_once, "let_in", lambda *_scan: None)
        monkeypatch.setattr(scanning, "stop_reading", db.session.connection)
        yield
        return
    db.session.execute(text(f"ALTER TABLE admissions DROP CONSTRAINT {UNIQUE}"))
    db.session.commit()
    yield
    db.session.rollback()
    db.session.execute(text("DELETE FROM admissions"))
    db.session.execute(text(f"ALTER TABLE admissions ADD CONSTRAINT {UNIQUE} UNIQUE (attendee_id, checkpoint_id)"))
    db.session.commit()


@pytest.mark.usefixtures("judged_before_anyone_is_admitted", "guard_taken_away")
def test_without_the_guard_the_same_rush_goes_wrong(
    doors: list[Door], festival: Festival, make_household: Make
) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)

    assert rush(doors, code) != ADMITTED_ONCE


@pytest.mark.usefixtures("judged_before_anyone_is_admitted")
def test_one_scan_sent_many_times_at_once_has_one_answer(
    doors: list[Door], festival: Festival, make_household: Make
) -> None:
    door = doors[0]
    scan = door.scan_of(qr_of(tickets_of(make_household())[0], festival))
    browsers = [Door(door.paired, _same_phone(door), door.checkpoint) for _ in range(DOORS)]

    answers = all_at_once([lambda phone=phone: phone.send(scan) for phone in browsers])  # type: ignore[misc]

    assert all(answer == answers[0] for answer in answers), answers
    assert answers[0][0]["verdict"] == "admitted"
    assert (count(Scan), count(Admission)) == (1, 1)


def _same_phone(door: Door) -> Any:
    browser = door.browser.application.test_client()
    browser.set_cookie(DEVICE_COOKIE, door.paired.token, path="/door")
    return browser


def test_two_doors_with_the_same_tickets_in_opposite_order_do_not_block_each_other(
    doors: list[Door], festival: Festival, make_household: Make
) -> None:
    people = make_household(members=30).attendees
    there = [doors[0].scan_of(attendee=person.id) for person in people]
    back = [doors[1].scan_of(attendee=person.id) for person in reversed(people)]

    results = all_at_once([lambda: doors[0].send(*there), lambda: doors[1].send(*back)])

    verdicts = Counter(answer["verdict"] for answers in results for answer in answers)
    assert verdicts == Counter(admitted=30, already_admitted=30)
    assert count(Admission) == 30


def test_who_was_second_is_let_in_when_the_first_is_undone_at_that_moment(
    app: Flask,
    doors: list[Door],
    festival: Festival,
    make_household: Make,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Door 1 judges; door 0 lets the person in; door 1 finds that out when it writes; then the first is undone, before
    door 1 has read when and where that was."""
    code = qr_of(tickets_of(make_household())[0], festival)
    monkeypatch.setattr(at_once, "let_in", lambda *_scan: None)
    look_at, load_admissions = scanning.look_at, admitting.load_admissions
    faster: list[str] = []

    def undo() -> None:
        with app.app_context() if database == "postgresql" else contextlib.nullcontext():
            scan = undoing.find_scan(festival.id, UUID(faster[0]))
            assert scan is not None
            undoing.undo(scan, "Quét nhầm", now())
            if database == "postgresql":
                db.session.commit()

    def look_and_be_overtaken(*given: Any) -> Any:
        scene = look_at(*given)
        if not faster:
            faster.append("")
            (answer,) = all_at_once([lambda: doors[0].scan(code)])
            faster[0] = answer["id"]
        return scene

    def undone_before_it_is_read(*given: Any) -> Any:
        monkeypatch.setattr(admitting, "load_admissions", load_admissions)
        if database == "postgresql":
            assert all_at_once([undo]) == [None]
        else:  # one writer at a time: nobody comes between, so it is done by this one's hand
            undo()
        return load_admissions(*given)

    monkeypatch.setattr(scanning, "look_at", look_and_be_overtaken)
    monkeypatch.setattr(admitting, "load_admissions", undone_before_it_is_read)

    second = doors[1].scan(code)

    assert second["verdict"] == "admitted"
    assert [str(one) for one in db.session.scalars(select(Admission.scan_id))] == [second["id"]]
