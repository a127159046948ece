"""What a household's page shows: tickets on the screen, on paper, as pictures, in the calendar; and what any phone
camera opens from a ticket's QR."""

from __future__ import annotations

import io
from functools import partial

from flask import Response, abort, make_response, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from festival.certificates.progress import family_progress
from festival.certificates.ways import Progress
from festival.checkin.models import Slip
from festival.core.clock import now
from festival.core.text import mask_name
from festival.extensions import begin_writing, db, limiter
from festival.household.forms import ConfirmForm
from festival.household.passport import passports_of
from festival.household.remembered import entry_of, remember
from festival.household.views.blueprint import bp
from festival.household.waiting import deadline_words, is_told, wishes_now
from festival.programme.models import Festival, FestivalStatus
from festival.registration.calendar import household_calendar
from festival.registration.coming_back import has_come_back, mark_confirmed
from festival.registration.models import Ticket, TicketKind
from festival.registration.opening import opened
from festival.registration.shown_tickets import tickets_to_show
from festival.registration.ticket_code import CodeKind, decode, verify
from festival.registration.tickets import ticket_picture


@bp.get("/r/<secret>")
@limiter.limit("300 per minute")
def show(secret: str) -> ResponseReturnValue:
    """The pass of the household and everybody's ticket."""
    registration = opened(secret)
    if has_come_back(registration):
        begin_writing()
        mark_confirmed(registration)
        db.session.commit()
    wishes, passports = wishes_now(registration), passports_of(registration)
    page = render_template(
        "household/show.html",
        festival=registration.festival,
        registration=registration,
        secret=secret,
        shown=tickets_to_show(registration),
        progress=family_progress(registration) if registration.cancelled_at is None else [],
        certificate_address=partial(certificate_address, secret),
        passports=passports,
        wishes=wishes,
        form=ConfirmForm() if wishes else None,
        told=is_told(registration),
        deadline_words=deadline_words,
        open=registration.cancelled_at is None and registration.festival.registration_open(now()),
    )
    response = make_response(page)
    if passports:  # only where there are stamps is there a reason to know the phone again
        remember(response, entry_of(registration))
    return response


def certificate_address(secret: str, progress: Progress, holder: int | str) -> str:
    """Where a certificate is shown, or taken; `holder`: a person's id, or "family"."""
    if progress.design is None:
        return url_for("certificates.certificate", secret=secret, attendee_id=holder)
    return url_for("certificates.by_design", secret=secret, holder=holder, design_id=progress.design.id)


@bp.get("/r/<secret>/print")
def sheet(secret: str) -> ResponseReturnValue:
    """All tickets on a sheet of paper, each code 35 mm wide."""
    registration = opened(secret)
    return render_template(
        "household/sheet.html", festival=registration.festival, secret=secret, shown=tickets_to_show(registration)
    )


@bp.get("/r/<secret>/tickets/<int:ticket_id>.png")
def qr(secret: str, ticket_id: int) -> ResponseReturnValue:
    """One ticket as a picture to keep on the phone."""
    registration = opened(secret)
    shown = next((each for each in tickets_to_show(registration) if each.ticket.id == ticket_id), None) or abort(404)
    picture = ticket_picture(shown.text, shown.name, shown.ticket, registration.festival)
    return send_file(
        io.BytesIO(picture), "image/png", as_attachment=True, download_name=f"ve-{shown.ticket.short_code}.png"
    )


@bp.get("/r/<secret>/calendar.ics")
def calendar(secret: str) -> ResponseReturnValue:
    """The festival and the sessions of all members, for the phone's calendar."""
    registration = opened(secret)
    body = household_calendar(registration)
    return Response(
        body, mimetype="text/calendar", headers={"Content-Disposition": 'attachment; filename="ngay-hoi.ics"'}
    )


@bp.get("/Q/<code>")
@bp.get("/q/<code>")
@limiter.limit("120 per minute")
def ticket(code: str) -> ResponseReturnValue:
    """What a ticket's QR opens on any phone: whose (masked), for which festival, and whether it is valid.

    A slip is shown as the ticket that it has become; one that nobody has yet says so.
    """
    read = decode(code)
    festival = db.session.get(Festival, read.festival_id) if read else None
    if read is None or festival is None or not verify(read, festival.public_key):
        return render_template("household/ticket.html", festival=None), 404
    number: int | None = read.ticket_id
    if read.kind is CodeKind.SLIP:
        slip = db.session.get(Slip, read.ticket_id)
        if slip is None or slip.festival_id != festival.id:
            return render_template("household/ticket.html", festival=None), 404
        number = slip.ticket_id
    row = db.session.get(Ticket, number) if number is not None else None
    if number is not None and (row is None or row.festival_id != festival.id):
        return render_template("household/ticket.html", festival=None), 404
    if festival.status is FestivalStatus.ARCHIVED:
        abort(410)
    name = mask_name(row.attendee.name if row.attendee else row.registration.contact_name) if row else ""
    return render_template("household/ticket.html", name=name, ticket=row, festival=festival, kinds=TicketKind)
