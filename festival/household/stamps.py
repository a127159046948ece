"""What a booth's screen or poster opens on the visitor's own phone: choose who is here, get the stamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_limiter.util import get_remote_address
from limits import parse
from sqlalchemy import select

from festival.certificates.progress import family_progress
from festival.checkin import scanning
from festival.checkin.models import Admission, Checkpoint, ScanSource
from festival.checkin.scan_request import ScanRequest
from festival.checkin.stamping import (
    CodeKind,
    CodeState,
    NumberOutcome,
    Opening,
    StampCode,
    find_place,
    judge_code,
    open_code,
    prove,
    read_opening,
    read_stamp_code,
    try_number,
)
from festival.core.clock import local, now
from festival.core.secrets import digest, read_code
from festival.extensions import db, limiter
from festival.household.forms import StampForm, TypedStampForm
from festival.household.passport import passports_of
from festival.household.remembered import (
    Family,
    Remembered,
    entry_of,
    families_in,
    find_by_code,
    forget,
    remember,
    remembered,
)
from festival.registration.links import secret_of
from festival.registration.models import Attendee

bp = Blueprint("household_stamps", __name__)

WRONG_CODES = parse("30 per 10 minutes")
"""Wrong short codes from one address. A whole venue may share it; there are 6.5e11 codes, so thirty find nothing."""

TOO_MANY = lazy_gettext("Too many tries. Please wait ten minutes, or ask the people at the booth to stamp your ticket.")


@dataclass
class _Visit:
    """One look at a booth's code, on its way to the page."""

    code: StampCode
    place: Checkpoint
    at: datetime
    opening: Opening | None
    form: StampForm = field(default_factory=StampForm)
    typed: TypedStampForm = field(default_factory=TypedStampForm)
    entry: Remembered | None = None
    refusal: str = ""

    @property
    def needs_number(self) -> bool:
        return self.code.kind is CodeKind.POSTER and not (self.opening and self.opening.proven)

    def families(self) -> list[Family]:
        entries = [*([self.entry] if self.entry else []), *remembered()]
        return families_in(self.place.festival, list(dict.fromkeys(entries)))


@bp.get("/S/<code>")
@bp.get("/s/<code>")
@limiter.limit("600 per minute")
def show(code: str) -> ResponseReturnValue:
    """Whose phone is it? The family it knows, or a field for a ticket's short code."""
    visit = _visit(code)
    return _page(visit) if visit else _not_ours()


@bp.post("/S/<code>")
@bp.post("/s/<code>")
@limiter.limit("600 per minute")
def stamp(code: str) -> ResponseReturnValue:
    """Stamp those who were chosen. The code counts for three minutes from when its page was opened."""
    visit = _visit(code)
    if visit is None:
        return _not_ours()
    opening = visit.opening = read_opening(visit.code, request.form.get("opening", ""), visit.at) or visit.opening
    if opening is None:
        return _page(visit, 409)
    go = request.form.get("go", "")
    people = _take_ticket(visit, opening) if go == "ticket" else _take_people(visit, opening, go)
    if people:
        _record(visit, opening, people)
    refused = bool(visit.refusal or visit.form.errors or visit.typed.errors)
    return _page(visit, 422 if refused else 200)


@bp.post("/s/forget")
def forget_families() -> ResponseReturnValue:
    """The phone no longer knows any family."""
    flash(_("This phone has forgotten your family. The link of your family still works."), "success")
    response = make_response(redirect(url_for("programme.index"), code=303))
    forget(response)
    return response


def _visit(text: str) -> _Visit | None:
    code, at = read_stamp_code(text), now()
    state = judge_code(code, at) if code else CodeState.FORGED
    place = find_place(code) if code and state is not CodeState.FORGED else None
    if code is None or place is None:
        return None
    return _Visit(code, place, at, None if state is CodeState.OLD else open_code(code, at))


def _take_people(visit: _Visit, opening: Opening, go: str) -> list[Attendee]:
    """Those whom the pressed button names, out of the families that the phone knows."""
    for family in visit.families():
        chosen = [one for one in family.people if go in (f"all-{family.registration.id}", f"one-{one.id}")]
        if not chosen:
            continue
        if visit.needs_number:
            outcome = _try(visit, visit.form.number.data, f"family:{family.registration.id}")
            if outcome is not NumberOutcome.RIGHT:
                wrong = _("This is not today's number. The people at the booth know it.")
                visit.form.number.errors = [TOO_MANY if outcome is NumberOutcome.TOO_MANY else wrong]
                return []
            visit.opening = prove(opening)
        return chosen
    visit.refusal = _("Please choose who is here.")
    return []


def _take_ticket(visit: _Visit, opening: Opening) -> list[Attendee]:
    """The person of a typed short code; for a family's pass the page asks who of them is here."""
    if limiter.enabled and not limiter.limiter.test(WRONG_CODES, _address()):
        abort(429)
    typed = visit.typed.ticket.data or ""
    ticket = find_by_code(visit.place.festival, typed)
    wrong = _("This is not the code of a valid ticket. Please look at the ticket once more.")
    if visit.needs_number:
        # Which of the two was wrong is not told, and codes that nobody has run into the same limit.
        outcome = _try(visit, visit.typed.typed_number.data, f"code:{digest(read_code(typed))}")
        wrong = _("The code of the ticket or today's number is not right. Please look at both once more.")
        if outcome is NumberOutcome.RIGHT and ticket is not None:
            visit.opening = prove(opening)
        else:
            ticket = None
            wrong = TOO_MANY if outcome is NumberOutcome.TOO_MANY else wrong
    if ticket is None:
        if limiter.enabled:
            limiter.limiter.hit(WRONG_CODES, _address())
        visit.typed.ticket.errors = [wrong]
        return []
    visit.entry = entry_of(ticket.registration, ticket)
    family = next((one for one in visit.families() if one.registration.id == ticket.registration_id), None)
    return list(family.people) if family and len(family.people) == 1 else []


def _try(visit: _Visit, typed: str | None, who: str) -> NumberOutcome:
    return try_number(visit.code, typed or "", local(visit.at).date(), who)


def _address() -> str:
    return f"stamp:{get_remote_address()}"


def _record(visit: _Visit, opening: Opening, people: Sequence[Attendee]) -> None:
    """Record a scan for each; what stands against a stamp is put into words."""
    scans = [
        ScanRequest(opening.scan_id(one.id), visit.place.id, visit.at, attendee_id=one.id, offline=True)
        for one in people
    ]
    answers = scanning.record_for(visit.place.festival, scans, visit.at, source=ScanSource.VISITOR)
    db.session.commit()
    bodies = [answer.body for answer in answers]
    refused = [body for body in bodies if body.get("verdict") not in ("admitted", "already_admitted")]
    if refused:
        visit.refusal = _words_for(str(refused[0].get("verdict")), (refused[0].get("opens") or {}).get("at", ""))


def _words_for(verdict: str, opens: str) -> str:
    words = {
        "too_early": _("The booth is not open yet. It opens at %(at)s.", at=opens),
        "closed": _("The booth is closed now, so there is no stamp any more."),
        "wrong_day": _("Today is not a day of the festival, so there is no stamp."),
        "cancelled": _("This registration is cancelled. Please ask at the entrance."),
        "revoked": _("This ticket is no longer valid. Please ask at the entrance."),
    }
    return str(words.get(verdict, _("That did not work. Please show your ticket to the people at the booth.")))


def _page(visit: _Visit, status: int = 200) -> ResponseReturnValue:
    families = visit.families()
    known = [one.id for family in families for one in family.people]
    rows = db.session.execute(
        select(Admission.attendee_id, Admission.admitted_at).where(
            Admission.checkpoint_id == visit.place.id, Admission.attendee_id.in_(known)
        )
    )
    stamped = {row[0]: row[1] for row in rows}
    passports = {
        passport.attendee.id: passport
        for family in families
        for passport in passports_of(family.registration, [one for one in family.people if one.id in stamped])
    }
    progress = {
        row.attendee.id: row.near
        for family in families
        if any(one.id in stamped for one in family.people)
        for row in family_progress(family.registration)
        if row.attendee is not None and row.attendee.id in stamped
    }
    page = render_template(
        "household/stamp.html",
        festival=visit.place.festival,
        place=visit.place,
        booth=visit.place.booth,
        code=visit.code.text,
        opening=visit.opening.text if visit.opening else "",
        needs_number=visit.needs_number,
        families=families,
        stamped=stamped,
        passports=passports,
        progress=progress,
        secrets={one.registration.id: secret_of(one.registration) for one in families if one.whole},
        form=visit.form,
        typed=visit.typed,
        refusal=visit.refusal,
    )
    response = make_response(page, status)
    if visit.entry is not None:
        remember(response, visit.entry)
    return response


def _not_ours() -> ResponseReturnValue:
    return render_template("household/stamp_unknown.html"), 404
