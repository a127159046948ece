"""The programme for other programs: as a calendar (RFC 5545) and as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from icalendar import Calendar, Event

from festival.core.clock import at_local, local, now
from festival.programme.models import Booth, Festival, Session, Workshop
from festival.programme.timetable import place


def sessions_calendar(festival: Festival, sessions: Iterable[Session], public_url: str) -> bytes:
    """A calendar with one event a session."""
    return calendar_of(festival, [session_event(festival, session, public_url) for session in sessions])


def festival_calendar(festival: Festival, public_url: str) -> bytes:
    """A calendar with one event for each day of the festival, from opening to closing."""
    return calendar_of(festival, day_events(festival, public_url))


def calendar_of(festival: Festival, events: Iterable[Event]) -> bytes:
    """The events as one file, named after the festival."""
    calendar = Calendar()
    calendar.add("prodid", "-//Festival//Digital Learning Day//VI")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", festival.name)
    calendar.add("x-wr-timezone", "Asia/Ho_Chi_Minh")
    for event in events:
        calendar.add_component(event)
    document: bytes = calendar.to_ical()
    return document


def session_event(festival: Festival, session: Session, public_url: str, description: str | None = None) -> Event:
    """One session. Times are in UTC, so that every calendar program agrees on them.

    The UID is made of the host, the festival and the session, and never changes: importing again updates.
    """
    event = _event(f"{festival.slug}-session-{session.id}", public_url)
    event.add("summary", session.workshop.title)
    event.add("dtstart", session.starts_at)
    event.add("dtend", session.ends_at)
    event.add("location", ", ".join(part for part in (place(session), festival.venue, festival.address) if part))
    about = "\n".join(p for p in (session.workshop.audience, session.workshop.description) if p)
    event.add("description", about if description is None else description)
    address = _path("programme.workshop", festival=festival.slug, workshop_id=session.workshop_id)
    event.add("url", public_url + address)
    return event


def day_events(festival: Festival, public_url: str) -> list[Event]:
    """Each day of the festival, from opening to closing."""
    events = []
    for day in festival.days:
        event = _event(f"{festival.slug}-day-{day.isoformat()}", public_url)
        event.add("summary", festival.name)
        event.add("dtstart", at_local(day, festival.opens_at))
        event.add("dtend", at_local(day, festival.closes_at))
        event.add("location", ", ".join(part for part in (festival.venue, festival.address) if part))
        event.add("url", public_url + _path("programme.home", festival=festival.slug))
        events.append(event)
    return events


def calendar_etag(calendar: bytes) -> str:
    """A tag that changes when the calendar says something else, not with the moment at which it was written."""
    lines = [line for line in calendar.splitlines() if not line.startswith(b"DTSTAMP")]
    return hashlib.sha256(b"\n".join(lines)).hexdigest()[:32]


def programme_document(
    festival: Festival, sessions: Sequence[Session], booths: Sequence[Booth], public_url: str
) -> dict[str, Any]:
    """The programme as it stands in programme.json; the shape, version 1:

    `festival`: slug, name, organizer, status, first_day and last_day (ISO dates), opens_at and closes_at (HH:MM),
    time_zone, venue, address, url. `booths`: code, name, topic, host, zone, description, url. `workshops`: id, title,
    audience, host, description, learn_more_url, url and `sessions`: id, room, booth (a code or null), starts_at and
    ends_at (ISO 8601 with +07:00), capacity, seats_left. Texts may be empty; nothing personal is in it.
    """
    workshops: dict[int, dict[str, Any]] = {}
    for session in sessions:
        workshop = workshops.setdefault(session.workshop_id, _workshop(festival, session.workshop, public_url))
        workshop["sessions"].append(_session(session))
    return {
        "version": 1,
        "festival": {
            "slug": festival.slug,
            "name": festival.name,
            "organizer": festival.organizer_name,
            "status": festival.status.value,
            "first_day": festival.first_day.isoformat(),
            "last_day": festival.last_day.isoformat(),
            "opens_at": festival.opens_at.strftime("%H:%M"),
            "closes_at": festival.closes_at.strftime("%H:%M"),
            "time_zone": "Asia/Ho_Chi_Minh",
            "venue": festival.venue,
            "address": festival.address,
            "url": public_url + _path("programme.home", festival=festival.slug),
        },
        "booths": [
            {
                "code": booth.code,
                "name": booth.name,
                "topic": booth.topic,
                "host": booth.host_name,
                "zone": booth.zone.name if booth.zone else "",
                "description": booth.description,
                "url": public_url + _path("programme.booth", festival=festival.slug, code=booth.code),
            }
            for booth in booths
        ],
        "workshops": list(workshops.values()),
    }


def _workshop(festival: Festival, workshop: Workshop, public_url: str) -> dict[str, Any]:
    return {
        "id": workshop.id,
        "title": workshop.title,
        "audience": workshop.audience,
        "host": workshop.host_name,
        "description": workshop.description,
        "learn_more_url": workshop.learn_more_url,
        "url": public_url + _path("programme.workshop", festival=festival.slug, workshop_id=workshop.id),
        "sessions": [],
    }


def _session(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "room": session.room,
        "booth": session.booth.code if session.booth else None,
        "starts_at": _iso(session.starts_at),
        "ends_at": _iso(session.ends_at),
        "capacity": session.capacity,
        "seats_left": session.seats_left,
    }


def _iso(moment: datetime) -> str:
    return local(moment).isoformat(timespec="minutes")


def _path(endpoint: str, **values: str | int) -> str:
    """The path of a page; the worker, which writes calendars into mails, answers no request."""
    return str(current_app.url_map.bind("").build(endpoint, values))


def _event(name: str, public_url: str) -> Event:
    event = Event()
    event.add("uid", f"{name}@{urlsplit(public_url).hostname}")
    event.add("dtstamp", now())
    return event
