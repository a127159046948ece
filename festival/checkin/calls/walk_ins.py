"""People without a ticket as the door wrote them down: one, or up to 50 from a phone that was offline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import abort, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from limits import parse

from festival.checkin import pairing
from festival.checkin import walk_ins as domain
from festival.checkin.calls.blueprint import bp, device_key, read_object, read_waiting
from festival.checkin.models import Device, DeviceMode
from festival.checkin.paired_again import stints_of
from festival.checkin.scan_request import Unreadable, read_offset
from festival.checkin.walk_in_request import MAX_WALK_INS, WalkInRequest, read_walk_in
from festival.core.clock import now
from festival.extensions import db, limiter

# Ten volunteers at one table would not write down so many; a machine would.
BY_DEVICE = parse("300 per 10 minutes")


@bp.post("/walk-ins")
def walk_ins() -> ResponseReturnValue:
    """Register 1 to 50 people and let them in; each is answered in the same order (`festival/checkin/walk_ins.py`)."""
    device = pairing.get_row(g.device)
    if device.mode is not DeviceMode.STAFF:
        abort(403)
    body = read_object()
    raw = body.get("walk_ins")
    if not isinstance(raw, list) or not raw:
        abort(422)
    if len(raw) > MAX_WALK_INS:
        abort(413)
    if limiter.enabled and not limiter.limiter.hit(BY_DEVICE, device_key(), cost=len(raw)):
        abort(429, _("Too many people written down at once. Wait a few minutes."))
    at = now()
    answers = _register(device, [read_walk_in(one) for one in raw], at)
    if device.revoked_at is None:
        pairing.note_seen(device, at, read_waiting(body.get("waiting")), read_offset(body.get("clock_offset_ms")))
    db.session.commit()
    return {"answers": answers, "now": at.isoformat()}


def _register(device: Device, requests: Sequence[WalkInRequest | Unreadable], at: datetime) -> list[dict[str, Any]]:
    """What the phone wrote down before it was paired again belongs to the door that it was; a transaction each."""
    answers: dict[int, dict[str, Any]] = {}
    scans = [one.scan if isinstance(one, WalkInRequest) else one for one in requests]
    for stint in stints_of(g.device, scans, at):
        if answers:
            db.session.commit()
        mine = [requests[place] for place in stint.places]
        then = pairing.get_row(stint.device)
        told = domain.register(then, mine, at, device if stint.past else None)
        answers |= dict(zip(stint.places, told, strict=True))
    return [answers[place] for place in range(len(requests))]
