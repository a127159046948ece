"""Phones that lose the network, repeat themselves, arrive in any order and have wrong clocks, against the real server.

A state machine plays phones and a server at an entrance, a table with few gifts for many households, and a class with
few seats. Phones take scans back, long before the server hears of it, and are paired again with a full queue. Whatever
happens, no scan is lost, everybody has at most one admission at a checkpoint, the earliest scan that let somebody in
owns it, and exactly what was given out is gone. A second test delivers the same scans in several orders.
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

from festival.checkin import pairing, undoing
from festival.checkin.answers import Answer
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, Scan
from festival.checkin.paired_again import predecessors, stints_of
from festival.checkin.scan_request import ScanRequest, read_scan
from festival.checkin.scanning import record_scans
from festival.checkin.undoing import UndoOutcome
from festival.core.clock import now, today
from festival.extensions import db
from festival.programme.models import Session
from festival.registration.models import Attendee, Booking, BookingState
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
    """One festival: an entrance, a table with a gift, a class; phones that are at all of them; two households."""

    checkpoint: Checkpoint
    table: Checkpoint
    room: Checkpoint
    phones: list[Phone]
    people: list[Attendee]
    codes: list[str]

    @property
    def places(self) -> list[Checkpoint]:
        return [self.checkpoint, self.table, self.room]


def make_house(clocks: list[int]) -> House:
    festival = factories.make_festival(first_day=today() - timedelta(days=1))  # nine hours ago may be yesterday
    checkpoint = factories.make_checkpoint(festival)
    table = factories.make_checkpoint(festival, CheckpointKind.CUSTOM, name="Quà", stock=1, per_household=True)
    session = factories.make_session(festival, capacity=2)
    session.starts_at, session.ends_at = now() - timedelta(hours=10), now() + timedelta(hours=1)
    room = factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id, walk_ins=True)
    phones = [
        Phone(
            factories.make_device(festival, name=f"Cửa {number}", checkpoints=[checkpoint, table, room]).device, behind
        )
        for number, behind in enumerate(clocks)
    ]
    households = [
        factories.make_household(festival, members=PEOPLE // 2, phone=f"+8491234560{number}") for number in range(2)
    ]
    codes = [qr_of(ticket, festival) for household in households for ticket in tickets_of(household)]
    people = [person for household in households for person in household.attendees]
    return House(checkpoint, table, room, phones, people, codes)


def scan_of(
    house: House, phone: Phone, person: int, moment: datetime, place: Checkpoint | None = None, **more: Any
) -> dict[str, Any]:
    """A scan at that true moment, told by the phone's own clock; at the entrance unless said otherwise."""
    told = moment - timedelta(milliseconds=phone.behind)
    scan = {
        "id": str(uuid4()),
        "checkpoint": (place or house.checkpoint).id,
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
    known, at = pairing.find_known(phone.device.id), now()
    assert known is not None
    answers: dict[int, Answer] = {}
    for stint in stints_of(known, requests, at):
        mine = [requests[place] for place in stint.places]
        recorded = record_scans(stint.device, mine, at, known if stint.past else None)
        answers |= dict(zip(stint.places, recorded, strict=True))
        db.session.commit()
    return [answers[place].body for place in range(len(scans))]


Owners = dict[tuple[int, int], tuple[UUID, datetime]]
"""Which scan owns an admission, and since when, by checkpoint and attendee."""


def admissions_of(house: House) -> Owners:
    places = [place.id for place in house.places]
    rows = db.session.scalars(select(Admission).where(Admission.checkpoint_id.in_(places))).all()
    found = {(row.checkpoint_id, row.attendee_id): (row.scan_id, row.admitted_at) for row in rows}
    assert len(found) == len(rows)
    return found


def owners_by_the_rule(house: House) -> Owners:
    """Said anew and simply: of all scans that let a person in for whom there was something left, the earliest; of two
    at one moment, the lower id. At the table a household stands under its first person."""
    first: dict[int, int] = {}
    for person in house.people:
        first[person.registration_id] = min(first.get(person.registration_id, person.id), person.id)
    shared = {person.id: first[person.registration_id] for person in house.people}
    owners: dict[tuple[int, int], tuple[datetime, UUID]] = {}
    for scan in db.session.scalars(select(Scan).where(Scan.festival_id == house.checkpoint.festival_id)):
        let_in = scan.passed and scan.direction == "in" and scan.verdict in ("admitted", "already_admitted")
        if let_in and scan.undone_at is None and scan.attendee_id is not None:
            at_table = scan.checkpoint_id == house.table.id
            key = (scan.checkpoint_id, shared[scan.attendee_id] if at_table else scan.attendee_id)
            mine = (scan.scanned_at, scan.id)
            owners[key] = min(owners.get(key, mine), mine)
    return {key: (scan_id, moment) for key, (moment, scan_id) in owners.items()}


def what_is_gone(house: House) -> tuple[int, set[int], int]:
    """Of the gifts; of the seats, by whom they were booked and how many the class counts."""
    booked = select(Booking.attendee_id).where(
        Booking.session_id == house.room.session_id, Booking.state == BookingState.CONFIRMED
    )
    gifts = db.session.get_one(Checkpoint, house.table.id).stock_taken
    seats = db.session.get_one(Session, house.room.session_id).seats_taken
    return gifts, set(db.session.scalars(booked)), seats


def given_out(house: House) -> tuple[int, set[int], int]:
    """The same, as the admissions say."""
    let_in = admissions_of(house)
    gifts = sum(place == house.table.id for place, _person in let_in)
    in_class = {person for place, person in let_in if place == house.room.id}
    return gifts, in_class, len(in_class)


class PhonesAndServer(RuleBasedStateMachine):
    """What phones do on a bad day."""

    @initialize(clocks=st.lists(st.integers(-7_200_000, 7_200_000), min_size=PHONES, max_size=PHONES))
    def open_the_doors(self, clocks: list[int]) -> None:
        self.house = make_house(clocks)
        self.made: dict[str, datetime] = {}
        self.makers: dict[str, int] = {}
        self.sent: set[str] = set()
        self.minute = 0

    def _moment(self, step: int) -> datetime:
        """Hours ago, and never twice the same: what happened offline happened before now."""
        self.minute += 1
        return now() - timedelta(hours=9) + timedelta(minutes=step, milliseconds=self.minute)

    @rule(
        phone=st.integers(0, PHONES - 1),
        person=st.integers(0, PEOPLE - 1),
        step=st.integers(0, 400),
        place=st.integers(0, 2),
    )
    def scan_without_a_network(self, phone: int, person: int, step: int, place: int) -> None:
        moment = self._moment(step)
        scan = scan_of(self.house, self.house.phones[phone], person, moment, self.house.places[place])
        self.made[scan["id"]], self.makers[scan["id"]] = moment, phone
        self.house.phones[phone].queue.append(scan)

    @rule(phone=st.integers(0, PHONES - 1), person=st.integers(0, PEOPLE - 1), step=st.integers(0, 400))
    def let_somebody_out_without_a_network(self, phone: int, person: int, step: int) -> None:
        moment = self._moment(step)
        scan = scan_of(self.house, self.house.phones[phone], person, moment, direction="out", shown="exited")
        self.made[scan["id"]], self.makers[scan["id"]] = moment, phone
        self.house.phones[phone].queue.append(scan)

    @rule(
        phone=st.integers(0, PHONES - 1),
        person=st.integers(0, PEOPLE - 1),
        heard=st.booleans(),
        place=st.integers(0, 2),
    )
    def scan_with_a_network(self, phone: int, person: int, heard: bool, place: int) -> None:
        place_there = self.house.places[place]
        scan = scan_of(self.house, self.house.phones[phone], person, now(), place_there, offline=False)
        self.makers[scan["id"]] = phone
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

    @rule(order=st.randoms(use_true_random=False), minutes=st.integers(0, 14))
    def a_phone_tells_late_that_it_has_undone_one(self, order: random.Random, minutes: int) -> None:
        """Minutes after the scan, and hours before the server hears of it."""
        if not self.sent:
            return
        chosen = order.choice(sorted(self.sent))
        device = self.house.phones[self.makers[chosen]].device
        scan = undoing.find_scan(self.house.checkpoint.festival_id, UUID(chosen))
        assert scan is not None
        pressed, was_undone = scan.scanned_at + timedelta(minutes=minutes), scan.undone_at is not None
        known = pairing.find_known(device.id)
        assert known is not None
        before = [one.id for one in predecessors(known, now())]
        at = now()
        outcome = undoing.undo(scan, "Quét nhầm", pressed, by_device=device, before=before)
        db.session.commit()
        assert outcome is (UndoOutcome.DONE_BEFORE if was_undone else UndoOutcome.UNDONE)
        if not was_undone:
            told = db.session.get_one(Attendee, scan.attendee_id, populate_existing=True).changed_at
            assert (scan.undone_at, told >= at) == (pressed, True)

    @rule(phone=st.integers(0, PHONES - 1))
    def a_phone_is_paired_again(self, phone: int) -> None:
        """With what it has not sent, and by its token."""
        mine = self.house.phones[phone]
        _, secret = pairing.invite_phone(mine.device.festival, "Cửa mới", self.house.places, None)
        paired = pairing.pair(secret, "Chị Lan", pairing.find_known(mine.device.id)).device
        db.session.commit()
        assert paired is not None
        mine.device = paired

    @invariant()
    def exactly_what_was_given_out_is_gone(self) -> None:
        if hasattr(self, "house"):
            db.session.expire_all()
            assert what_is_gone(self.house) == given_out(self.house)

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
            for scan in db.session.scalars(select(Scan).where(Scan.festival_id == self.house.checkpoint.festival_id))
        }
        assert set(there) == set(self.made) | self.sent
        for scan_id, moment in self.made.items():
            assert abs(there[scan_id].scanned_at - moment) < timedelta(milliseconds=1)
        self.the_earliest_owns_every_admission()
        self.exactly_what_was_given_out_is_gone()
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
