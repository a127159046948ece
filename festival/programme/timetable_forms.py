"""Forms of the timetable: another place or length for a session, and copies of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from festival.core.clock import LOCAL, at_local
from festival.core.forms import BaseForm, Line, Lines, at_most, required
from festival.programme.forms import WholeNumber, clock_field, day_field, possible_year, within
from festival.programme.models import Session
from festival.programme.planning import Slot
from festival.programme.sheets import SESSIONS

LONGEST_ROOM = SESSIONS.columns[3].longest or 120
SHORTEST, LONGEST = 5, 720
MOST_COPIES = 100
MOST_TIMES = 50


def _before_midnight(start: time, minutes: int) -> bool:
    return start.hour * 60 + start.minute + minutes < 24 * 60


class MoveForm(BaseForm):
    """Where and when a session is held, and how long."""

    day = day_field(_("Day"), required(), possible_year)
    start = clock_field(_("Begins at"), required())
    minutes = WholeNumber(_("Length in minutes"), [required(), within(SHORTEST, LONGEST)])
    room = Line(_("Room"), [required(), at_most(LONGEST_ROOM)])

    def validate_minutes(self, field: WholeNumber) -> None:
        if field.data and self.start.data and not _before_midnight(self.start.data, field.data):
            raise ValidationError(_("The session has to end before midnight."))

    def values(self) -> dict[str, Any]:
        """What was typed as columns of `Session`."""
        starts_at = at_local(self.day.data, self.start.data)
        ends_at = starts_at + timedelta(minutes=self.minutes.data or SHORTEST)
        return {"room": self.room.data, "starts_at": starts_at, "ends_at": ends_at}


class CopyForm(BaseForm):
    """A session again: on these days, in these rooms, so many times one after the other."""

    days = SelectMultipleField(
        _("On these days"),
        option_widget=CheckboxInput(),
        widget=ListWidget(),
        invalid_choice_message=_("Not a valid choice."),
    )
    start = clock_field(_("The first one begins at"), required())
    times = WholeNumber(_("How many on each day"), [required(), within(1, MOST_TIMES)])
    every = WholeNumber(
        _("Minutes from one start to the next"),
        [required(), within(SHORTEST, LONGEST)],
        description=_("For example 60: 8:00, 9:00, 10:00."),
    )
    rooms = Lines(_("In these rooms, one a line"), [required()])

    def validate_days(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_("Please choose at least one day."))

    def validate_rooms(self, field: Lines) -> None:
        rooms = self.room_names()
        if any(len(room) > LONGEST_ROOM for room in rooms):
            raise ValidationError(_("A room's name has at most %(max)d characters.", max=LONGEST_ROOM))
        if len(rooms) * len(self.days.data or ()) * (self.times.data or 1) > MOST_COPIES:
            raise ValidationError(_("These are more than %(max)d sessions at once.", max=MOST_COPIES))

    def room_names(self) -> list[str]:
        """The rooms, each once."""
        return list(dict.fromkeys(line for line in (self.rooms.data or "").split("\n") if line))

    def slots_for(self, session: Session) -> list[Slot] | None:
        """The times and rooms that were asked for, without the one where the session stands already; None where one
        would not end before midnight."""
        length, first = session.ends_at - session.starts_at, self.start.data
        times, every = self.times.data or 1, self.every.data or SHORTEST
        if not _before_midnight(first, every * (times - 1) + round(length / timedelta(minutes=1))):
            return None
        slots = []
        for day in dict.fromkeys(self.days.data):
            begins = at_local(date.fromisoformat(day), first)
            for number in range(times):
                starts_at = begins + timedelta(minutes=every * number)
                slots += [Slot(starts_at, starts_at + length, room) for room in self.room_names()]
        return [slot for slot in slots if (slot.starts_at, slot.room) != (session.starts_at, session.room)]


def shown_place(session: Session, asked: Mapping[str, str]) -> dict[str, Any]:
    """A session as `MoveForm` shows it; what the address says of another place (a card that was dragged) goes before
    it, and is left out where it is no day or time."""
    starts = session.starts_at.astimezone(LOCAL)
    shown = {
        "day": starts.date(),
        "start": starts.time().replace(tzinfo=None),
        "minutes": round((session.ends_at - session.starts_at).total_seconds() / 60),
        "room": session.room,
    }
    day, _between, clock = asked.get("start", "").partition("T")
    with suppress(ValueError):
        shown |= {"day": date.fromisoformat(day), "start": time.fromisoformat(clock).replace(tzinfo=None)}
    if "room" in asked:
        shown["room"] = asked["room"][:LONGEST_ROOM]
    return shown
