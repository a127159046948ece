"""Scans: one from a phone that is online, up to 500 from one that comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask import abort, request
from flask.typing import ResponseReturnValue

from festival.checkin import at_once, pairing, scanning
from festival.checkin.answers import Answer
from festival.checkin.calls.blueprint import bp, read_object, read_waiting, recognize_phone
from festival.checkin.calls.limits import hold_back, note_guesses
from festival.checkin.models import DeviceMode
from festival.checkin.paired_again import Stint, stints_of
from festival.checkin.pairing import DEVICE_COOKIE, KnownDevice
from festival.checkin.roster_scope import finds_people
from festival.checkin.scan_request import MAX_SCANS, ScanRequest, Unreadable, read_offset, read_scan
from festival.core.clock import now
from festival.extensions import READING_FIRST, db

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
    if device.mode is DeviceMode.SCREEN:
        abort(403)
    waits = hold_back(requests, learns=device.revoked_at is None)
    taken = [one for one, wait in zip(requests, waits, strict=True) if not wait]
    answers = _hand_in(device, taken, at) if device.revoked_at is not None else _record(device, taken, at)
    return _answered(device, _in_order(requests, waits, answers), at, waiting, offset)


def _in_order(
    requests: Sequence[ScanRequest | Unreadable], waits: Sequence[bool], answers: Sequence[Answer]
) -> Sequence[Answer]:
    """The answers to all scans of the call; those that wait have none in `answers`."""
    taken = iter(answers)
    return [Answer.later(str(one.id)) if wait else next(taken) for one, wait in zip(requests, waits, strict=True)]


def _answered(
    device: KnownDevice, answers: Sequence[Answer], at: datetime, waiting: int, offset: int | None
) -> ResponseReturnValue:
    if device.revoked_at is None:
        pairing.note_seen(device, at, waiting, offset)
    db.session.commit()
    return {"answers": [answer.body for answer in answers], "now": at.isoformat()}


def _record(device: KnownDevice, requests: Sequence[ScanRequest | Unreadable], at: datetime) -> Sequence[Answer]:
    answers = _record_stints(device, requests, at)
    note_guesses(requests, answers)
    return answers


def _record_stints(device: KnownDevice, requests: Sequence[ScanRequest | Unreadable], at: datetime) -> Sequence[Answer]:
    """Each stint is a transaction of its own: in one, two phones that were paired again could wait for each other."""
    answers: dict[int, Answer] = {}
    for stint in stints_of(device, requests, at):
        if answers:
            db.session.commit()
        mine = _without_guessed_people(stint, [requests[place] for place in stint.places])
        recorded = scanning.record_scans(stint.device, mine, at, device if stint.past else None)
        told = [answer.brief for answer in recorded] if stint.past else recorded
        answers |= dict(zip(stint.places, told, strict=True))
    return [answers[place] for place in range(len(requests))]


def _without_guessed_people(
    stint: Stint, requests: Sequence[ScanRequest | Unreadable]
) -> Sequence[ScanRequest | Unreadable]:
    """People named by number, by a phone that finds nobody, were guessed: those scans are refused."""
    named = [one for one in requests if isinstance(one, ScanRequest) and one.attendee_id is not None]
    if not named or finds_people(pairing.get_row(stint.device), at_former=stint.past):
        return requests
    return [Unreadable(str(one.id), "attendee") if one in named else one for one in requests]


def _hand_in(device: KnownDevice, requests: Sequence[ScanRequest | Unreadable], at: datetime) -> Sequence[Answer]:
    """What a revoked phone still had: kept as made before it was revoked, and nothing is told about anybody."""
    made_offline = [replace(one, offline=True) if isinstance(one, ScanRequest) else one for one in requests]
    _record_stints(device, made_offline, at)
    return [Answer.kept(str(one.id)) for one in requests]


def _read_scans(raw: object) -> Sequence[ScanRequest | Unreadable]:
    if not isinstance(raw, list) or not raw:
        abort(422)
    if len(raw) > MAX_SCANS:
        abort(413)
    return [read_scan(one) for one in raw]
