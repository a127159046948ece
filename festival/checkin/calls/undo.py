"""Taking back admissions from the phone that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import abort, g
from flask.typing import ResponseReturnValue

from festival.checkin import undoing
from festival.checkin.calls.blueprint import bp, device_key, read_object
from festival.checkin.models import Device, DeviceMode
from festival.checkin.paired_again import predecessors
from festival.checkin.pairing import get_row
from festival.checkin.scan_request import read_offset
from festival.checkin.undoing import UndoOutcome
from festival.core.clock import now
from festival.extensions import db, limiter

MOST = 100


@bp.post("/undo")
@limiter.limit("60 per minute", key_func=device_key)
def undo() -> ResponseReturnValue:
    """Take back the admissions of up to 100 scans of this phone; each is answered with its outcome.

    One that makes no sense is `unknown`. A phone that was revoked hears only that it was `kept`. 403 for a booth's
    screen, which scans nobody.
    """
    if g.device.mode is DeviceMode.SCREEN:
        abort(403)
    raw = read_object().get("undos")
    if not isinstance(raw, list) or not raw:
        abort(422)
    if len(raw) > MOST:
        abort(413)
    device = get_row(g.device)
    at = now()
    before = [known.id for known in predecessors(g.device, at)]
    answers = [_answer(device, before, one, at) for one in raw]
    db.session.commit()
    return {"answers": answers, "now": at.isoformat()}


def _answer(device: Device, before: Sequence[int], raw: object, at: datetime) -> dict[str, Any]:
    wish: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    given = wish.get("id")
    named = {"id": given if isinstance(given, str) and len(given) <= 40 else None}
    outcome = _undo(device, before, wish, at)
    return {**named, "kept": True} if device.revoked_at is not None else {**named, "outcome": outcome.value}


def _undo(device: Device, before: Sequence[int], wish: Mapping[str, Any], at: datetime) -> UndoOutcome:
    reason = wish.get("reason")
    try:
        scan = undoing.find_scan(device.festival_id, UUID(str(wish.get("scan"))))
    except ValueError:
        return UndoOutcome.UNKNOWN
    if scan is None or not isinstance(reason, str):
        return UndoOutcome.UNKNOWN
    moment = min(_moment(wish, at), device.revoked_at or at)
    return undoing.undo(scan, reason[:1000], max(moment, scan.scanned_at), by_device=device, before=before)


def _moment(wish: Mapping[str, Any], at: datetime) -> datetime:
    """When it was undone, by the server's clock; `at` where the phone does not say it sensibly."""
    try:
        moment = datetime.fromisoformat(str(wish.get("undone_at"))[:40])
        offset = timedelta(milliseconds=read_offset(wish.get("clock_offset_ms")) or 0)
        return min(moment.astimezone(UTC) + offset, at) if moment.tzinfo is not None else at
    except (ValueError, OverflowError):
        return at
