"""The door's pages: the scanner, and pairing a phone. The calls it makes are in `calls/`."""

from __future__ import annotations

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from festival.checkin import pairing
from festival.checkin.forms import PairForm
from festival.checkin.pairing import DEVICE_COOKIE, PairingOutcome
from festival.checkin.words import scanner_texts
from festival.extensions import db, limiter

bp = Blueprint("checkin", __name__, url_prefix="/door")

PAIRINGS = "120 per minute"


# --- pages -----------------------------------------------------------------------------------------------------


@bp.get("/")
def scanner() -> ResponseReturnValue:
    """The scanner, or for a phone that is not paired: how to pair it."""
    device = pairing.find_device(request.cookies.get(DEVICE_COOKIE, ""))
    if device is None:
        return render_template("checkin/unpaired.html")
    return render_template("checkin/scanner.html", device=device, texts=scanner_texts())


@bp.get("/pair/<code>")
@limiter.limit(PAIRINGS)
def pair_page(code: str) -> ResponseReturnValue:
    """What the QR opens: which festival and door this is. Looking does not use the code up."""
    return _pair_page(code, PairForm())


@bp.post("/pair/<code>")
@limiter.limit(PAIRINGS)
def pair(code: str) -> ResponseReturnValue:
    """Make this phone the door of the code; its token goes into a cookie that no script can read."""
    form = PairForm()
    if not form.validate_on_submit():
        return _pair_page(code, form)
    before = pairing.find_device(request.cookies.get(DEVICE_COOKIE, ""))
    pairing_result = pairing.pair(code, form.on_duty.data)
    if before is not None and pairing_result.outcome is PairingOutcome.PAIRED:
        pairing.revoke(before)  # its token is about to be overwritten on this phone
    db.session.commit()
    if pairing_result.outcome is not PairingOutcome.PAIRED or pairing_result.token is None:
        return _pair_page(code, form)
    response = make_response(redirect(url_for("checkin.scanner")))
    response.set_cookie(
        DEVICE_COOKIE,
        pairing_result.token,
        max_age=pairing.COOKIE_LASTS,
        path=url_for("checkin.scanner").rstrip("/"),
        secure=current_app.extensions["settings"].secure,
        httponly=True,
        samesite="Strict",
    )
    return response


def _pair_page(code: str, form: PairForm) -> ResponseReturnValue:
    invitation = pairing.look_at_code(code)
    status = 200 if invitation.usable else 410 if invitation.code else 404
    if form.errors:
        status = 422
    return render_template("checkin/pair.html", form=form, code=code, invitation=invitation), status


@bp.post("/unpair")
def unpair() -> ResponseReturnValue:
    """The phone gives its place back."""
    pairing.revoke(g.device)
    db.session.commit()
    response = make_response(redirect(url_for("checkin.scanner")))
    response.delete_cookie(DEVICE_COOKIE, path=url_for("checkin.scanner").rstrip("/"))
    return response
