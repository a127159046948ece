"""How much one link registers: more than any volunteer can write, less than a machine that stole it."""

from __future__ import annotations

from limits import parse_many

from festival.extensions import limiter
from festival.registration.models import HelperLink

LIMITS = parse_many("400 per hour; 1500 per day")
OF_A_SCHOOL = parse_many("3000 per hour; 6000 per day")
HANDED_IN = parse_many("300 per day")
"""What devices may still hand in with a link that was ended."""


def spend(link: HelperLink, count: int, *, classes: bool = False) -> bool:
    """Count so many registrations; False, and nothing counted, when that is more than the link may make now."""
    if not limiter.enabled:
        return True
    limits = OF_A_SCHOOL if classes else LIMITS if link.ended_at is None else HANDED_IN
    key = f"helper-link:{'classes:' if classes else ''}{link.id}"
    if any(limiter.limiter.get_window_stats(limit, key).remaining < count for limit in limits):
        return False
    for limit in limits:
        limiter.limiter.hit(limit, key, cost=count)
    return True
