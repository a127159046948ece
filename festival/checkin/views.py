"""The door's pages: the scanner, what makes it an app, and pairing a phone. The calls it makes are in `calls/`."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.checkin import pairing
from festival.checkin.forms import PairForm
from festival.checkin.installing import service_worker_script, shell_version
from festival.checkin.models import Device, DeviceMode
from festival.checkin.pairing import DEVICE_COOKIE, PairingOutcome
from festival.checkin.walk_in_page import walk_in_page
from festival.checkin.words import scanner_texts
from festival.core.assets import asset
from festival.extensions import db, limiter
from festival.language import current_language

bp = Blueprint("checkin", __name__, url_prefix="/door")

PAIRINGS = "120 per minute"


# --- pages -----------------------------------------------------------------------------------------------------


@bp.get("/")
def scanner() -> ResponseReturnValue:
    """The scanner, or for a phone that is not paired: how to pair it.

    Only the page of a paired phone carries the version that lets its service worker keep it.
    """
    token = request.cookies.get(DEVICE_COOKIE, "")
    known = pairing.recognize(token)
    if known is None or known.revoked_at is not None:
        return render_template("checkin/unpaired.html", revoked=known, texts=scanner_texts())
    response = make_response(_page_of(pairing.get_row(known)))
    response.headers["X-Door-Version"] = shell_version()
    return response


def _page_of(device: Device) -> str:
    if device.mode is DeviceMode.KIOSK:
        return render_template("checkin/kiosk.html", device=device, texts=scanner_texts())
    if device.mode is DeviceMode.SCREEN:
        return render_template("checkin/screen.html", device=device, texts=scanner_texts())
    return render_template(
        "checkin/scanner.html", device=device, texts=scanner_texts(), walk_in=walk_in_page(device.festival)
    )


@bp.get("/service-worker.js")
def service_worker() -> ResponseReturnValue:
    """What lets the scanner start with no network; changes with every file it holds."""
    return Response(service_worker_script(url_for("checkin.scanner")), mimetype="text/javascript")


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """What makes the scanner an app to be installed (W3C Web Application Manifest)."""
    response = jsonify(
        id=url_for("checkin.scanner"),
        name=_("Door of the Digital Learning Day"),
        short_name=_("Door"),
        start_url=url_for("checkin.scanner"),
        scope=url_for("checkin.scanner"),
        display="standalone",
        orientation="any",
        lang=current_language(),
        theme_color="#1f1b2e",
        background_color="#15121f",
        icons=[
            {"src": asset("images/door.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": asset("images/door-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("images/door-512.png"), "sizes": "512x512", "type": "image/png"},
            {"src": asset("images/door-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
    )
    response.mimetype = "application/manifest+json"
    return response


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
    before = pairing.recognize(request.cookies.get(DEVICE_COOKIE, ""))  # its token is about to be overwritten
    pairing_result = pairing.pair(code, form.on_duty.data, before)
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
