"""A festival's programme as the workbook it could have come from."""

from __future__ import annotations

from festival.core.clock import local
from festival.extensions import db
from festival.programme.finding import booths_of, sessions_of
from festival.programme.models import Booth, Festival, Session
from festival.programme.reading import BoothRow, FestivalFacts, SessionRow
from festival.programme.template_workbook import programme_workbook


def workbook_of(festival: Festival) -> bytes:
    """An .xlsx file in the template's layout. Importing it again changes nothing."""
    booths = db.session.scalars(booths_of(festival)).all()
    sessions = db.session.scalars(sessions_of(festival)).all()
    return programme_workbook(
        facts_of(festival),
        [_booth_row(number, booth) for number, booth in enumerate(booths, start=2)],
        [_session_row(number, session) for number, session in enumerate(sessions, start=2)],
    )


def facts_of(festival: Festival) -> FestivalFacts:
    """A festival's own facts as a workbook gives them."""
    return FestivalFacts(
        name=festival.name,
        organizer_name=festival.organizer_name,
        ward_code=festival.ward_code,
        first_day=festival.first_day,
        last_day=festival.last_day,
        opens_at=festival.opens_at,
        closes_at=festival.closes_at,
        venue=festival.venue,
        address=festival.address or None,
        capacity=festival.capacity,
    )


def _booth_row(number: int, booth: Booth) -> BoothRow:
    return BoothRow(
        row=number,
        code=booth.code,
        name=booth.name,
        topic=booth.topic,
        host_name=booth.host_name,
        zone=booth.zone.name if booth.zone else "",
        description=booth.description,
        power_watts=booth.power_watts,
        tables=booth.tables,
        chairs=booth.chairs,
    )


def _session_row(number: int, session: Session) -> SessionRow:
    start, end = local(session.starts_at), local(session.ends_at)
    return SessionRow(
        row=number,
        title=session.workshop.title,
        audience=session.workshop.audience,
        host_name=session.workshop.host_name,
        room=session.room,
        day=start.date(),
        start=start.time(),
        end=end.time(),
        capacity=session.capacity,
        description=session.workshop.description,
    )
