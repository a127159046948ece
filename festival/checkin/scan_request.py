"""What a door sends: JSON read into frozen dataclasses, each scan judged by itself.

One scan that makes no sense gets its own refusal and never stands in the way of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from festival.checkin.decision import Verdict
from festival.core.text import tidy

MAX_SCANS = 500
MAX_MEMBERS = 50
MAX_ID = 2**31 - 1
FARTHEST_OFF_MS = 100 * 365 * 86_400_000

_VERDICTS = {verdict.value for verdict in Verdict}


@dataclass(frozen=True)
class ScanRequest:
    """One scan as its device tells it. Exactly one of `ticket` (QR text), `code` (typed) and `attendee_id` is given.

    `members` chooses people of a household pass. `scanned_at` is the device's clock, kept as it is; `clock_offset_ms`
    is what the device has measured to be missing to the server's. `offline`: the door could not wait for the answer
    and acted on what it showed itself (`shown`).
    """

    id: UUID
    checkpoint_id: int
    scanned_at: datetime
    ticket: str | None = None
    code: str | None = None
    attendee_id: int | None = None
    members: tuple[int, ...] = ()
    direction: str = "in"
    clock_offset_ms: int | None = None
    offline: bool = False
    shown: str | None = None
    skill: str | None = None


@dataclass(frozen=True)
class Unreadable:
    """A scan that is refused as it stands: `field` says what is wrong with it, `id` is repeated where there is one."""

    id: str | None
    field: str


class _Wrong(Exception):
    """Raised within this module only, with the field's name."""


def read_scan(raw: object) -> ScanRequest | Unreadable:
    """One scan out of the JSON list, or which field is wrong with it."""
    if not isinstance(raw, dict):
        return Unreadable(None, "scan")
    try:
        return _read(raw)
    except _Wrong as wrong:
        name = raw.get("id")
        return Unreadable(name if isinstance(name, str) and len(name) <= 40 else None, str(wrong))


def _read(raw: Mapping[str, Any]) -> ScanRequest:
    scan_id = _uuid(raw.get("id"))
    checkpoint_id = _number(raw.get("checkpoint"), "checkpoint")
    ticket, code, attendee = raw.get("ticket"), raw.get("code"), raw.get("attendee")
    if [ticket, code, attendee].count(None) != 2:
        raise _Wrong("ticket")
    direction = raw.get("direction", "in")
    if direction not in ("in", "out"):
        raise _Wrong("direction")
    shown = raw.get("shown")
    if shown is not None and (not isinstance(shown, str) or shown not in _VERDICTS):
        raise _Wrong("shown")
    offline = raw.get("offline", False)
    if not isinstance(offline, bool):
        raise _Wrong("offline")
    return ScanRequest(
        id=scan_id,
        checkpoint_id=checkpoint_id,
        scanned_at=_moment(raw.get("scanned_at")),
        ticket=None if ticket is None else _text(ticket, 500, "ticket"),
        code=None if code is None else _text(code, 40, "code"),
        attendee_id=None if attendee is None else _number(attendee, "attendee"),
        members=_members(raw.get("members")),
        direction=direction,
        clock_offset_ms=read_offset(raw.get("clock_offset_ms")),
        offline=offline,
        shown=shown,
        skill=_skill(raw.get("skill")),
    )


def read_offset(value: object) -> int | None:
    """How far a clock is behind, in milliseconds, as a device tells it; None for what cannot be one (a century)."""
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > FARTHEST_OFF_MS:
        return None
    return value


def _skill(value: object) -> str | None:
    if value is None:
        return None
    text = tidy(_text(value, 500, "skill"))
    return text[:120] or None


def _uuid(value: object) -> UUID:
    if not isinstance(value, str) or len(value) != 36:
        raise _Wrong("id")
    try:
        return UUID(value)
    except ValueError:
        raise _Wrong("id") from None


def _number(value: object, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_ID:
        raise _Wrong(field)
    return value


def _text(value: object, longest: int, field: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise _Wrong(field)
    return value


def _members(value: object) -> tuple[int, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not 0 < len(value) <= MAX_MEMBERS:
        raise _Wrong("members")
    return tuple(dict.fromkeys(_number(member, "members") for member in value))


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or len(value) > 40:
        raise _Wrong("scanned_at")
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None or not 2000 < moment.year < 3000:
            raise ValueError
        return moment.astimezone(UTC)
    except ValueError:
        raise _Wrong("scanned_at") from None
