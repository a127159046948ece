"""The hours in which no phone rings for us: 22:00 to 07:00 on Vietnamese clocks."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from festival.core.clock import at_local, local

QUIET_FROM = time(22)
QUIET_UNTIL = time(7)
GRACE = timedelta(hours=1)
"""Who is told at 07:00 needs so long to read it and to answer."""


def is_quiet(at: datetime) -> bool:
    """Whether that moment is at night."""
    clock = local(at).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def not_at_night(at: datetime) -> datetime:
    """That moment, or the next 07:00 when it is at night."""
    if not is_quiet(at):
        return at
    day = local(at).date()
    return at_local(day if local(at).time() < QUIET_UNTIL else day + timedelta(days=1), QUIET_UNTIL)


def cannot_wait(at: datetime, good_until: datetime | None) -> bool:
    """Whether a message that is held until morning would come too late: an offer that ends before 08:00."""
    return good_until is not None and good_until < not_at_night(at) + GRACE
