"""Slips on paper: one for a walk-in, from the phone at the door; blank ones, for the day when nothing else works."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from festival.accounts.audit import record
from festival.checkin import slips
from festival.checkin.forms import BlankSlipsForm
from festival.checkin.models import DeviceMode, Slip
from festival.checkin.pairing import get_row
from festival.extensions import db, limiter
from festival.programme.models import Festival
from festival.registration.tickets import qr_svg, qr_text, slip_text
from festival.registration.walking_in import find_walk_in

bp = Blueprint("checkin_slips", __name__)

PAPERS = ("label", "a6", "a4")
"""What a slip is printed on: a roll of labels 62 mm wide, or a sheet."""
PRINTS = "60 per minute"
"""Slips for walk-ins: as many as doors of one address can need, and few for one who guesses."""


@bp.get("/door/walk-ins/<uuid:walk_in_id>/slip")
@limiter.limit(PRINTS)
def slip(walk_in_id: UUID) -> ResponseReturnValue:
    """The ticket of a walk-in as a label or a sheet. Only who wrote the person down knows the address."""
    if g.device.mode is not DeviceMode.STAFF:
        abort(403)
    festival: Festival = get_row(g.device).festival
    registration = find_walk_in(festival, walk_in_id) or abort(404)
    ticket = next((each for each in registration.tickets if each.attendee_id is not None), None) or abort(404)
    name = ticket.attendee.name if ticket.attendee else ""
    paper = request.args.get("paper", PAPERS[0])
    return render_template(
        "checkin/slip.html",
        festival=festival,
        walk_in_id=walk_in_id,
        name=name,
        short_code=ticket.short_code,
        drawing=qr_svg(
            qr_text(ticket, festival, current_app.extensions["settings"].public_url),
            _("QR code of the ticket of %(name)s", name=name),
        ),
        paper=paper if paper in PAPERS else PAPERS[0],
        papers=PAPERS,
    )


@bp.get("/manage/<festival>/door/slips")
def sheet(festival: Festival) -> ResponseReturnValue:
    """How many blank slips to print, and those printed before."""
    return _sheet(festival, BlankSlipsForm())


@bp.post("/manage/<festival>/door/slips")
def print_blank(festival: Festival) -> ResponseReturnValue:
    """Make blank slips; the page that follows prints them, as often as need be."""
    form = BlankSlipsForm()
    if not form.validate_on_submit():
        return _sheet(festival, form, 422)
    batch = slips.make_printed(festival, form.count.data or 1)
    record("slips.printed", str(batch.total), festival_id=festival.id)
    db.session.commit()
    return redirect(url_for(".blank", festival=festival.slug, slip_id=batch.first), code=303)


def _sheet(festival: Festival, form: BlankSlipsForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("checkin/slips.html", festival=festival, form=form, batches=slips.batches_of(festival))
    return page, status


@dataclass(frozen=True)
class Blank:
    """A blank slip as it is printed."""

    short_code: str
    drawing: Markup


@bp.get("/manage/<festival>/door/slips/<int:slip_id>")
def blank(festival: Festival, slip_id: int) -> ResponseReturnValue:
    """The sheet of those blank slips of one print that nobody has yet."""
    unused = slips.blank_in_batch(festival, slip_id)
    if unused is None:
        abort(404)
    return render_template("checkin/blank_slips.html", festival=festival, blanks=[_blank(each) for each in unused])


def _blank(blank_slip: Slip) -> Blank:
    text = slip_text(blank_slip.id, g.festival, current_app.extensions["settings"].public_url)
    return Blank(blank_slip.short_code, qr_svg(text, _("QR code of slip %(code)s", code=blank_slip.short_code)))
