"""A household's own page: tickets, changes, cancelling; and what any phone camera opens from a ticket's QR."""

from __future__ import annotations

import io

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from festival.certificates.criteria import standings
from festival.checkin.models import Slip
from festival.consents import ledger
from festival.consents.texts import TEXTS
from festival.core.clock import now, today
from festival.core.text import mask_name
from festival.extensions import db, limiter
from festival.household.calendar import household_calendar
from festival.household.forms import ChangeMemberForm, ConfirmForm
from festival.household.passport import passports_of
from festival.household.remembered import entry_of, remember
from festival.household.tickets import tickets_to_show
from festival.programme.models import Festival, FestivalStatus
from festival.registration import changing
from festival.registration.booking import HOLDS_A_SEAT, SeatResult
from festival.registration.changing import ChangeOutcome, ChangeResult
from festival.registration.links import find_registration, was_a_link
from festival.registration.models import Attendee, Registration, Ticket, TicketKind
from festival.registration.signing_up import MAX_MEMBERS
from festival.registration.ticket_code import CodeKind, decode, verify
from festival.registration.tickets import ticket_picture
from festival.registration.typed import wishes_by_person
from festival.registration.wishes import foresee, parts_of_days, sessions_to_come, words_for

bp = Blueprint("household", __name__)


def _household(secret: str) -> Registration:
    return find_registration(secret) or abort(410 if was_a_link(secret) else 404)


def _member(registration: Registration, attendee_id: int) -> Attendee:
    found = next((each for each in changing.coming(registration) if each.id == attendee_id), None)
    return found or abort(404)


@bp.get("/r/<secret>")
@limiter.limit("300 per minute")
def show(secret: str) -> ResponseReturnValue:
    """The pass of the household and everybody's ticket."""
    registration = _household(secret)
    passports = passports_of(registration)
    page = render_template(
        "household/show.html",
        festival=registration.festival,
        registration=registration,
        secret=secret,
        shown=tickets_to_show(registration),
        standings=standings(registration.attendees),
        passports=passports,
        open=registration.cancelled_at is None and registration.festival.registration_open(now()),
    )
    response = make_response(page)
    if passports:  # only where there are stamps is there a reason to know the phone again
        remember(response, entry_of(registration))
    return response


@bp.get("/r/<secret>/print")
def sheet(secret: str) -> ResponseReturnValue:
    """All tickets on a sheet of paper, each code 35 mm wide."""
    registration = _household(secret)
    return render_template(
        "household/sheet.html", festival=registration.festival, secret=secret, shown=tickets_to_show(registration)
    )


@bp.get("/r/<secret>/tickets/<int:ticket_id>.png")
def qr(secret: str, ticket_id: int) -> ResponseReturnValue:
    """One ticket as a picture to keep on the phone."""
    registration = _household(secret)
    shown = next((each for each in tickets_to_show(registration) if each.ticket.id == ticket_id), None) or abort(404)
    picture = ticket_picture(shown.text, shown.name, shown.ticket, registration.festival)
    return send_file(
        io.BytesIO(picture), "image/png", as_attachment=True, download_name=f"ve-{shown.ticket.short_code}.png"
    )


@bp.get("/r/<secret>/calendar.ics")
def calendar(secret: str) -> ResponseReturnValue:
    """The festival and the sessions of all members, for the phone's calendar."""
    registration = _household(secret)
    body = household_calendar(registration, current_app.extensions["settings"].public_url)
    return Response(
        body, mimetype="text/calendar", headers={"Content-Disposition": 'attachment; filename="ngay-hoi.ics"'}
    )


@bp.route("/r/<secret>/sessions", methods=["GET", "POST"])
def sessions(secret: str) -> ResponseReturnValue:
    """Choose again who sits in which session."""
    registration = _household(secret)
    members = changing.coming(registration)
    form = ConfirmForm()
    wishes = {
        str(member.id): frozenset(b.session_id for b in member.bookings if b.state in HOLDS_A_SEAT)
        for member in members
    }
    refused: tuple[SeatResult, ...] = ()
    status = 200
    if form.validate_on_submit():
        held = frozenset((str(member.id), i) for member in members for i in wishes[str(member.id)])
        wishes = wishes_by_person(MultiDict(request.form))
        refused = tuple(_foreseen(registration, members, wishes, held))
        if not refused:
            result = changing.change_sessions(
                registration, {member.id: wishes.get(str(member.id), frozenset()) for member in members}
            )
            if result.outcome is not ChangeOutcome.SEATS_REFUSED:
                return _answered(result, secret, _("Your workshops are changed."))
            refused = result.refused
        status = 409
    page = render_template(
        "household/sessions.html",
        festival=registration.festival,
        secret=secret,
        form=form,
        people=[(str(member.id), member.name) for member in members],
        parts=parts_of_days(sessions_to_come(registration.festival)),
        wishes=wishes,
        refusals={each.session.id: words_for(each) for each in refused},
    )
    return page, status


def _foreseen(
    registration: Registration,
    members: list[Attendee],
    wishes: dict[str, frozenset[int]],
    held: frozenset[tuple[str, int]],
) -> list[SeatResult]:
    by_id = {session.id: session for session in sessions_to_come(registration.festival)}
    names = {str(member.id): member.name for member in members}
    wished = {key: [by_id[i] for i in sorted(wishes.get(key, ())) if i in by_id] for key in names}
    return foresee(wished, names, held)


@bp.route("/r/<secret>/members", methods=["GET", "POST"], defaults={"attendee_id": None})
@bp.route("/r/<secret>/members/<int:attendee_id>", methods=["GET", "POST"])
def members(secret: str, attendee_id: int | None) -> ResponseReturnValue:
    """Add a person, correct one, or take one out."""
    registration = _household(secret)
    attendee = _member(registration, attendee_id) if attendee_id is not None else None
    form = ChangeMemberForm(obj=attendee)
    if attendee is not None and request.method == "GET":
        form.relation.data = attendee.relation.value
    form.child_before = attendee is not None and attendee.is_child(today().year)
    others = len(changing.coming(registration)) > 1
    if request.form.get("go") == "remove" and attendee is not None and form.csrf_valid():
        return _answered(changing.remove_member(attendee), secret, _("%(name)s is taken out.", name=attendee.name))
    if form.validate_on_submit():
        guardian = form.guardian_name.data or None
        if attendee is None:
            result = changing.add_member(registration, form.member(), guardian)
            done = _("%(name)s is added. The ticket is below.", name=form.name.data)
        else:
            result = changing.edit_member(attendee, form.member(), guardian)
            done = _("The change is saved.")
        if result.outcome is ChangeOutcome.DONE:
            ledger.write(registration.id, form.consents(), registration.contact_name, str(get_locale()))
        return _answered(result, secret, done)
    page = render_template(
        "household/member.html",
        festival=registration.festival,
        secret=secret,
        form=form,
        attendee=attendee,
        consent_texts=[] if form.child_before else [text for text in TEXTS if text.for_children],
        removable=attendee is not None and others,
    )
    return page, 422 if form.errors else 200


@bp.route("/r/<secret>/cancel", methods=["GET", "POST"])
def cancel(secret: str) -> ResponseReturnValue:
    """The household does not come: asked once more, then everything it held is free."""
    registration = _household(secret)
    form = ConfirmForm()
    if form.validate_on_submit():
        return _answered(
            changing.cancel(registration), secret, _("Your registration is cancelled. Thank you for telling us.")
        )
    return render_template(
        "household/cancel.html", festival=registration.festival, registration=registration, secret=secret, form=form
    )


@bp.route("/r/<secret>/consents", methods=["GET", "POST"])
def consents(secret: str) -> ResponseReturnValue:
    """See what was agreed to, and take back or give what may be chosen freely."""
    registration = _household(secret)
    answers = ledger.current(registration.id)
    form = ConfirmForm()
    if form.validate_on_submit():
        free = [text.purpose for text in TEXTS if not text.required]
        changed = {purpose: purpose.value in request.form for purpose in free}
        changed = {purpose: given for purpose, given in changed.items() if given != answers.get(purpose, False)}
        ledger.write(registration.id, changed, registration.contact_name, str(get_locale()))
        db.session.commit()
        flash(_("Your answers are saved."), "success")
        return redirect(url_for("household.show", secret=secret), code=303)
    return render_template(
        "household/consents.html",
        festival=registration.festival,
        secret=secret,
        form=form,
        texts=[text for text in TEXTS if not text.required or text.purpose in answers],
        answers=answers,
    )


def _answered(result: ChangeResult, secret: str, done: str) -> ResponseReturnValue:
    words = {
        ChangeOutcome.DONE: (done, "success"),
        ChangeOutcome.CLOSED: (_("Changes are not possible any more. Please ask at the door."), "warning"),
        ChangeOutcome.VENUE_FULL: (_("The festival has no place left for one more person."), "warning"),
        ChangeOutcome.TOO_MANY: (
            _("At most %(number)d people in one registration.", number=MAX_MEMBERS),
            "warning",
        ),
        ChangeOutcome.LAST_ONE: (_("One person has to stay. If nobody comes, cancel the registration."), "warning"),
    }[result.outcome]
    if result.outcome is ChangeOutcome.DONE:
        db.session.commit()
    else:
        db.session.rollback()
    flash(*words)
    return redirect(url_for("household.show", secret=secret), code=303)


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
