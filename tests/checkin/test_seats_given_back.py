"""A walk-in at a session takes a seat; when the scan is taken back, the seat is free again, exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from festival.checkin import leases, pairing, undoing
from festival.checkin.models import Admission, CheckpointKind
from festival.core.clock import now, today
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.booking import cancel_booking
from festival.registration.models import Booking, BookingState, Registration
from tests import factories, invariants
from tests.checkin.conftest import Door, qr_of, tickets_of
from tests.checkin.test_races import all_at_once

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]


@pytest.fixture
def session(festival: Festival) -> Session:
    """A class all day, with two seats."""
    return factories.make_session(festival, day=today(), start=time(0, 2), end=time(23, 58), capacity=2)


@pytest.fixture
def room(make_door: MakeDoor, festival: Festival, session: Session) -> Door:
    """Its door: people without a booking get in while seats last."""
    place = factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id, walk_ins=True)
    return make_door("Lớp 1", checkpoint=place)


@pytest.fixture
def codes(festival: Festival, make_household: Make) -> list[str]:
    """The tickets of three people who have booked nothing."""
    return [qr_of(ticket, festival) for ticket in tickets_of(make_household(members=3))]


def green(minutes: int) -> dict[str, object]:
    moment: datetime = now() - timedelta(minutes=minutes)
    return {"offline": True, "shown": "admitted", "scanned_at": moment.isoformat()}


def undo(door: Door, scan_id: str) -> str:
    wish = {"id": str(uuid4()), "scan": scan_id, "reason": "Quét nhầm", "undone_at": now().isoformat()}
    (said,) = door.browser.post("/door/api/undo", json={"undos": [wish]}).json["answers"]
    return str(said["outcome"])


def bookings() -> Counter[str]:
    db.session.expire_all()
    return Counter(booking.state.value for booking in db.session.scalars(select(Booking)))


def taken(session: Session) -> int:
    db.session.refresh(session)
    return session.seats_taken


def test_a_walk_in_that_is_taken_back_frees_the_seat(room: Door, session: Session, codes: list[str]) -> None:
    scans = [room.scan(code) for code in codes]
    assert [scan["verdict"] for scan in scans] == ["admitted", "admitted", "full"]

    assert undo(room, scans[0]["id"]) == "undone"

    assert (taken(session), bookings()) == (1, Counter(confirmed=1, cancelled=1))
    assert room.scan(codes[2])["verdict"] == "admitted"
    assert invariants.broken() == []


def test_who_comes_again_afterwards_gets_a_seat_again(room: Door, session: Session, codes: list[str]) -> None:
    for _time in range(2):
        scan = room.scan(codes[0])
        assert scan["verdict"] == "admitted"
        assert taken(session) == 1
        undo(room, scan["id"])
        assert taken(session) == 0
    assert invariants.broken() == []


def test_a_seat_that_the_phone_held_is_everybodys_afterwards(
    room: Door, make_door: MakeDoor, session: Session, codes: list[str]
) -> None:
    leases.top_up(room.paired.device, now())
    db.session.commit()
    scan = room.scan(codes[0], **green(3))
    assert taken(session) == 2

    undo(room, scan["id"])

    assert taken(session) == 1
    assert make_door("Lớp 1b", checkpoint=room.checkpoint).scan(codes[1])["verdict"] == "admitted"
    assert invariants.broken() == []


def test_who_had_booked_keeps_the_seat(room: Door, festival: Festival, make_household: Make, session: Session) -> None:
    session.starts_at = now() + timedelta(hours=1)
    db.session.commit()
    (ticket,) = tickets_of(make_household(members=1, sessions=(session,)))
    session.starts_at = now() - timedelta(minutes=1)
    db.session.commit()
    scan = room.scan(qr_of(ticket, festival))

    assert undo(room, scan["id"]) == "undone"

    assert (taken(session), bookings()) == (1, Counter(confirmed=1))


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [(BookingState.WAITLISTED, BookingState.WAITLISTED, 0), (BookingState.OFFERED, BookingState.CONFIRMED, 1)],
)
def test_who_waited_stands_in_line_again_and_who_was_offered_a_seat_has_taken_it(
    room: Door,
    festival: Festival,
    make_household: Make,
    session: Session,
    before: BookingState,
    after: BookingState,
    held: int,
) -> None:
    family = make_household(members=1)
    since = now() - timedelta(days=2)
    offered_until = now() + timedelta(hours=1) if before is BookingState.OFFERED else None
    session.seats_taken = held
    db.session.add(
        Booking(
            session_id=session.id,
            attendee_id=family.attendees[0].id,
            state=before,
            queued_at=since,
            offered_until=offered_until,
        )
    )
    db.session.commit()
    scan = room.scan(qr_of(tickets_of(family)[0], festival))
    assert (scan["verdict"], taken(session)) == ("admitted", 1)

    undo(room, scan["id"])

    booking = db.session.scalars(select(Booking).execution_options(populate_existing=True)).one()
    assert (booking.state, booking.queued_at, taken(session)) == (after, since, held)
    assert invariants.broken() == []


@pytest.mark.parametrize("first_undone", [0, 1])
def test_a_seat_is_free_only_when_nobody_has_let_the_person_in_any_more(
    room: Door, make_door: MakeDoor, session: Session, codes: list[str], first_undone: int
) -> None:
    other = make_door("Lớp 1b", checkpoint=room.checkpoint)
    late, early = room.scan(codes[0], **green(4)), other.scan(codes[0], **green(9))
    order = [(room, late), (other, early)][:: 1 - 2 * first_undone]

    left = []
    for door, scan in order:
        assert undo(door, scan["id"]) == "undone"
        left.append((taken(session), dict(bookings())))

    assert left == [(1, {"confirmed": 1}), (0, {"cancelled": 1})]
    assert invariants.broken() == []


def test_a_seat_that_the_household_has_booked_since_is_its_own(room: Door, session: Session, codes: list[str]) -> None:
    scan = room.scan(codes[0])
    booking = db.session.scalars(select(Booking)).one()
    cancel_booking(booking)
    booking.state, booking.created_at, session.seats_taken = BookingState.CONFIRMED, now(), 1
    db.session.commit()

    undo(room, scan["id"])

    assert (taken(session), bookings()) == (1, Counter(confirmed=1))


def test_the_door_and_the_manager_at_once_free_the_seat_once(
    app: Flask, room: Door, festival: Festival, session: Session, codes: list[str]
) -> None:
    scan, other = room.scan(codes[0]), room.scan(codes[1])
    assert other["verdict"] == "admitted"

    def by_a_manager() -> None:
        with app.app_context():
            found = undoing.find_scan(festival.id, UUID(scan["id"]))
            assert found is not None
            undoing.undo(found, "Nhầm", now())
            db.session.commit()

    results = all_at_once([by_a_manager, lambda: undo(room, scan["id"]), by_a_manager])

    assert results[0] is results[2] is None
    assert results[1] in ("undone", "done_before")
    assert (taken(session), bookings()) == (1, Counter(confirmed=1, cancelled=1))
    assert invariants.broken() == []


@pytest.mark.parametrize("turn", range(4))
def test_taken_back_while_another_phone_brings_the_same_person_there_is_a_seat_for_whoever_is_in(
    room: Door, make_door: MakeDoor, session: Session, codes: list[str], turn: int
) -> None:
    other = make_door("Lớp 1b", checkpoint=room.checkpoint)
    scan = room.scan(codes[0], **green(4))
    late = other.scan_of(codes[0], **green(2 + 4 * (turn % 2)))

    results = all_at_once([lambda: undo(room, scan["id"]), lambda: other.send(late)[0]["verdict"]])

    assert results[0] == "undone"
    assert results[1] in ("admitted", "already_admitted")
    assert [str(one) for one in db.session.scalars(select(Admission.scan_id))] == [late["id"]]
    assert (taken(session), bookings()) == (1, Counter(confirmed=1))
    assert invariants.broken() == []


@pytest.mark.parametrize("turn", range(4))
def test_a_gift_that_is_taken_back_while_another_phone_brings_the_same_person_is_counted_once(
    make_door: MakeDoor, festival: Festival, codes: list[str], turn: int
) -> None:
    table = make_door("Quà", checkpoint=factories.make_checkpoint(festival, CheckpointKind.CUSTOM, stock=1))
    other = make_door("Quà 2", checkpoint=table.checkpoint)
    scan = table.scan(codes[0], **green(4))
    late = other.scan_of(codes[0], **(green(2 + 4 * (turn % 2)) if turn < 2 else {}))

    results = all_at_once([lambda: undo(table, scan["id"]), lambda: other.send(late)[0]["verdict"]])

    assert results[0] == "undone"
    assert results[1] in ("admitted", "already_admitted"), results
    db.session.refresh(table.checkpoint)
    left = [str(one) for one in db.session.scalars(select(Admission.scan_id))]
    assert table.checkpoint.stock_taken == len(left)
    assert left == ([late["id"]] if turn < 2 or results[1] == "admitted" else [])


@pytest.mark.parametrize("how", ["undone", "revoked"])
def test_a_seat_that_the_door_gives_back_before_the_class_is_offered_to_the_first_in_line(
    make_door: MakeDoor, festival: Festival, make_household: Make, codes: list[str], how: str
) -> None:
    later = factories.make_session(festival, day=today(), start=time(23, 58), end=time(23, 59), capacity=1)
    place = factories.make_checkpoint(
        festival, CheckpointKind.SESSION, session_id=later.id, walk_ins=True, opens_before=1440
    )
    door = make_door("Lớp 2", checkpoint=place)
    if how == "undone":
        scan = door.scan(codes[0])
        assert scan["verdict"] == "admitted"
    else:
        assert leases.top_up(door.paired.device, now()) == {place.id: 1}
        db.session.commit()
    make_household(members=1, sessions=(later,), waits=frozenset({later.id}))
    assert bookings()["waitlisted"] == 1

    if how == "undone":
        assert undo(door, scan["id"]) == "undone"
    else:
        pairing.revoke(door.paired.device)
        db.session.commit()

    assert (bookings()["offered"], bookings()["waitlisted"], taken(later)) == (1, 0, 1)
    assert invariants.broken() == []
