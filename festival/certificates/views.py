"""A household's certificates, and the public page that says whether one is valid."""

from __future__ import annotations

import io
from typing import IO

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from festival.certificates import verification
from festival.certificates.criteria import Standing, explain, standing_of
from festival.certificates.forms import ButtonForm
from festival.certificates.handing_out import file_of
from festival.certificates.issuing import find_certificate, issue
from festival.certificates.models import Certificate
from festival.certificates.sheets import file_name
from festival.certificates.verification import Validity
from festival.extensions import db, limiter
from festival.registration.models import Attendee, Registration
from festival.registration.opening import opened

bp = Blueprint("certificates", __name__)

VERIFICATIONS = "120 per minute"
"""Look-ups from one address, which a whole hall may share. Of 6.5e11 codes, that many a minute guess none."""
PRINTINGS = "120 per minute"


@bp.get("/r/<secret>/certificates/<int:attendee_id>")
@limiter.limit(PRINTINGS)
def certificate(secret: str, attendee_id: int) -> ResponseReturnValue:
    """The certificate as PDF; before it is issued, a page that says what is missing or offers to issue it."""
    registration, attendee = _person(secret, attendee_id)
    standing = standing_of(attendee)
    issued = find_certificate(attendee)
    if standing is Standing.ISSUED and issued is not None:
        return certificate_response(issued)
    return _standing_page(secret, registration, attendee, standing)


@bp.post("/r/<secret>/certificates/<int:attendee_id>")
@limiter.limit(PRINTINGS)
def issue_certificate(secret: str, attendee_id: int) -> ResponseReturnValue:
    """Issue the certificate if it is earned, then show it; asking again shows the same one."""
    registration, attendee = _person(secret, attendee_id)
    if not ButtonForm().validate_on_submit():
        abort(400)
    result = issue(attendee)
    db.session.commit()
    if result.standing is Standing.ISSUED:
        return redirect(url_for(".certificate", secret=secret, attendee_id=attendee_id), 303)
    return _standing_page(secret, registration, attendee, result.standing)


def _person(secret: str, attendee_id: int) -> tuple[Registration, Attendee]:
    registration = opened(secret)
    attendee = next((one for one in registration.attendees if one.id == attendee_id), None) or abort(404)
    return registration, attendee


def _standing_page(
    secret: str, registration: Registration, attendee: Attendee, standing: Standing
) -> ResponseReturnValue:
    page = render_template(
        "certificates/standing.html",
        festival=registration.festival,
        attendee=attendee,
        standing=standing,
        words=explain(standing),
        form=ButtonForm(),
        secret=secret,
    )
    return page, 200 if standing is Standing.EARNED else 409 if request.method == "POST" else 200


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


@bp.get("/c/<code>")
@bp.get("/C/<code>")
@limiter.limit(VERIFICATIONS)
def verify(code: str) -> ResponseReturnValue:
    """Valid, revoked or unknown, for whoever scanned the paper."""
    return _verdict(code)


@bp.get("/c/")
@limiter.limit(VERIFICATIONS)
def enter_code() -> ResponseReturnValue:
    """A field for a code typed from paper; with one in the address, its answer."""
    typed = request.args.get("code", "")
    return _verdict(typed) if typed.strip() else render_template("certificates/verify.html", result=None, typed="")


def _verdict(typed: str) -> ResponseReturnValue:
    result = verification.verify(typed)
    page = render_template("certificates/verify.html", result=result, typed=typed[:40])
    status = 404 if result.validity is Validity.UNKNOWN else 200
    return page, status, {"X-Robots-Tag": "noindex"}
