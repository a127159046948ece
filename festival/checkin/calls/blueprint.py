"""Where the calls are hung, and what they share: reading a JSON object, and telling devices apart for limits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, request

from festival.checkin.pairing import DEVICE_COOKIE, KnownDevice, may_hand_in, recognize
from festival.core import calls
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
    """The JSON object of a phone's call; its cookie is SameSite=Strict besides (`core/calls.py`)."""
    return calls.read_object(MAX_BODY_BYTES)


def read_waiting(value: object) -> int:
    """How many scans a phone says it has not sent yet; 0 for what is no such number."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000 else 0
