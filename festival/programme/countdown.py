"""How long until the festival: as a state and a number of days, for words on a page."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from festival.core.clock import local
from festival.programme.models import Festival, FestivalStatus


class Stage(enum.Enum):
    """Where a festival stands on the calendar."""

    BEFORE = "before"
    TOMORROW = "tomorrow"
    TODAY = "today"
    OPEN = "open"
    """Today, and the doors are open."""
    BETWEEN = "between"
    """One of several days is over for today; another one follows."""
    OVER = "over"


@dataclass(frozen=True)
class Countdown:
    """The stage, and the days until the next opening: 0 on a day of the festival before closing time, and when over."""

    stage: Stage
    days: int


def countdown(festival: Festival, at: datetime) -> Countdown:
    """How long it is at that moment until the festival opens, counted in Vietnamese calendar days."""
    today, clock = local(at).date(), local(at).time()
    if at >= festival.ends or festival.status in (FestivalStatus.CLOSED, FestivalStatus.ARCHIVED):
        return Countdown(Stage.OVER, 0)
    days = (festival.first_day - today).days
    if days > 1:
        return Countdown(Stage.BEFORE, days)
    if days == 1:
        return Countdown(Stage.TOMORROW, 1)
    if clock >= festival.closes_at:
        return Countdown(Stage.BETWEEN, 1)
    return Countdown(Stage.OPEN if clock >= festival.opens_at else Stage.TODAY, 0)
