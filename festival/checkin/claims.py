"""What an admission takes: a seat for a walk-in at a session, one of a gift's stock. Nobody gets what is not there.

Each is taken by one statement that the database decides, before the admission is written. The caller commits.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Table, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from festival.checkin import leases
from festival.checkin.decision import Verdict
from festival.checkin.facts import Post, Whose
from festival.checkin.judging import Judged, Line, Pair
from festival.checkin.models import Admission, Checkpoint
from festival.core.clock import now
from festival.extensions import Base, db
from festival.programme.models import Session
from festival.registration.booking import HOLDS_A_SEAT, take_seats
from festival.registration.models import Booking, BookingState

_bookings: Table = Base.metadata.tables[Booking.__tablename__]
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}

Wish = tuple[Pair, Judged, Line]


def claim(whose: Whose, wishes: list[Wish]) -> list[Wish]:
    """Those of the wishes for which there is what they need; the lines of the others are told that it is gone."""
    granted: set[Pair] = set()
    refused: set[Pair] = set()
    for pair, one, line in sorted(wishes, key=lambda wish: wish[0]):
        if pair in granted or pair in refused or _has_been_in(line):
            continue
        (granted if _claim(whose, pair, one.post, line) else refused).add(pair)
    for pair, _one, line in wishes:
        if pair in refused and not _has_been_in(line):
            line.verdict = line.clear = Verdict.FULL
    return [wish for wish in wishes if wish[2].clear is Verdict.ADMITTED]


def _has_been_in(line: Line) -> bool:
    return line.history.admitted_at is not None


def _claim(whose: Whose, pair: Pair, post: Post, line: Line) -> bool:
    if post.stock_left is not None:
        return _take_stock(pair)
    if post.walk_ins and post.session_id is not None and line.facts.booking != BookingState.CONFIRMED.value:
        return _seat(whose, pair[0], post)
    return True


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
    given = exists().where(Admission.attendee_id == pair[0], Admission.checkpoint_id == pair[1])
    if db.session.scalar(select(given)):
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


def _seat(whose: Whose, attendee_id: int, post: Post) -> bool:
    """Book a seat in the session for somebody at its door: one that the device holds, else one that is free."""
    savepoint = db.session.begin_nested()
    session = db.session.get_one(Session, post.session_id)
    if not _book(attendee_id, session.id):  # has one already, or was offered one that is now taken
        savepoint.commit()
        return True
    if (whose.device_id is not None and leases.use(whose.device_id, post.id)) or take_seats(session, 1):
        savepoint.commit()
        return True
    savepoint.rollback()
    return False


def _book(attendee_id: int, session_id: int) -> bool:
    """Make the booking a confirmed one; whether it needs a seat for that (an offered one holds it already)."""
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
        return False
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
    )
    return booked.first() is not None
