"""What time it is. Stored and computed in UTC, shown and decided in Vietnamese local time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Vietnam."""
    return now().astimezone(LOCAL).date()


def local(moment: datetime) -> datetime:
    """`moment` on a Vietnamese clock."""
    return moment.astimezone(LOCAL)


def at_local(day: date, clock: time) -> datetime:
    """The moment, in UTC, at which Vietnamese clocks show `clock` on `day`."""
    return datetime.combine(day, clock, tzinfo=LOCAL).astimezone(UTC)
