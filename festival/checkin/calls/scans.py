"""Scans: one from a phone that is online, up to 500 from one that comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from limits import parse

from festival.checkin import at_once, pairing, scanning
from festival.checkin.answers import Answer
from festival.checkin.calls.blueprint import bp, device_key, read_object, read_waiting, recognize_phone
from festival.checkin.calls.limits import note_guesses, stop_guessing
from festival.checkin.pairing import DEVICE_COOKIE, KnownDevice
from festival.checkin.scan_request import MAX_SCANS, ScanRequest, Unreadable, read_offset, read_scan
from festival.core.clock import now
from festival.extensions import READING_FIRST, db, limiter

# Nobody types faster; a machine that guesses short codes or numbers of people would.
BY_HAND = parse("600 per 10 minutes")

READING_FIRST.add("door_api.scans")


@bp.post("/scans")
def scans() -> ResponseReturnValue:
    """Take 1 to 500 scans, answer each in the same order (`festival/checkin/answers.py`).

    Beside them the phone tells how many more it has (`waiting`) and how far its clock is behind (`clock_offset_ms`).
    """
    body = read_object()
    requests = _read_scans(body.get("scans"))
    waiting, offset, at = read_waiting(body.get("waiting")), read_offset(body.get("clock_offset_ms")), now()
    if let_in := at_once.let_in(request.cookies.get(DEVICE_COOKIE, ""), requests, at):
        return _answered(let_in.device, [let_in.answer], at, waiting, offset)
    device = recognize_phone(hands_in=True)
    _limit_typing(requests)
    stop_guessing(requests)
    if device.revoked_at is not None:
        return _hand_in(device, requests, at)
    answers = scanning.record_scans(device, requests, at)
    note_guesses(requests, answers)
    return _answered(device, answers, at, waiting, offset)


def _answered(
    device: KnownDevice, answers: Sequence[Answer], at: datetime, waiting: int, offset: int | None
) -> ResponseReturnValue:
    pairing.note_seen(device, at, waiting, offset)
    db.session.commit()
    return {"answers": [answer.body for answer in answers], "now": at.isoformat()}


def _hand_in(device: KnownDevice, requests: Sequence[ScanRequest | Unreadable], at: datetime) -> ResponseReturnValue:
    """What a revoked phone still had: kept as made before it was revoked, and nothing is told about anybody."""
    made_offline = [replace(one, offline=True) if isinstance(one, ScanRequest) else one for one in requests]
    scanning.record_scans(device, made_offline, at)
    db.session.commit()
    return {"answers": [{"id": str(one.id), "kept": True} for one in requests], "now": at.isoformat()}


def _read_scans(raw: object) -> Sequence[ScanRequest | Unreadable]:
    if not isinstance(raw, list) or not raw:
        abort(422)
    if len(raw) > MAX_SCANS:
        abort(413)
    return [read_scan(one) for one in raw]


def _limit_typing(requests: Sequence[ScanRequest | Unreadable]) -> None:
    typed = sum(isinstance(one, ScanRequest) and one.ticket is None for one in requests)
    if typed and limiter.enabled and not limiter.limiter.hit(BY_HAND, device_key(), cost=typed):
        abort(429, _("Too many codes typed at once. Wait a few minutes."))
