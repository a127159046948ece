"""What an admission takes: a seat for a walk-in at a session, one of a gift's stock. Nobody gets what is not there.

Each is taken by one statement that the database decides, before the admission is written, and given back when the scan
is undone. The order of the locks is the same in both: the device (for its lease), the session or the checkpoint with
its stock, bookings, then admissions. The caller commits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from festival.checkin import leases
from festival.checkin.decision import Verdict
from festival.checkin.facts import Post, Whose
from festival.checkin.judging import Judged, Line, Pair
from festival.checkin.models import Admission, Checkpoint, DoorBooking
from festival.core.clock import now
from festival.extensions import Base, db
from festival.programme.models import Session
from festival.registration.booking import HOLDS_A_SEAT, free_seats, take_seats
from festival.registration.models import Booking, BookingState

_bookings, _door_bookings = (Base.metadata.tables[one.__tablename__] for one in (Booking, DoorBooking))
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}

Wish = tuple[Pair, Judged, Line]


def claim(whose: Whose, wishes: list[Wish]) -> list[Wish]:
    """Those of the wishes for which there is what they need; the lines of the others are told that it is gone."""
    granted: set[Pair] = set()
    refused: set[Pair] = set()
    for pair, one, line in sorted(wishes, key=_turn):
        if pair in granted or pair in refused:
            continue
        there = _is_in(whose, pair, one.post, line) or _claim(whose, pair, one.post, line)
        (granted if there else refused).add(pair)
    for pair, _one, line in wishes:
        if pair in refused:
            line.verdict = line.clear = Verdict.FULL
    return [wish for wish in wishes if wish[2].clear is Verdict.ADMITTED]


def _turn(wish: Wish) -> tuple[int, int, int]:
    """Sessions are locked in the order of their numbers, as residents' bookings lock them."""
    (attendee_id, checkpoint_id), one, _line = wish
    return one.post.session_id or 0, checkpoint_id, attendee_id


def _is_in(whose: Whose, pair: Pair, post: Post, line: Line) -> bool:
    """Whether the person was let in before and takes nothing more: as was read, and where something is taken, still."""
    if line.history.admitted_at is None:
        return False
    if post.stock_left is None and not (post.walk_ins and post.session_id is not None):
        return True
    _wait_for_turn(post.id, post.session_id, whose)
    return _has_admission(pair)


def _has_admission(pair: Pair) -> bool:
    there = exists().where(Admission.attendee_id == pair[0], Admission.checkpoint_id == pair[1])
    return bool(db.session.scalar(select(there)))


def _claim(whose: Whose, pair: Pair, post: Post, line: Line) -> bool:
    if post.stock_left is not None:
        return _take_stock(pair)
    if post.walk_ins and post.session_id is not None:
        booked = line.facts.booking == BookingState.CONFIRMED.value
        return (booked and _is_booked(pair[0], post.session_id)) or _seat(whose, pair[0], post, line)
    return True


def take_turn(checkpoint: Checkpoint) -> None:
    """Wait until nobody takes or gives back what admissions at this checkpoint take, until the transaction ends."""
    if checkpoint.session_id is not None or checkpoint.stock is not None:
        _wait_for_turn(checkpoint.id, checkpoint.session_id)


def _wait_for_turn(checkpoint_id: int, session_id: int | None, whose: Whose | None = None) -> None:
    row = select(Checkpoint.id).where(Checkpoint.id == checkpoint_id)
    if session_id is not None:
        row = select(Session.id).where(Session.id == session_id)
        if whose is not None and whose.holder_id is not None:
            leases.take_turn(whose.holder_id)
    db.session.execute(row.with_for_update(key_share=True))


# --- a gift's stock ----------------------------------------------------------------------------------------------


def _take_stock(pair: Pair) -> bool:
    """One piece, unless this person (or household) has been given it meanwhile. The row's lock makes doors wait."""
    taken = db.session.execute(
        update(Checkpoint)
        .where(Checkpoint.id == pair[1], Checkpoint.stock_taken < Checkpoint.stock)
        .values(stock_taken=Checkpoint.stock_taken + 1)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", taken).rowcount == 0:
        return False
    if _has_admission(pair):
        return_stock(pair[1])
    return True


def return_stock(checkpoint_id: int) -> None:
    """Put one piece back."""
    db.session.execute(
        update(Checkpoint)
        .where(Checkpoint.id == checkpoint_id, Checkpoint.stock_taken > 0, Checkpoint.stock.is_not(None))
        .values(stock_taken=Checkpoint.stock_taken - 1)
        .execution_options(synchronize_session=False)
    )


# --- a session's seats -------------------------------------------------------------------------------------------


def _is_booked(attendee_id: int, session_id: int) -> bool:
    """Whether the seat that was read is still this person's; it stays so until the transaction ends."""
    booked = select(Booking.id).where(
        Booking.attendee_id == attendee_id,
        Booking.session_id == session_id,
        Booking.state == BookingState.CONFIRMED,
    )
    return db.session.scalar(booked.with_for_update(key_share=True)) is not None


def _seat(whose: Whose, attendee_id: int, post: Post, line: Line) -> bool:
    """Book a seat in the session for somebody at its door who has none: one that the device holds, or a free one."""
    savepoint = db.session.begin_nested()
    session = db.session.get_one(Session, post.session_id)
    _wait_for_turn(post.id, session.id, whose)
    booked = _book(attendee_id, session.id)
    if booked is None:  # has one already, or was offered one that is now taken
        savepoint.commit()
        return True
    if (whose.holder_id is not None and leases.use(whose.holder_id, post.id)) or take_seats(session, 1):
        _note_door_booking(*booked, line)
        savepoint.commit()
        return True
    savepoint.rollback()
    return False


def _book(attendee_id: int, session_id: int) -> tuple[int, datetime] | None:
    """Make the booking a confirmed one that needs a seat, and say which and since when; None where it has one."""
    offered = db.session.execute(
        update(Booking)
        .where(
            Booking.attendee_id == attendee_id,
            Booking.session_id == session_id,
            Booking.state == BookingState.OFFERED,
        )
        .values(state=BookingState.CONFIRMED, offered_until=None)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", offered).rowcount:
        return None
    connection = db.session.connection()
    at = now()
    new = _INSERT[connection.dialect.name](_bookings).values(
        attendee_id=attendee_id, session_id=session_id, state=BookingState.CONFIRMED, created_at=at, changed_at=at
    )
    booked = connection.execute(
        new.on_conflict_do_update(
            index_elements=["session_id", "attendee_id"],
            set_={"state": BookingState.CONFIRMED, "created_at": at, "changed_at": at},
            where=_bookings.c.state.not_in(HOLDS_A_SEAT),
        ).returning(_bookings.c.id)
    ).first()
    return None if booked is None else (booked.id, at)


def _note_door_booking(booking_id: int, booked_at: datetime, line: Line) -> None:
    waited = line.facts.booking == BookingState.WAITLISTED.value
    connection = db.session.connection()
    values = {"scan_id": line.scan_id, "booked_at": booked_at, "waited": waited}
    new = _INSERT[connection.dialect.name](_door_bookings).values(booking_id=booking_id, **values)
    connection.execute(new.on_conflict_do_update(index_elements=["booking_id"], set_=values))


@dataclass(frozen=True)
class DoorSeat:
    """A seat that a scan took. `own`: the household has made the booking anew since, it is not the door's any more."""

    booking_id: int
    session_id: int
    attendee_id: int
    waited: bool
    own: bool


def seats_of(scan_ids: Collection[UUID]) -> Sequence[DoorSeat]:
    """The seats that these scans took, if they were not given back; the session's turn was taken before."""
    rows = db.session.execute(
        select(
            Booking.id,
            Booking.session_id,
            Booking.attendee_id,
            Booking.created_at,
            Booking.queued_at,
            DoorBooking.booked_at,
            DoorBooking.waited,
        )
        .join(DoorBooking, DoorBooking.booking_id == Booking.id)
        .where(DoorBooking.scan_id.in_(scan_ids), Booking.state == BookingState.CONFIRMED)
        .order_by(Booking.id)
        .with_for_update()
    )
    return [
        DoorSeat(
            row.id,
            row.session_id,
            row.attendee_id,
            waited=row.waited and row.queued_at is not None,
            own=row.created_at != row.booked_at,
        )
        for row in rows
    ]


def hand_on(seat: DoorSeat, scan_id: UUID) -> None:
    """The seat is from now on that of another scan of the same person."""
    row = update(DoorBooking).where(DoorBooking.booking_id == seat.booking_id).values(scan_id=scan_id)
    db.session.execute(row, execution_options={"synchronize_session": False})


def return_seat(seat: DoorSeat) -> None:
    """The booking is cancelled, or waits in line again as before, and the seat is free: once, however often asked."""
    noted = db.session.execute(
        delete(DoorBooking)
        .where(DoorBooking.booking_id == seat.booking_id)
        .execution_options(synchronize_session=False)
    )
    if seat.own or not cast("CursorResult[Any]", noted).rowcount:
        return
    after = BookingState.WAITLISTED if seat.waited else BookingState.CANCELLED
    freed = db.session.execute(
        update(Booking)
        .where(Booking.id == seat.booking_id, Booking.state == BookingState.CONFIRMED)
        .values(state=after)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", freed).rowcount:
        free_seats(seat.session_id, 1)
