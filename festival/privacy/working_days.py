"""Working days, for the clocks of the law: Monday to Friday without public holidays.

Public holidays: Bộ luật Lao động 2019, article 112, and the days off in place of those on a weekend (article 111.3);
since 2026 the Day of Vietnamese culture too (24 November, Nghị quyết 80-NQ/TW). Tết and the Hùng Kings' day go by the
lunar calendar; which days beside Tết and 2 September are off is decided anew each year. The table holds what is off
whatever is decided, weekends left out. A day that is missing here only makes a clock end earlier, never too late.

To go on after the last year of the table: take the days from that year's announcement and add them below.
"""

from __future__ import annotations

from datetime import date, timedelta

AS_OF = date(2026, 11, 24)
"""The day on which the table was looked through."""

_OFF = {
    2026: "01-01 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 09-01 09-02 11-24",
    2027: "01-01 02-05 02-08 02-09 02-10 04-16 04-30 05-03 09-02 11-24",
    2028: "01-03 01-25 01-26 01-27 01-28 04-04 05-01 05-02 09-04 11-24",
    2029: "01-01 02-12 02-13 02-14 02-15 02-16 04-23 04-30 05-01 09-03 11-26",
    2030: "01-01 02-01 02-04 02-05 02-06 04-12 04-30 05-01 09-02 11-25",
}
HOLIDAYS = frozenset(date.fromisoformat(f"{year}-{day}") for year, days in _OFF.items() for day in days.split())


def is_working_day(day: date) -> bool:
    """Whether offices are open."""
    return day.weekday() < 5 and day not in HOLIDAYS


def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself is not counted (Bộ luật Dân sự 2015, article 147.2)."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
