"""Guessing short codes and numbers of people is made hopeless: a device that types too much is made to wait.

A short code is one of 30 to the power of 8 (6.6e11); with a million tickets one guess in 656,000 hits. A device learns
of at most 60 unknown codes in ten minutes and of 300 a day: a stolen phone needs six years for one name. Door staff who
mistype do not come near it. Only the typed scans wait, one by one; whatever else is in the call is taken as ever.
"""

from __future__ import annotations

from collections.abc import Sequence

from limits import RateLimitItem, parse, parse_many

from festival.checkin.answers import Answer
from festival.checkin.calls.blueprint import device_key
from festival.checkin.decision import Verdict
from festival.checkin.scan_request import ScanRequest, Unreadable
from festival.extensions import limiter

# Nobody types faster; a machine that guesses short codes or numbers of people would.
BY_HAND = parse("600 per 10 minutes")
UNKNOWN_CODES = parse_many("60 per 10 minutes; 300 per day")


def hold_back(requests: Sequence[ScanRequest | Unreadable], *, learns: bool) -> list[bool]:
    """Which of these scans have to wait, in their order: they are neither looked up nor recorded, the phone keeps them
    and sends them again.

    Of typed codes as many are taken as may still turn out to be unknown; a device that `learns` nothing from the
    answers (it was revoked) guesses nothing. Of all that is typed, as many as somebody can type.
    """
    if not limiter.enabled or not any(map(_is_typed, requests)):
        return [False] * len(requests)
    codes = min(_left(limit, _guesses()) for limit in UNKNOWN_CODES) if learns else len(requests)
    typed = _left(BY_HAND, device_key())
    waits = []
    taken = 0
    for one in requests:
        wait = _is_typed(one) and (taken >= typed or (_is_code(one) and codes <= 0))
        waits.append(wait)
        taken += _is_typed(one) and not wait
        codes -= _is_code(one) and not wait
    if taken and not limiter.limiter.hit(BY_HAND, device_key(), cost=taken):  # another call was faster
        return [_is_typed(one) for one in requests]
    return waits


def note_guesses(requests: Sequence[ScanRequest | Unreadable], answers: Sequence[Answer]) -> None:
    """Count the typed codes of this call that nobody has; `answers` in the order of `requests`."""
    pairs = zip(requests, answers, strict=True)
    wrong = sum(_is_code(one) and answer.body.get("verdict") == Verdict.UNKNOWN.value for one, answer in pairs)
    if wrong and limiter.enabled:
        for limit in UNKNOWN_CODES:
            limiter.limiter.hit(limit, _guesses(), cost=wrong)


def _is_typed(one: ScanRequest | Unreadable) -> bool:
    return isinstance(one, ScanRequest) and one.ticket is None


def _is_code(one: ScanRequest | Unreadable) -> bool:
    return isinstance(one, ScanRequest) and one.code is not None


def _left(limit: RateLimitItem, key: str) -> int:
    return limiter.limiter.get_window_stats(limit, key).remaining


def _guesses() -> str:
    return f"unknown:{device_key()}"
