"""Who has the phone in hand, and giving its place back."""

from __future__ import annotations

from flask import abort, g, jsonify, url_for
from flask.typing import ResponseReturnValue

from festival.checkin import pairing
from festival.checkin.calls.blueprint import bp, device_key, read_object
from festival.checkin.pairing import DEVICE_COOKIE
from festival.core.text import tidy
from festival.extensions import db, limiter

LONGEST = 80


@bp.post("/on-duty")
@limiter.limit("60 per minute", key_func=device_key)
def on_duty() -> ResponseReturnValue:
    """Keep who has the phone in hand from now on; 422 for no name or one of more than 80 letters."""
    name = read_object().get("name")
    if not isinstance(name, str) or not (tidied := tidy(name)) or len(tidied) > LONGEST:
        abort(422)
    pairing.get_row(g.device).on_duty = tidied
    db.session.commit()
    return {}


@bp.post("/unpair")
@limiter.limit("60 per minute", key_func=device_key)
def unpair() -> ResponseReturnValue:
    """The phone gives its place back; its cookie goes."""
    read_object()
    pairing.revoke(pairing.get_row(g.device))
    db.session.commit()
    response = jsonify({})
    response.delete_cookie(DEVICE_COOKIE, path=url_for("checkin.scanner").rstrip("/"))
    return response
