"""How long a household may think about seats that have become free for it. Pure, without a database."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from festival.core.clock import at_local, local

WAKES, SLEEPS = time(7), time(22)
"""Between 22:00 and 07:00 nobody has to answer, and the time does not run."""

ON_THE_DAY = timedelta(minutes=30)
THE_DAY_BEFORE = timedelta(hours=2)
EARLIER = timedelta(hours=24)


def answer_by(at: datetime, starts_at: datetime) -> datetime | None:
    """Until when seats offered at `at` in a session that starts at `starts_at` may be accepted; None: it has begun.

    24 waking hours, two on the day before, half an hour on the day, never beyond the start. What is offered later
    never ends earlier: an offer also ends when one made as the next day dawns would, so the next household gets its
    turn before the time runs out for everybody.
    """
    if at >= starts_at:
        return None
    day = local(starts_at).date()
    dawn, dawn_before = at_local(day, WAKES), at_local(day - timedelta(days=1), WAKES)
    if at >= dawn:
        return min(later(at, ON_THE_DAY), starts_at)
    until = min(starts_at, later(dawn, ON_THE_DAY))
    if at >= dawn_before:
        return min(later(at, THE_DAY_BEFORE), until)
    return min(later(at, EARLIER), later(dawn_before, THE_DAY_BEFORE), until)


def later(at: datetime, much: timedelta) -> datetime:
    """The moment `much` waking time after `at`."""
    while True:
        day = local(at).date()
        wakes, sleeps = at_local(day, WAKES), at_local(day, SLEEPS)
        at = max(at, wakes)
        if at + much <= sleeps:
            return at + much
        much -= max(sleeps - at, timedelta(0))
        at = at_local(day + timedelta(days=1), WAKES)
