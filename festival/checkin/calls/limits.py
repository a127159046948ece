"""Guessing short codes is made hopeless: a device that types many codes nobody has is made to wait.

A short code is one of 30 to the power of 8 (6.6e11). With a million tickets one guess in 656,000 hits. One call may
bring 500 codes at once (a phone that was offline), so the day has a limit too: a stolen phone guesses at most 800 times
a day and needs two years for one name. Door staff who mistype do not come near it.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from flask_babel import gettext as _
from limits import parse_many

from festival.checkin.answers import Answer
from festival.checkin.calls.blueprint import device_key
from festival.checkin.decision import Verdict
from festival.checkin.scan_request import ScanRequest, Unreadable
from festival.extensions import limiter

UNKNOWN_CODES = parse_many("60 per 10 minutes; 300 per day")


def stop_guessing(requests: Sequence[ScanRequest | Unreadable]) -> None:
    """429 for typed codes from a device that has typed too many unknown ones lately; nothing of the call is taken, the
    phone keeps all of it and sends it again. Calls without typed codes always pass."""
    if not limiter.enabled or not any(map(_is_typed, requests)):
        return
    if not all(limiter.limiter.test(limit, _key()) for limit in UNKNOWN_CODES):
        abort(429, _("Too many codes typed at once. Wait a few minutes."))


def note_guesses(requests: Sequence[ScanRequest | Unreadable], answers: Sequence[Answer]) -> None:
    """Count the typed codes of this call that nobody has; `answers` in the order of `requests`."""
    pairs = zip(requests, answers, strict=True)
    wrong = sum(_is_typed(one) and answer.body.get("verdict") == Verdict.UNKNOWN.value for one, answer in pairs)
    if wrong and limiter.enabled:
        for limit in UNKNOWN_CODES:
            limiter.limiter.hit(limit, _key(), cost=wrong)


def _is_typed(one: ScanRequest | Unreadable) -> bool:
    return isinstance(one, ScanRequest) and one.code is not None


def _key() -> str:
    return f"unknown:{device_key()}"
