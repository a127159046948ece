"""The short way of a scan: who takes it, who does not, and that both ways keep the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from festival.checkin import at_once, pairing
from festival.checkin.models import Admission, Checkpoint, DeviceMode, Scan
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Registration
from tests import factories
from tests.checkin.conftest import Door, qr_of, tickets_of

Make = Callable[..., Registration]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each call so far went the short way."""
    ways: list[bool] = []
    let_in = at_once.let_in

    def noted(*given: Any) -> at_once.LetIn | None:
        result = let_in(*given)
        ways.append(result is not None)
        return result

    monkeypatch.setattr(at_once, "let_in", noted)
    return ways


def test_a_first_coming_in_takes_the_short_way_and_a_second_one_does_not(
    door: Door, festival: Festival, make_household: Make, taken: list[bool]
) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)

    assert [door.scan(code)["verdict"] for _ in range(2)] == ["admitted", "already_admitted"]
    assert taken == [True, False]


def test_both_ways_keep_the_same_rows(
    door: Door, festival: Festival, make_household: Make, taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tickets_of(make_household())
    short = door.scan(qr_of(first, festival))
    monkeypatch.setattr(at_once, "let_in", lambda *_scan: None)
    long = door.scan(qr_of(second, festival))

    assert taken == [True]
    assert short.keys() == long.keys()
    own = {"id", "attendee_id", "ticket_id", "scanned_at", "raw_scanned_at", "received_at", "answer"}
    scans = [
        {name: value for name, value in row.items() if name not in own}
        for row in db.session.execute(select(Scan.__table__)).mappings()
    ]
    assert scans[0] == scans[1]
    for ticket in (first, second):
        scan = db.session.scalars(select(Scan).where(Scan.ticket_id == ticket.id)).one()
        admission = db.session.scalars(select(Admission).where(Admission.attendee_id == ticket.attendee_id)).one()
        assert (admission.scan_id, admission.admitted_at) == (scan.id, scan.scanned_at)
        assert (admission.device_id, admission.changed_at) == (scan.device_id, scan.received_at)


def test_a_scan_sent_twice_gets_its_first_answer(
    door: Door, festival: Festival, make_household: Make, taken: list[bool]
) -> None:
    scan = door.scan_of(qr_of(tickets_of(make_household())[0], festival))

    assert door.send(scan) == door.send(scan)
    assert taken == [True, False]


def test_an_id_that_another_ticket_has_used_admits_nobody(
    door: Door, festival: Festival, make_household: Make, taken: list[bool]
) -> None:
    first, second = tickets_of(make_household())
    scan = door.scan_of(qr_of(first, festival))
    door.send(scan)

    door.send({**scan, "ticket": qr_of(second, festival)})

    assert taken == [True, False]
    assert db.session.scalars(select(Admission.attendee_id)).all() == [first.attendee_id]


def _revoked(door: Door) -> None:
    pairing.revoke(door.paired.device)


def _archived(door: Door) -> None:
    door.checkpoint.festival.status = FestivalStatus.ARCHIVED


def _limited(door: Door) -> None:
    door.checkpoint.kind = factories.CheckpointKind.CUSTOM
    door.checkpoint.stock = 5


def _screen(door: Door) -> None:
    door.paired.device.mode = DeviceMode.SCREEN


def _other_door(door: Door) -> None:
    door.paired.device.checkpoints = [factories.make_checkpoint(door.checkpoint.festival)]


def _closed(door: Door) -> None:
    door.checkpoint.festival.status = FestivalStatus.CLOSED


@pytest.mark.parametrize("change", [_revoked, _archived, _limited, _screen, _other_door, _closed])
def test_what_is_not_simple_goes_the_long_way(
    door: Door,
    festival: Festival,
    make_household: Make,
    taken: list[bool],
    change: Callable[[Door], None],
) -> None:
    code = qr_of(tickets_of(make_household())[0], festival)
    change(door)
    db.session.commit()

    door.browser.post("/door/api/scans", json={"scans": [door.scan_of(code)]})

    assert taken == [False]


def test_a_phone_that_said_nothing_for_a_minute_is_noted_as_seen(
    door: Door, festival: Festival, make_household: Make, taken: list[bool]
) -> None:
    device = door.paired.device
    device.last_seen_at = now() - timedelta(minutes=5)
    db.session.commit()

    door.scan(qr_of(tickets_of(make_household())[0], festival))

    db.session.refresh(device)
    assert taken == [True]
    assert device.last_seen_at is not None
    assert now() - device.last_seen_at < timedelta(minutes=1)


def test_the_ticket_of_another_festival_is_never_let_in_at_once(
    door: Door, make_festival: Callable[..., Festival], make_household: Make, taken: list[bool]
) -> None:
    other = make_festival()
    ticket = tickets_of(make_household(festival=other))[0]

    assert door.scan(qr_of(ticket, other))["verdict"] == "wrong_festival"
    assert taken == [False]
    assert db.session.scalars(select(Checkpoint.id).join(Admission)).all() == []
