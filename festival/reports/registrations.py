"""Taking the registrations home as a workbook."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from festival.checkin.models import Admission, Checkpoint, CheckpointKind
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.booking import STANDING
from festival.registration.forms import RELATIONS
from festival.registration.models import Attendee, Booking, BookingState, Registration, Relation, Ticket


def export(festival: Festival) -> bytes:
    """All people of a festival as an XLSX workbook, one a row, ordered as class lists are.

    Every cell is written as text or number, never as a formula, so a name such as `=cmd()` stays a name, and phone
    numbers keep their +84 (CWE-1236).
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet(_("Registrations")[:31])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    titles = (
        (_("Full name"), 28),
        (_("Year of birth"), 10),
        (_("Relation"), 18),
        (_("Guardian"), 24),
        (_("Ward or commune"), 26),
        (_("Contact"), 28),
        (_("Phone number"), 16),
        (_("E-mail"), 26),
        (_("Ticket code"), 12),
        (_("Workshops"), 60),
        (_("Waits for"), 40),
        (_("Let in at"), 18),
        (_("Registered at"), 18),
        (_("State"), 12),
    )
    for column, (title, width) in enumerate(titles):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    sheet.freeze_panes(1, 1)
    row = 0
    for row, values in enumerate(_rows(festival), start=1):
        for column, value in enumerate(values):
            if isinstance(value, int):
                sheet.write_number(row, column, value)
            else:
                sheet.write_string(row, column, value)
    sheet.autofilter(0, 0, max(row, 1), len(titles) - 1)
    book.close()
    return stream.getvalue()


def _listed(bookings: Iterable[Booking]) -> str:
    told = (
        f"{local(booking.session.starts_at):%H:%M} {booking.session.workshop.title}"
        + (f" ({_('offered')})" if booking.state is BookingState.OFFERED else "")
        for booking in bookings
    )
    return "; ".join(told)


def _rows(festival: Festival) -> list[tuple[str | int, ...]]:
    labels: dict[Relation, Any] = {**dict(RELATIONS), Relation.SELF: _("Contact person")}
    people = db.session.scalars(
        select(Attendee)
        .where(Attendee.festival_id == festival.id)
        .options(
            selectinload(Attendee.registration).selectinload(Registration.ward),
            selectinload(Attendee.bookings).selectinload(Booking.session),
        )
        .order_by(Attendee.name_key, Attendee.id)
    ).all()
    tickets = select(Ticket.attendee_id, Ticket.short_code).where(Ticket.festival_id == festival.id)
    codes = {row.attendee_id: row.short_code for row in db.session.execute(tickets)}
    let_in: dict[int, str] = defaultdict(str)
    admissions = db.session.execute(
        select(Admission.attendee_id, Admission.admitted_at)
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.ENTRANCE)
        .order_by(Admission.admitted_at.desc())
    )
    for attendee_id, at in admissions:
        let_in[attendee_id] = f"{local(at):%d/%m/%Y %H:%M}"
    rows: list[tuple[str | int, ...]] = []
    for person in people:
        registration = person.registration
        standing = sorted(
            (b for b in person.bookings if b.state in STANDING), key=lambda booking: booking.session.starts_at
        )
        rows.append(
            (
                person.name,
                person.birth_year,
                str(labels[person.relation]),
                person.guardian_name or "",
                registration.ward.name if registration.ward else "",
                registration.contact_name,
                registration.phone,
                registration.email or "",
                codes.get(person.id, ""),
                _listed(b for b in standing if b.state is BookingState.CONFIRMED),
                _listed(b for b in standing if b.state is not BookingState.CONFIRMED),
                let_in[person.id],
                f"{local(registration.created_at):%d/%m/%Y %H:%M}",
                _("cancelled") if person.cancelled_at else _("coming"),
            )
        )
    return rows
