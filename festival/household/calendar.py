"""A household's day as a calendar file."""

from __future__ import annotations

from icalendar import Calendar, Event

from festival.core.clock import at_local, local, now
from festival.registration.booking import HOLDS_A_SEAT
from festival.registration.models import Registration


def household_calendar(registration: Registration, address: str) -> bytes:
    """RFC 5545: one event for each day of the festival, one for each session with the names of who sits in it."""
    festival = registration.festival
    calendar = Calendar()
    calendar.add("prodid", "-//Festival//household//VI")
    calendar.add("version", "2.0")
    place = ", ".join(filter(None, (festival.venue, festival.address)))

    def add(uid: str, summary: str, start: object, end: object, where: str, description: str) -> None:
        event = Event()
        for name, value in (
            ("uid", uid),
            ("dtstamp", now()),
            ("dtstart", start),
            ("dtend", end),
            ("summary", summary),
            ("location", where),
            ("description", description),
            ("url", address),
        ):
            event.add(name, value)
        calendar.add_component(event)

    for day in festival.days:
        start, end = at_local(day, festival.opens_at), at_local(day, festival.closes_at)
        uid = f"{registration.public_id}-{day:%Y%m%d}@{festival.slug}"
        add(uid, festival.name, local(start), local(end), place, "")
    people: dict[int, list[str]] = {}
    sessions = {}
    for attendee in registration.attendees:
        for booking in attendee.bookings:
            if booking.state in HOLDS_A_SEAT:
                people.setdefault(booking.session_id, []).append(attendee.name)
                sessions[booking.session_id] = booking.session
    for session in sorted(sessions.values(), key=lambda session: session.starts_at):
        add(
            f"{registration.public_id}-s{session.id}@{festival.slug}",
            session.workshop.title,
            local(session.starts_at),
            local(session.ends_at),
            ", ".join(filter(None, (session.room, place))),
            ", ".join(people[session.id]),
        )
    return bytes(calendar.to_ical())
