"""Finding people who have no QR at hand."""

from __future__ import annotations

from flask import abort, g
from flask.typing import ResponseReturnValue

from festival.checkin.calls.blueprint import bp, device_key, read_object
from festival.checkin.finding import FindOutcome, find_people
from festival.checkin.pairing import get_row
from festival.core.clock import local
from festival.extensions import READING_FIRST, limiter

SEARCHES = "30 per minute"
_REFUSED = (FindOutcome.WRONG_CHECKPOINT, FindOutcome.WRONG_DEVICE)

READING_FIRST.add("door_api.people")  # a POST that writes nothing


@bp.post("/people")
@limiter.limit(SEARCHES, key_func=device_key)
def people() -> ResponseReturnValue:
    """Find people by name or by the end of their phone. A POST, so that names stand in no log of addresses.

    403 for a kiosk, a screen and a checkpoint of another door, 422 for what makes no sense.
    """
    wanted = read_object()
    typed, checkpoint = wanted.get("name"), wanted.get("checkpoint")
    if not isinstance(typed, str) or type(checkpoint) is not int or not 0 < checkpoint < 2**31:
        abort(422)
    found = find_people(get_row(g.device), checkpoint, typed)
    if found.outcome in _REFUSED:
        abort(403)
    return {
        "outcome": found.outcome.value,
        "people": [
            {
                "attendee": person.attendee_id,
                "name": person.name,
                "birth_year": person.birth_year,
                "phone_tail": person.phone_tail,
                "ward": person.ward,
                "household": person.household,
                "admitted": f"{local(person.admitted_at):%H:%M}" if person.admitted_at else None,
            }
            for person in found.people
        ],
        "more": found.more,
    }
