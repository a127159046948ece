"""A household's day as a calendar file."""

from __future__ import annotations

from festival.programme.calendar import calendar_of, day_events, session_event
from festival.registration.booking import HOLDS_A_SEAT
from festival.registration.models import Registration


def household_calendar(registration: Registration, public_url: str) -> bytes:
    """The days of the festival, and each session that somebody sits in, with the names of who does."""
    festival = registration.festival
    people: dict[int, list[str]] = {}
    sessions = {}
    for attendee in registration.attendees:
        for booking in attendee.bookings:
            if booking.state in HOLDS_A_SEAT:
                people.setdefault(booking.session_id, []).append(attendee.name)
                sessions[booking.session_id] = booking.session
    ordered = sorted(sessions.values(), key=lambda session: session.starts_at)
    events = [session_event(festival, each, public_url, ", ".join(people[each.id])) for each in ordered]
    return calendar_of(festival, [*day_events(festival, public_url), *events])
