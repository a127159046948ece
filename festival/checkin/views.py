"""The door: pairing a phone, the scanner's page, and the calls it makes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from limits import parse

from festival.checkin import pairing, scanning
from festival.checkin.finding import FindOutcome, find_people
from festival.checkin.forms import PairForm
from festival.checkin.models import Device
from festival.checkin.pairing import DEVICE_COOKIE, PairingOutcome
from festival.checkin.scan_request import MAX_BODY_BYTES, MAX_SCANS, ScanRequest, Unreadable, read_scan
from festival.checkin.scanner_texts import scanner_texts
from festival.core.clock import local, now
from festival.core.secrets import digest
from festival.extensions import csrf, db, limiter

bp = Blueprint("checkin", __name__, url_prefix="/door")

# Nobody types faster; a machine that guesses short codes or numbers of people would.
BY_HAND = parse("600 per 10 minutes")
SEARCHES = "30 per minute"
PAIRINGS = "120 per minute"


def _device_key() -> str:
    return f"door:{digest(request.cookies.get(DEVICE_COOKIE, ''))}"


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


# --- calls -----------------------------------------------------------------------------------------------------


@bp.post("/api/scans")
@csrf.exempt  # type: ignore[untyped-decorator]
def scans() -> ResponseReturnValue:
    """Take 1 to 500 scans, answer each in the same order (`festival/checkin/answers.py`)."""
    requests = _read_scans()
    device: Device = g.device
    _limit_typing(requests)
    at = now()
    answers = scanning.record_scans(device, requests, at)
    pairing.note_seen(device, at)
    db.session.commit()
    return {"answers": [answer.body for answer in answers], "now": at.isoformat()}


@bp.post("/api/people")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit(SEARCHES, key_func=_device_key)
def people() -> ResponseReturnValue:
    """Find people by name. A POST, so that names stand in no log of addresses."""
    wanted = _read_object()
    typed, checkpoint = wanted.get("name"), wanted.get("checkpoint")
    if not isinstance(typed, str) or not isinstance(checkpoint, int) or not 0 < checkpoint < 2**31:
        abort(422)
    found = find_people(g.device, checkpoint, typed)
    if found.outcome is FindOutcome.WRONG_CHECKPOINT:
        abort(403)
    return {
        "outcome": found.outcome.value,
        "people": [
            {
                "attendee": person.attendee_id,
                "name": person.name,
                "birth_year": person.birth_year,
                "admitted": f"{local(person.admitted_at):%H:%M}" if person.admitted_at else None,
            }
            for person in found.people
        ],
        "more": found.more,
    }


def _read_object() -> dict[str, Any]:
    """The JSON object of a call by our own page. 403 from elsewhere, 413 for too much, 415 or 400 for no JSON object.

    A form of another site can send neither this content type nor, with SameSite=Strict, the cookie.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        abort(403)
    if request.mimetype != "application/json":
        abort(415)
    if (request.content_length or 0) > MAX_BODY_BYTES:
        abort(413)
    body = request.get_data(cache=False)
    if len(body) > MAX_BODY_BYTES:
        abort(413)
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(raw, dict):
        abort(400)
    return raw


def _read_scans() -> Sequence[ScanRequest | Unreadable]:
    raw = _read_object().get("scans")
    if not isinstance(raw, list) or not raw:
        abort(422)
    if len(raw) > MAX_SCANS:
        abort(413)
    return [read_scan(one) for one in raw]


def _limit_typing(requests: Sequence[ScanRequest | Unreadable]) -> None:
    typed = sum(isinstance(one, ScanRequest) and one.ticket is None for one in requests)
    if typed and limiter.enabled and not limiter.limiter.hit(BY_HAND, _device_key(), cost=typed):
        abort(429, _("Too many codes typed at once. Wait a few minutes."))
