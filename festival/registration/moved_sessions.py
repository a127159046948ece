"""A session is given another time or room: whom that touches, and telling them.

The programme moves sessions and does not know who has booked; the house hands these two functions in
(`festival/parts.py`).
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, selectinload

from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Session
from festival.programme.planning import Touched
from festival.programme.timetable import place
from festival.registration import notices
from festival.registration.booking import HOLDS_A_SEAT, STANDING
from festival.registration.models import Attendee, Booking, BookingState, Registration


def touched_by_move(session_id: int, starts_at: datetime, ends_at: datetime) -> Touched:
    """Who has booked the session, and how many of those with a seat sit elsewhere from `starts_at` to `ends_at`."""
    seated, waiting = (
        func.count().filter(Booking.state.in_(states)) for states in (HOLDS_A_SEAT, [BookingState.WAITLISTED])
    )
    households = func.count(Attendee.registration_id.distinct()).filter(Booking.state.in_(HOLDS_A_SEAT))
    counts = db.session.execute(
        select(seated, households, waiting)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Booking.session_id == session_id)
    ).one()
    here, elsewhere = aliased(Booking), aliased(Booking)
    overlapping = db.session.scalar(
        select(func.count(here.attendee_id.distinct()))
        .join(elsewhere, elsewhere.attendee_id == here.attendee_id)
        .join(Session, Session.id == elsewhere.session_id)
        .where(
            here.session_id == session_id,
            here.state.in_(HOLDS_A_SEAT),
            elsewhere.session_id != session_id,
            elsewhere.state.in_(HOLDS_A_SEAT),
            Session.starts_at < ends_at,
            Session.ends_at > starts_at,
        )
    )
    return Touched(counts[0], counts[1], counts[2], overlapping or 0)


def tell_of_moved_session(session: Session, started_at: datetime, ended_at: datetime) -> None:
    """Tell each household that has a seat in the session or waits for it, once, in its language; the caller commits.

    `started_at` and `ended_at` are the times it had before.
    """
    booked = (
        select(Attendee.registration_id)
        .join(Booking, Booking.attendee_id == Attendee.id)
        .where(Booking.session_id == session.id, Booking.state.in_(STANDING))
    )
    households = db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(booked))
        .options(selectinload(Registration.attendees))
        .order_by(Registration.id)
    ).all()
    for registration in households:
        with force_locale(registration.language):
            what = _(
                "“%(title)s” has been moved: it is now %(now)s, %(place)s (before: %(before)s).",
                title=session.workshop.title,
                now=_hours(session.starts_at, session.ends_at),
                place=place(session),
                before=_hours(started_at, ended_at),
            )
        notices.changed(registration, what)


def _hours(starts_at: datetime, ends_at: datetime) -> str:
    return f"{local(starts_at):%H:%M}–{local(ends_at):%H:%M}, {local(starts_at):%d/%m}"
