"""How many registrations are taken from one address, browser or phone number, and from when on a proof is asked.

Generous enough for a community house, a phone company's shared address or a helper who lends out the own phone. What
helpers' links register is not counted here.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from limits import RateLimitItem, parse, parse_many

from festival.core.secrets import mark
from festival.extensions import limiter
from festival.programme.models import Festival
from festival.registration.guarding.proof import Challenge, challenge, is_met, seconds_open
from festival.registration.guarding.sender import Sender

OF_ADDRESS = parse_many("150 per 10 minutes; 1500 per day")
OF_DEVICE = parse_many("30 per hour; 60 per day")
OF_PHONE = parse_many("4 per hour; 8 per day")
LATELY = parse("100000 per 10 minutes")
"""Only counts."""
MANY_FROM_AN_ADDRESS = 30
"""Within ten minutes; from then on each form from there has to show a proof."""
ODD_FROM_AN_ADDRESS = 10
"""The same for forms that were filled in faster than anybody types, or were never opened."""
TYPED_IN_SECONDS = 5
LEAST_SURGE = 300


class Standing(enum.Enum):
    """PASS; PROVE: the form comes back with a challenge; REFUSED: not now."""

    PASS = "pass"
    PROVE = "prove"
    REFUSED = "refused"


@dataclass(frozen=True)
class Look:
    """What was found, and the challenge with PROVE."""

    standing: Standing
    challenge: Challenge | None = None


@dataclass(frozen=True)
class Sent:
    """What of a form concerns floods. `trap` is a field that people do not see."""

    submission: str
    phone: str
    opened: str = ""
    trap: str = ""
    proof: str = ""
    answer: str = ""


PASS = Look(Standing.PASS)


def look(festival: Festival, by: Sender, sent: Sent) -> Look:
    """Judge a form that is about to register somebody. Counts nothing but the challenges it asks."""
    if not limiter.enabled:
        return PASS
    if any(_left(limit, key) <= 0 for limit, key in _limits(festival, by, sent.phone)):
        return Look(Standing.REFUSED)
    if not _is_odd(festival, by, sent) or is_met(sent.submission, sent.proof, sent.answer):
        return PASS
    asked = _count(f"{festival.id}:asked:{by.address}")
    limiter.limiter.hit(LATELY, f"{festival.id}:asked:{by.address}")
    return Look(Standing.PROVE, challenge(sent.submission, asked))


def note(festival: Festival, by: Sender, phone: str) -> None:
    """Count a registration that was made."""
    if not limiter.enabled:
        return
    for limit, key in _limits(festival, by, phone):
        limiter.limiter.hit(limit, key)
    limiter.limiter.hit(LATELY, f"{festival.id}:all")


def _limits(festival: Festival, by: Sender, phone: str) -> list[tuple[RateLimitItem, str]]:
    keys = [(limit, f"register:{festival.id}:address:{by.address}") for limit in OF_ADDRESS]
    if by.device:
        keys += [(limit, f"register:{festival.id}:device:{by.device}") for limit in OF_DEVICE]
    if phone:
        # By address: else somebody could count whether others have registered with this number.
        digest = mark("registration-phone", f"{festival.id}:{phone}:{by.address}").hex()[:32]
        keys += [(limit, f"register:{festival.id}:phone:{digest}") for limit in OF_PHONE]
    return keys


def _is_odd(festival: Festival, by: Sender, sent: Sent) -> bool:
    """Whether more is asked of this form: a trap that people do not see is filled in, many came from its address, or as
    many from everywhere as would fill half the venue."""
    if sent.trap:
        return True
    soon = OF_ADDRESS[0]
    from_there = soon.amount - _left(soon, f"register:{festival.id}:address:{by.address}")
    if from_there >= MANY_FROM_AN_ADDRESS:
        return True
    took = seconds_open(sent.submission, sent.opened)
    if from_there >= ODD_FROM_AN_ADDRESS and (took is None or took < TYPED_IN_SECONDS):
        return True
    return _count(f"{festival.id}:all") >= max(LEAST_SURGE, festival.capacity // 2)


def _left(limit: RateLimitItem, key: str) -> int:
    return limiter.limiter.get_window_stats(limit, key).remaining


def _count(key: str) -> int:
    return LATELY.amount - _left(LATELY, key)
