"""Where the calls are hung, and what they share: reading a JSON object, and telling devices apart for limits."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, make_response, request

from festival.checkin.pairing import DEVICE_COOKIE, KnownDevice, may_hand_in, recognize
from festival.core.secrets import digest
from festival.extensions import csrf

MAX_BODY_BYTES = 1_000_000

bp = Blueprint("door_api", __name__, url_prefix="/door/api")
# Another site can send neither this content type nor, with SameSite=Strict, the cookie; and the Origin is looked at.
csrf.exempt(bp)


def device_key() -> str:
    """What limits count by: the device's token, never its address (a whole venue shares one)."""
    return f"door:{digest(request.cookies.get(DEVICE_COOKIE, ''))}"


def recognize_phone(*, hands_in: bool) -> KnownDevice:
    """The phone that asks, one revoked lately too where it `hands_in` what it has.

    401 with the reason, because a phone that was revoked wipes itself and one whose cookie got lost must keep the scans
    it has not sent.
    """
    device = recognize(request.cookies.get(DEVICE_COOKIE, ""))
    if device is None:
        abort(make_response({"reason": "unknown"}, 401))
    if device.revoked_at is not None and not (hands_in and may_hand_in(device)):
        abort(make_response({"reason": "revoked"}, 401))
    return device


def read_object() -> dict[str, Any]:
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


def read_waiting(value: object) -> int:
    """How many scans a phone says it has not sent yet; 0 for what is no such number."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000 else 0
