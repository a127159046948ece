"""Phones that lose the network, repeat themselves, arrive in any order and have wrong clocks, against the real server.

A state machine plays phones and a server; whatever it does, no scan is lost, everybody has at most one admission at a
checkpoint, and the earliest scan that let somebody in owns it. A second test delivers the same scans in two orders.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from festival.checkin import undoing
from festival.checkin.models import Admission, Checkpoint, Device, Scan
from festival.checkin.scan_request import ScanRequest, read_scan
from festival.checkin.scanning import record_scans
from festival.core.clock import now, today
from festival.extensions import db
from festival.registration.models import Attendee
from tests import factories
from tests.checkin.conftest import qr_of, tickets_of

PEOPLE, PHONES = 4, 3
QUICK = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass
class Phone:
    """A phone: its device, how far its clock is behind (milliseconds), the scans that no answer was heard to."""

    device: Device
    behind: int
    queue: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class House:
    """One festival with an entrance, phones and people."""

    checkpoint: Checkpoint
    phones: list[Phone]
    people: list[Attendee]
    codes: list[str]


def make_house(clocks: list[int]) -> House:
    festival = factories.make_festival(first_day=today() - timedelta(days=1))  # nine hours ago may be yesterday
    checkpoint = factories.make_checkpoint(festival)
    phones = [
        Phone(factories.make_device(festival, name=f"Cửa {number}", checkpoints=[checkpoint]).device, behind)
        for number, behind in enumerate(clocks)
    ]
    household = factories.make_household(festival, members=PEOPLE)
    codes = [qr_of(ticket, festival) for ticket in tickets_of(household)]
    return House(checkpoint, phones, list(household.attendees), codes)


def scan_of(house: House, phone: Phone, person: int, moment: datetime, **more: Any) -> dict[str, Any]:
    """A scan at that true moment, told by the phone's own clock."""
    told = moment - timedelta(milliseconds=phone.behind)
    scan = {
        "id": str(uuid4()),
        "checkpoint": house.checkpoint.id,
        "ticket": house.codes[person],
        "direction": "in",
        "scanned_at": told.isoformat(),
        "clock_offset_ms": phone.behind,
        "offline": True,
        "shown": "admitted",
    }
    return {**scan, **more}


def deliver(phone: Phone, scans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    requests = [read_scan(scan) for scan in scans]
    assert all(isinstance(one, ScanRequest) for one in requests)
    answers = record_scans(phone.device, requests, now())
    db.session.commit()
    return [answer.body for answer in answers]


def admissions_of(house: House) -> dict[int, tuple[UUID, datetime]]:
    rows = db.session.scalars(select(Admission).where(Admission.checkpoint_id == house.checkpoint.id)).all()
    assert len({row.attendee_id for row in rows}) == len(rows)
    return {row.attendee_id: (row.scan_id, row.admitted_at) for row in rows}


def owners_by_the_rule(house: House) -> dict[int, tuple[UUID, datetime]]:
    """Said anew and simply: of all scans that let a person in, the earliest; of two at one moment, the lower id."""
    owners: dict[int, tuple[datetime, UUID]] = {}
    for scan in db.session.scalars(select(Scan).where(Scan.checkpoint_id == house.checkpoint.id)):
        if scan.passed and scan.direction == "in" and scan.undone_at is None and scan.attendee_id is not None:
            mine = (scan.scanned_at, scan.id)
            owners[scan.attendee_id] = min(owners.get(scan.attendee_id, mine), mine)
    return {attendee_id: (scan_id, moment) for attendee_id, (moment, scan_id) in owners.items()}


class PhonesAndServer(RuleBasedStateMachine):
    """What phones do on a bad day."""

    @initialize(clocks=st.lists(st.integers(-7_200_000, 7_200_000), min_size=PHONES, max_size=PHONES))
    def open_the_doors(self, clocks: list[int]) -> None:
        self.house = make_house(clocks)
        self.made: dict[str, datetime] = {}
        self.sent: set[str] = set()
        self.minute = 0

    def _moment(self, step: int) -> datetime:
        """Hours ago, and never twice the same: what happened offline happened before now."""
        self.minute += 1
        return now() - timedelta(hours=9) + timedelta(minutes=step, milliseconds=self.minute)

    @rule(phone=st.integers(0, PHONES - 1), person=st.integers(0, PEOPLE - 1), step=st.integers(0, 400))
    def scan_without_a_network(self, phone: int, person: int, step: int) -> None:
        moment = self._moment(step)
        scan = scan_of(self.house, self.house.phones[phone], person, moment)
        self.made[scan["id"]] = moment
        self.house.phones[phone].queue.append(scan)

    @rule(phone=st.integers(0, PHONES - 1), person=st.integers(0, PEOPLE - 1), step=st.integers(0, 400))
    def let_somebody_out_without_a_network(self, phone: int, person: int, step: int) -> None:
        moment = self._moment(step)
        scan = scan_of(self.house, self.house.phones[phone], person, moment, direction="out", shown="exited")
        self.made[scan["id"]] = moment
        self.house.phones[phone].queue.append(scan)

    @rule(phone=st.integers(0, PHONES - 1), person=st.integers(0, PEOPLE - 1), heard=st.booleans())
    def scan_with_a_network(self, phone: int, person: int, heard: bool) -> None:
        scan = scan_of(self.house, self.house.phones[phone], person, now(), offline=False)
        deliver(self.house.phones[phone], [scan])
        self.sent.add(scan["id"])
        if not heard:  # the answer got lost: the phone goes by what it has shown, and sends it again
            self.house.phones[phone].queue.append({**scan, "offline": True})

    @rule(phone=st.integers(0, PHONES - 1), order=st.randoms(use_true_random=False), heard=st.booleans())
    def sync_some(self, phone: int, order: random.Random, heard: bool) -> None:
        queue = self.house.phones[phone].queue
        if not queue:
            return
        batch = order.sample(queue, order.randint(1, len(queue)))
        if order.random() < 0.3:
            batch.append(batch[0])  # a repeat in one batch
        answers = deliver(self.house.phones[phone], batch)
        assert all("verdict" in answer for answer in answers)
        self.sent |= {scan["id"] for scan in batch}
        if heard:
            self.house.phones[phone].queue = [scan for scan in queue if scan not in batch]

    @rule(order=st.randoms(use_true_random=False))
    def a_manager_undoes_one(self, order: random.Random) -> None:
        if not self.sent:
            return
        chosen = order.choice(sorted(self.sent))
        scan = undoing.find_scan(self.house.checkpoint.festival_id, UUID(chosen))
        assert scan is not None
        undoing.undo(scan, "Quét nhầm", now())
        db.session.commit()

    @invariant()
    def the_earliest_owns_every_admission(self) -> None:
        if hasattr(self, "house"):
            db.session.expire_all()
            assert admissions_of(self.house) == owners_by_the_rule(self.house)

    def teardown(self) -> None:
        """Every phone comes back: each scan is there once, at its true moment."""
        if not hasattr(self, "house"):
            return
        for phone in self.house.phones:
            if phone.queue:
                deliver(phone, phone.queue)
        db.session.expire_all()
        there = {
            str(scan.id): scan
            for scan in db.session.scalars(select(Scan).where(Scan.checkpoint_id == self.house.checkpoint.id))
        }
        assert set(there) == set(self.made) | self.sent
        for scan_id, moment in self.made.items():
            assert abs(there[scan_id].scanned_at - moment) < timedelta(milliseconds=1)
        self.the_earliest_owns_every_admission()
        db.session.rollback()


def test_whatever_phones_do_no_scan_is_lost_and_the_earliest_owns(app: Flask) -> None:
    run_state_machine_as_test(PhonesAndServer, settings=QUICK)


@contextmanager
def undone(house: House) -> Iterator[None]:
    """What the block has recorded at this house is forgotten afterwards, so that it can be told in another order."""
    yield
    for kind in (Admission, Scan):
        db.session.execute(kind.__table__.delete().where(kind.checkpoint_id == house.checkpoint.id))
    db.session.commit()


def state_of(house: House) -> tuple[object, ...]:
    kept = db.session.execute(
        select(Scan.id, Scan.attendee_id, Scan.scanned_at, Scan.passed, Scan.direction, Scan.device_id)
        .where(Scan.checkpoint_id == house.checkpoint.id)
        .order_by(Scan.id)
    )
    return admissions_of(house), [tuple(row) for row in kept]


@given(
    clocks=st.lists(st.integers(-7_200_000, 7_200_000), min_size=PHONES, max_size=PHONES),
    events=st.lists(
        st.tuples(
            st.integers(0, PHONES - 1),
            st.integers(0, PEOPLE - 1),
            st.integers(0, 300),
            st.sampled_from([("in", "admitted"), ("in", "already_admitted"), ("out", "exited")]),
        ),
        min_size=1,
        max_size=14,
    ),
    shuffle=st.randoms(use_true_random=False),
)
@QUICK
def test_every_order_of_arrival_ends_in_the_same_state(
    app: Flask, clocks: list[int], events: list[Any], shuffle: random.Random
) -> None:
    house = make_house(clocks)
    begin = now() - timedelta(hours=9)
    scans = [
        (house.phones[phone], scan_of(house, house.phones[phone], person, moment, direction=way, shown=shown))
        for phone, person, minutes, (way, shown) in events
        for moment in [begin + timedelta(minutes=minutes)]
    ]
    states = []
    for _ in range(3):
        with undone(house):
            for phone, scan in scans:
                deliver(phone, [scan] * shuffle.randint(1, 2))
            db.session.expire_all()
            states.append(state_of(house))
        shuffle.shuffle(scans)

    assert states[0] == states[1] == states[2]
    assert len(states[0][1]) == len(events)


@pytest.mark.parametrize("size", [1, 7, 500])
def test_one_batch_or_many_end_in_the_same_state(app: Flask, size: int) -> None:
    house = make_house([0, 3_600_000, -60_000])
    begin = now() - timedelta(hours=9)
    order = random.Random(7)
    phone = house.phones[1]
    scans = [
        scan_of(house, phone, order.randrange(PEOPLE), begin + timedelta(seconds=order.randrange(9_000)))
        for _ in range(60)
    ]
    for place in range(0, len(scans), size):
        deliver(phone, scans[place : place + size])

    assert admissions_of(house) == owners_by_the_rule(house)
    assert len(state_of(house)[1]) == 60
