"""Releasing many registrations at once: what a flood has taken is free again, in a few statements however many there
are. The caller commits, and tells those who can be told. `restoring.py` takes it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, update

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.booking import HOLDS_A_SEAT, STANDING, free_places, free_seats, lock_sessions
from festival.registration.models import Attendee, Booking, BookingState, Registration, Release, Ticket
from festival.registration.waiting_list import offer_freed


@dataclass(frozen=True)
class Released:
    """What became free: the registrations by id, how many people and seats; and the release that can be taken back."""

    registrations: tuple[int, ...] = ()
    people: int = 0
    seats: int = 0
    release: Release | None = None


@dataclass(frozen=True)
class ToRelease:
    """What a release would free: the registrations by id, people, seats held or offered, places in line."""

    registrations: tuple[int, ...]
    people: int
    seats: int
    waiting: int


def _unconfirmed(festival: Festival, registration_ids: Collection[int]) -> Select[int]:
    return (
        select(Registration.id)
        .where(
            Registration.festival_id == festival.id,
            Registration.id.in_(registration_ids),
            Registration.cancelled_at.is_(None),
            Registration.confirmed_at.is_(None),
            Registration.helper_link_id.is_(None),
        )
        .order_by(Registration.id)
    )


def to_release(festival: Festival, registration_ids: Collection[int]) -> ToRelease:
    """What `release_together` would do now."""
    ids = db.session.scalars(_unconfirmed(festival, registration_ids)).all()
    of_these = (Attendee.registration_id.in_(ids), Attendee.cancelled_at.is_(None))
    people = db.session.scalar(select(func.count(Attendee.id)).where(*of_these)) or 0
    states = (
        select(Booking.state, func.count())
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Attendee.registration_id.in_(ids), Booking.state.in_(STANDING))
        .group_by(Booking.state)
    )
    counts = dict(db.session.execute(states).all())
    waiting = counts.pop(BookingState.WAITLISTED, 0)
    return ToRelease(tuple(ids), people, sum(counts.values()), waiting)


def release_together(festival: Festival, registration_ids: Collection[int]) -> Released:
    """Cancel those of these registrations that nobody has confirmed meanwhile; repeating it changes nothing.

    In the order of all changes: households by id, the venue, sessions by id. Freed seats go to who waits for them.
    """
    at = now()
    ids = db.session.scalars(_unconfirmed(festival, registration_ids).with_for_update(key_share=True)).all()
    if not ids:
        return Released()
    before = _standing(ids)
    people = _change(
        update(Attendee)
        .where(Attendee.registration_id.in_(ids), Attendee.cancelled_at.is_(None))
        .values(cancelled_at=at)
        .returning(Attendee.id)
    )
    free_places(festival.id, len(people))
    sessions = _free_what_they_held(ids)
    _change(
        update(Ticket)
        .where(Ticket.registration_id.in_(ids), Ticket.revoked_at.is_(None))
        .values(revoked_at=at)
        .returning(Ticket.id)
    )
    _change(update(Registration).where(Registration.id.in_(ids)).values(cancelled_at=at).returning(Registration.id))
    release = Release(festival_id=festival.id, at=at, registrations=list(ids), bookings=before)
    db.session.add(release)
    db.session.flush()
    db.session.expire_all()
    offer_freed(sorted(sessions))
    return Released(tuple(ids), len(people), sum(sessions.values()), release)


def _standing(ids: Sequence[int]) -> list[list[Any]]:
    """What they have or wait for: of each booking its number, its state, and since when it has waited (or null)."""
    rows = db.session.execute(
        select(Booking.id, Booking.state, Booking.queued_at)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Attendee.registration_id.in_(ids), Booking.state.in_(STANDING))
        .order_by(Booking.id)
    )
    return [[row.id, row.state.value, row.queued_at and row.queued_at.isoformat()] for row in rows]


def _free_what_they_held(ids: Sequence[int]) -> Counter[int]:
    """Seats freed by session, places in line too (as 0 seats)."""
    of_these = Booking.attendee_id.in_(select(Attendee.id).where(Attendee.registration_id.in_(ids)))
    wanted = select(Booking.session_id).where(of_these, Booking.state.in_(STANDING)).distinct()
    sessions: Counter[int] = Counter(dict.fromkeys(db.session.scalars(wanted), 0))
    lock_sessions(list(sessions))
    out: dict[str, Any] = {"state": BookingState.CANCELLED, "offered_until": None}
    held = _change(
        update(Booking).where(of_these, Booking.state.in_(HOLDS_A_SEAT)).values(**out).returning(Booking.session_id)
    )
    _change(
        update(Booking)
        .where(of_these, Booking.state == BookingState.WAITLISTED)
        .values(**out)
        .returning(Booking.session_id)
    )
    sessions.update(held)
    for session_id in sorted(sessions):
        if sessions[session_id]:
            free_seats(session_id, sessions[session_id])
    return sessions


def _change(statement: Any) -> Sequence[int]:
    return db.session.scalars(statement, execution_options={"synchronize_session": False}).all()
