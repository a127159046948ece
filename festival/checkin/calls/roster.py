"""The roster: everything that a phone keeps, all of it once and then what has changed."""

from __future__ import annotations

import json

from flask import Response, abort, g, make_response, request
from flask.typing import ResponseReturnValue

from festival.checkin import roster as rosters
from festival.checkin.calls.blueprint import bp, device_key
from festival.core.clock import now
from festival.extensions import begin_writing, db, limiter

CALLS = "240 per minute"
"""A whole roster of 200,000 people at once, and polling besides; no more."""


@bp.get("/roster")
@limiter.limit(lambda: CALLS, key_func=device_key)
def roster() -> ResponseReturnValue:
    """The people of this phone from the cursor `since` on (`rosters.read_roster`), its checkpoints, the headcount.

    `waiting` and `clock_offset_ms` tell how many scans the phone still has and how far its clock is behind; what is no
    number there is passed over. 401 with a reason for a phone that is not paired (any more).
    """
    device_id, at = g.device.id, now()
    begin_writing()
    contact = rosters.meet(device_id, at, _number("waiting"), _number("clock_offset_ms"))
    if contact is None:
        abort(make_response({"reason": "revoked"}, 401))
    db.session.commit()  # nobody waits while the people are read
    body = rosters.read_roster(contact, request.args.get("since", ""), at)
    # Names as they are: escaped ones would be a third longer, and 20,000 of them are sent.
    return Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")


def _number(name: str) -> int | None:
    typed = request.args.get(name, "")
    digits = typed.removeprefix("-")
    return int(typed) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None
