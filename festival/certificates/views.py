"""A household's certificates on its own page: getting, printing, having a name corrected, taking a credential away."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.certificates import corrections, verify_views  # noqa: F401 - its addresses hang on the same blueprint
from festival.certificates.blueprint import bp
from festival.certificates.corrections import AskOutcome
from festival.certificates.credentials import token_of
from festival.certificates.criteria import Standing, explain, standing_of
from festival.certificates.forms import ButtonForm, CorrectionForm
from festival.certificates.handing_out import file_of
from festival.certificates.holders import Holder
from festival.certificates.issuing import find_certificate, issue
from festival.certificates.models import Certificate, CertificateKind, Design
from festival.certificates.progress import ways_by_design
from festival.certificates.replacing import is_erased, is_valid
from festival.certificates.sheets import file_name
from festival.certificates.shelf import certificate_of_household, design_for, shelf_of
from festival.certificates.ways import way_of
from festival.extensions import db, limiter
from festival.registration.models import Attendee, Registration
from festival.registration.opening import opened

PRINTINGS = "120 per minute"
CORRECTIONS = "10 per hour"


@dataclass(frozen=True)
class _Place:
    """Whose certificate by which design an address is about, and where it is."""

    secret: str
    registration: Registration
    holder: Holder
    design: Design | None
    address: str


@bp.get("/r/<secret>/certificates")
@limiter.limit(PRINTINGS)
def shelf(secret: str) -> ResponseReturnValue:
    """All certificates of a household and its people: those that are there, those to be taken, those still to earn."""
    registration = opened(secret)
    return render_template(
        "certificates/shelf.html",
        festival=registration.festival,
        secret=secret,
        shelf=shelf_of(registration),
        ways=ways_by_design(registration),
        button=ButtonForm(),
    )


@bp.get("/r/<secret>/certificates/<int:attendee_id>")
@limiter.limit(PRINTINGS)
def certificate(secret: str, attendee_id: int) -> ResponseReturnValue:
    """A person's certificate of participation as PDF; before it is issued, what is missing or the offer to get it."""
    return _show(_standard(secret, attendee_id))


@bp.post("/r/<secret>/certificates/<int:attendee_id>")
@limiter.limit(PRINTINGS)
def issue_certificate(secret: str, attendee_id: int) -> ResponseReturnValue:
    """Issue it if it is earned, then show it; asking again shows the same one."""
    return _issue(_standard(secret, attendee_id))


@bp.get("/r/<secret>/certificates/<holder>/<int:design_id>")
@limiter.limit(PRINTINGS)
def by_design(secret: str, holder: str, design_id: int) -> ResponseReturnValue:
    """The same for any design: `holder` is a person's id, or "family" for the household's own."""
    return _show(_of_design(secret, holder, design_id))


@bp.post("/r/<secret>/certificates/<holder>/<int:design_id>")
@limiter.limit(PRINTINGS)
def issue_by_design(secret: str, holder: str, design_id: int) -> ResponseReturnValue:
    """Issue it if it is earned and the design lets residents take it themselves."""
    return _issue(_of_design(secret, holder, design_id))


@bp.route("/r/<secret>/certificates/correct/<int:certificate_id>", methods=["GET", "POST"])
@limiter.limit(CORRECTIONS, methods=["POST"])
def correct(secret: str, certificate_id: int) -> ResponseReturnValue:
    """Ask that the name be corrected; an issuer decides."""
    registration = opened(secret)
    found = certificate_of_household(registration, certificate_id) or abort(404)
    form = CorrectionForm(wanted_name=found.name)
    if not form.validate_on_submit():
        page = render_template(
            "certificates/correct.html", festival=registration.festival, secret=secret, certificate=found, form=form
        )
        return page, 422 if form.errors else 200
    outcome = corrections.ask(found, form.wanted_name.data)
    db.session.commit()
    match outcome:
        case AskOutcome.ASKED | AskOutcome.WAITS:
            flash(_("We have your wish. The organizer looks at it; the answer will be on this page."), "success")
        case AskOutcome.SAME:
            flash(_("The certificate says just that already."), "info")
        case AskOutcome.NOT_VALID:
            flash(_("This certificate is no longer valid, so its name stays."), "warning")
        case AskOutcome.TOO_OFTEN:
            flash(_("You have asked several times. Please speak with the organizer."), "warning")
    return redirect(url_for(".shelf", secret=secret), 303)


@bp.get("/r/<secret>/certificates/credential/<int:certificate_id>.jwt")
@limiter.limit(PRINTINGS)
def credential(secret: str, certificate_id: int) -> ResponseReturnValue:
    """The certificate as an Open Badges 3.0 credential, for programs that collect them."""
    found = certificate_of_household(opened(secret), certificate_id) or abort(404)
    if not is_valid(found) or is_erased(found):
        abort(410)
    return send_file(
        io.BytesIO(token_of(found).encode()),
        mimetype="application/vc+jwt",
        as_attachment=True,
        download_name=f"{found.code}.jwt",
        max_age=0,
    )


def certificate_response(issued: Certificate) -> Response:
    """A certificate to be shown by the browser, named for the person when it is saved. Commits what is noted of it."""
    file = file_of(issued)
    db.session.commit()
    return pdf_response(io.BytesIO(file), file_name(issued))


def pdf_response(file: IO[bytes], name: str) -> Response:
    """A PDF to be shown by the browser; nothing keeps a copy on the way, no search engine finds it."""
    response = send_file(file, mimetype="application/pdf", download_name=name, max_age=0)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    # A browser's own viewer is an object to it, and `object-src 'none'` of our pages would leave it empty in Safari.
    response.headers["Content-Security-Policy"] = "object-src 'self'; frame-ancestors 'none'"
    return response


def _show(place: _Place) -> ResponseReturnValue:
    issued = find_certificate(place.holder, place.design)
    if issued is not None:
        if is_valid(issued) and not is_erased(issued):
            return certificate_response(issued)
        return _standing_page(place, Standing.REVOKED)
    return _standing_page(place, standing_of(place.holder, place.design))


def _issue(place: _Place) -> ResponseReturnValue:
    if not ButtonForm().validate_on_submit():
        abort(400)
    if place.design is not None and not place.design.by_residents:
        abort(403)
    result = issue(place.holder, place.design)
    db.session.commit()
    if result.standing is Standing.ISSUED:
        return redirect(place.address, 303)
    return _standing_page(place, result.standing or abort(404))


def _standard(secret: str, attendee_id: int) -> _Place:
    registration = opened(secret)
    address = url_for(".certificate", secret=secret, attendee_id=attendee_id)
    return _Place(secret, registration, _person(registration, attendee_id), None, address)


def _of_design(secret: str, holder: str, design_id: int) -> _Place:
    registration = opened(secret)
    design = design_for(registration, design_id) or abort(404)
    address = url_for(".by_design", secret=secret, holder=holder, design_id=design_id)
    if design.kind is CertificateKind.HOUSEHOLD:
        return _Place(secret, registration, registration if holder == "family" else abort(404), design, address)
    attendee_id = int(holder) if holder.isascii() and holder.isdigit() and len(holder) < 11 else abort(404)
    return _Place(secret, registration, _person(registration, attendee_id), design, address)


def _person(registration: Registration, attendee_id: int) -> Attendee:
    return next((one for one in registration.attendees if one.id == attendee_id), None) or abort(404)


def _standing_page(place: _Place, standing: Standing) -> ResponseReturnValue:
    way = way_of(place.holder, place.design) if standing is Standing.NOT_EARNED else None
    page = render_template(
        "certificates/standing.html",
        festival=place.registration.festival,
        name=place.holder.name if isinstance(place.holder, Attendee) else _("The whole family"),
        design=place.design,
        takeable=standing is Standing.EARNED and (place.design is None or place.design.by_residents),
        standing=standing,
        words=way.explanation if way else explain(standing),
        way=way,
        form=ButtonForm(),
        secret=place.secret,
    )
    return page, 200 if standing is Standing.EARNED else 409 if request.method == "POST" else 200
