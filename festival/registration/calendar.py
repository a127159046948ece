"""A household's day: which sessions it sits in, and the same as a calendar file for its page and its mails."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from festival.extensions import db
from festival.programme.calendar import calendar_of, day_events, session_event
from festival.programme.models import Session
from festival.registration.booking import STANDING
from festival.registration.models import Attendee, Booking, BookingState, Registration


@dataclass(frozen=True)
class Sitting:
    """One session and who of the household is in it; `sure` is False while they wait for a seat, or have not said yes
    to one that was offered."""

    session: Session
    names: tuple[str, ...]
    sure: bool = True


def sittings_of(ids: Collection[int], waiting: bool = False) -> dict[int, list[Sitting]]:
    """What each of these registrations has a seat in, by its id, in order of time; with `waiting`, also waits for.

    One statement, however many households.
    """
    states = STANDING if waiting else (BookingState.CONFIRMED,)
    rows = db.session.execute(
        select(Attendee.registration_id, Attendee.name, Booking)
        .join(Booking, Booking.attendee_id == Attendee.id)
        .join(Session, Session.id == Booking.session_id)
        .where(Attendee.registration_id.in_(ids), Attendee.cancelled_at.is_(None), Booking.state.in_(states))
        .options(
            joinedload(Booking.session).joinedload(Session.workshop),
            joinedload(Booking.session).joinedload(Session.booth),
        )
        .order_by(Session.starts_at, Session.id, Attendee.id)
    )
    people: dict[tuple[int, int, bool], list[str]] = {}
    sessions: dict[int, Session] = {}
    for registration_id, name, booking in rows:
        sessions[booking.session_id] = booking.session
        key = (registration_id, booking.session_id, booking.state is BookingState.CONFIRMED)
        people.setdefault(key, []).append(name)
    found: dict[int, list[Sitting]] = {number: [] for number in ids}
    for (registration_id, session_id, sure), names in people.items():
        found[registration_id].append(Sitting(sessions[session_id], tuple(names), sure))
    return found


def household_calendar(registration: Registration, sittings: Sequence[Sitting] | None = None) -> bytes:
    """The days of the festival, and each session that somebody sits in, with the names of who does."""
    festival, public_url = registration.festival, current_app.extensions["settings"].public_url
    known = sittings_of([registration.id])[registration.id] if sittings is None else sittings
    events = [session_event(festival, one.session, public_url, ", ".join(one.names)) for one in known if one.sure]
    return calendar_of(festival, [*day_events(festival, public_url), *events])
