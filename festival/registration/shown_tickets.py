"""The tickets of a household as its page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup

from festival.core.clock import local
from festival.programme.models import Session
from festival.registration.models import Attendee, BookingState, Registration, Ticket
from festival.registration.tickets import qr_svg, qr_text


@dataclass(frozen=True)
class Shown:
    """One ticket or the pass: whose, the QR's text and drawing, and the sessions that belong to it."""

    ticket: Ticket
    attendee: Attendee | None
    name: str
    text: str
    drawing: Markup
    sessions: Sequence[Session]

    @property
    def session_lines(self) -> list[str]:
        """Each session in one line for paper: when, what, where."""
        return [
            f"{local(session.starts_at):%d/%m %H:%M} {session.workshop.title}" + (session.room and f", {session.room}")
            for session in self.sessions
        ]


def tickets_to_show(registration: Registration) -> list[Shown]:
    """The household's pass first, then everybody's ticket; those who were taken out have none. The pass stands alone
    only where there is more than one person."""
    festival, public_url = registration.festival, current_app.extensions["settings"].public_url
    people = {attendee.id: attendee for attendee in registration.attendees}
    valid = [ticket for ticket in registration.tickets if ticket.revoked_at is None]
    if sum(ticket.attendee_id is not None for ticket in valid) == 1:
        valid = [ticket for ticket in valid if ticket.attendee_id is not None]
    shown = []
    for ticket in sorted(valid, key=lambda ticket: (ticket.attendee_id is not None, ticket.id)):
        attendee = people.get(ticket.attendee_id) if ticket.attendee_id is not None else None
        name = attendee.name if attendee else _("The whole family")
        text = qr_text(ticket, festival, public_url)
        label = _("QR code of the ticket of %(name)s", name=name)
        bookings = attendee.bookings if attendee else []
        booked = [booking.session for booking in bookings if booking.state is BookingState.CONFIRMED]
        shown.append(
            Shown(
                ticket, attendee, name, text, qr_svg(text, label), sorted(booked, key=lambda session: session.starts_at)
            )
        )
    return shown
