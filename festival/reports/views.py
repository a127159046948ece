"""`/manage/<festival>/`: the day's numbers, the list of registrations, the export."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from flask import Blueprint, abort, g, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import format_timedelta
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from festival.accounts.audit import record
from festival.checkin.capacity_warnings import reached
from festival.checkin.headcount import Door, headcount
from festival.checkin.models import Admission
from festival.consents import ledger
from festival.consents.texts import BY_PURPOSE
from festival.core.clock import now, today
from festival.core.paging import page_of
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.booking import STANDING
from festival.registration.looks import EXPORTED
from festival.registration.models import Attendee, Booking, Registration
from festival.reports.figures import figures_of
from festival.reports.registration_search import MAX_SEARCH, search_registrations
from festival.reports.registrations import export
from festival.reports.same_phone import same_phones

bp = Blueprint("reports", __name__)


@bp.get("/manage/<festival>/")
def day(festival: Festival) -> ResponseReturnValue:
    """How many are inside now and how fresh that is; how many registered, how many came, when and where."""
    count = headcount(festival, now())
    return render_template(
        "reports/day.html",
        festival=festival,
        figures=figures_of(festival),
        count=count,
        step=reached(count.percent),
        doors=[(door, *_silence(door, count.at)) for door in count.doors],
    )


def _silence(door: Door, at: datetime) -> tuple[str, str]:
    """How long ago the door was heard of: "12 seconds ago", and "12 seconds"."""
    silent = max(at - door.last_contact, timedelta(seconds=1))
    ago: str = format_timedelta(-silent, threshold=1, add_direction=True)
    long: str = format_timedelta(silent, threshold=1)
    return ago, long


@bp.get("/manage/<festival>/registrations")
def registrations(festival: Festival) -> ResponseReturnValue:
    """The registrations, found by name, phone number or short code."""
    wanted = request.args.get("q", "")[:MAX_SEARCH]
    matches = search_registrations(festival, wanted)
    page = page_of(matches.query, request.args.get("page"))
    if wanted:
        g.households_shown = [row.id for row in page.rows]
    return render_template(
        "reports/registrations.html",
        festival=festival,
        page=page,
        same_phones=same_phones(festival, page.rows),
        wanted=wanted,
        cut_at=matches.cut_at,
    )


@bp.get("/manage/<festival>/registrations/<int:registration_id>")
def registration(festival: Festival, registration_id: int) -> ResponseReturnValue:
    """One household: who, which sessions, when let in, what was consented to. The household sees who looked."""
    row = db.session.scalar(
        select(Registration)
        .where(Registration.id == registration_id, Registration.festival_id == festival.id)
        .options(
            selectinload(Registration.attendees).selectinload(Attendee.bookings).selectinload(Booking.session),
            selectinload(Registration.tickets),
        )
    ) or abort(404)
    ids = [attendee.id for attendee in row.attendees]
    admissions = db.session.scalars(
        select(Admission)
        .where(Admission.attendee_id.in_(ids))
        .options(selectinload(Admission.checkpoint), selectinload(Admission.device))
        .order_by(Admission.admitted_at)
    ).all()
    return render_template(
        "reports/registration.html",
        festival=festival,
        registration=row,
        same_phone=same_phones(festival, [row]).get(row.id),
        codes={ticket.attendee_id: ticket.short_code for ticket in row.tickets},
        booked={attendee.id: [b for b in attendee.bookings if b.state in STANDING] for attendee in row.attendees},
        admissions={i: [a for a in admissions if a.attendee_id == i] for i in ids},
        consents=[(BY_PURPOSE[purpose].title, given) for purpose, given in ledger.current(row.id).items()],
    )


@bp.get("/manage/<festival>/registrations.xlsx", endpoint="export")
def export_registrations(festival: Festival) -> ResponseReturnValue:
    """All people as a workbook; that it was taken is in the audit log."""
    db.session.commit()  # SQLite cannot make a writer of a reader whom another writer has overtaken
    record(EXPORTED, festival.name, festival_id=festival.id)
    db.session.commit()
    workbook = export(festival)
    return send_file(
        io.BytesIO(workbook),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=_("registrations") + f"-{festival.slug}-{today():%Y-%m-%d}.xlsx",
    )
