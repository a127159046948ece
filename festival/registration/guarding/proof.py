"""Signed marks in the form: when it was opened, and a proof that sending it costs something.

The proof is a number that takes a phone a second or two to find, or, without JavaScript, patience. Both belong to one
form, which registers once: nothing has to be remembered, and nothing can be used again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from festival.core.clock import now

LEAST_BITS, MOST_BITS = 15, 20
"""Leading zero bits of SHA-256: about 32,000 tries, up to a million."""
LEAST_WAIT, MOST_WAIT = 30, 600
"""Seconds."""
SECONDS_PER_CHALLENGE = 3
CHALLENGES_PER_BIT = 40
GOOD_FOR = 3600
LONGEST_ANSWER = 20


@dataclass(frozen=True)
class Challenge:
    """What a form has to show: `token` goes back with it; wait so many seconds, or find the number."""

    token: str
    seconds: int
    bits: int


def opening(submission: str) -> str:
    """The mark of a form that was opened now."""
    return _signer("opened").dumps([submission, int(now().timestamp())])


def seconds_open(submission: str, mark: str) -> int | None:
    """How long ago this form was opened; None when the mark is not this form's, or none of ours."""
    try:
        of, at = _signer("opened").loads(mark[:500])
        return int(now().timestamp()) - int(at) if of == submission else None
    except (BadData, ValueError, TypeError):
        return None


def challenge(submission: str, asked_lately: int) -> Challenge:
    """A challenge for this form; the more were asked from the same address lately, the harder."""
    seconds = min(MOST_WAIT, LEAST_WAIT + SECONDS_PER_CHALLENGE * asked_lately)
    bits = min(MOST_BITS, LEAST_BITS + asked_lately // CHALLENGES_PER_BIT)
    at = int(now().timestamp())
    return Challenge(_signer("proof").dumps([submission, at, seconds, bits]), seconds, bits)


def is_met(submission: str, token: str, answer: str) -> bool:
    """Whether this form has waited long enough, or brings the number. For an hour; another form's token is nothing."""
    try:
        of, at, seconds, bits = _signer("proof").loads(token[:500])
    except (BadData, ValueError, TypeError):
        return False
    waited = int(now().timestamp()) - at
    if of != submission or waited > GOOD_FOR:
        return False
    return waited >= seconds or _has_zeros(token, answer, bits)


def _has_zeros(token: str, answer: str, bits: int) -> bool:
    if not 0 < len(answer) <= LONGEST_ANSWER or not (answer.isascii() and answer.isdigit()):
        return False
    digest = hashlib.sha256(f"{token}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


def _signer(what: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt=f"registration form {what}")
