"""Why a row of somebody's own list is to be checked or skipped, in words; and what the fields are called."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from flask_babel import LazyString, gettext, lazy_gettext

from festival.programme.judged_rows import Note, Verdict, Why
from festival.programme.problem_words import words
from festival.programme.reading import Problem, Severity
from festival.programme.row_checks import clock
from festival.programme.row_checks import day as shown_day
from festival.programme.understanding import ListKind

VERDICTS: dict[Verdict, LazyString] = {
    Verdict.READY: lazy_gettext("Ready"),
    Verdict.TO_CHECK: lazy_gettext("To check"),
    Verdict.SKIPPED: lazy_gettext("Skipped"),
}
KINDS: dict[ListKind, LazyString] = {
    ListKind.BOOTHS: lazy_gettext("Booths"),
    ListKind.SESSIONS: lazy_gettext("Classes"),
    ListKind.OTHER: lazy_gettext("Something else: not read"),
}
FIELD_WORDS: dict[str, LazyString] = {
    "": lazy_gettext("Not read"),
    "name": lazy_gettext("Name of the booth"),
    "code": lazy_gettext("Place, which becomes the code"),
    "topic": lazy_gettext("Topic"),
    "host_name": lazy_gettext("Run by"),
    "zone": lazy_gettext("Zone"),
    "phone": lazy_gettext("Phone (shown here, not kept)"),
    "description": lazy_gettext("Description for visitors"),
    "title": lazy_gettext("Workshop title"),
    "when": lazy_gettext("Time from – to, with or without the day"),
    "day": lazy_gettext("Day"),
    "start": lazy_gettext("Begins at"),
    "end": lazy_gettext("Ends at"),
    "room": lazy_gettext("Room"),
    "capacity": lazy_gettext("Seats"),
    "audience": lazy_gettext("For whom"),
}
_WORDS: dict[Why, LazyString] = {
    Why.ZERO_RESTORED: lazy_gettext("The phone number has lost its zero; it is read as %(phone)s."),
    Why.NOT_A_PHONE: lazy_gettext("“%(value)s” is not a phone number that can be read."),
    Why.CODE_TIDIED: lazy_gettext("The place “%(given)s” becomes the code %(code)s."),
    Why.CODE_OFFERED: lazy_gettext("The code %(code)s is offered instead; another one can be typed."),
    Why.CODE_TAKEN: lazy_gettext("The place %(code)s stands in row %(other)s already."),
    Why.MARKUP: lazy_gettext("The text has signs as in a web page; it is shown exactly as it stands here."),
    Why.CHANGES_KNOWN: lazy_gettext("The festival has %(name)s already, with other entries; these would replace them."),
    Why.NO_TIME: lazy_gettext("There is no time of day that can be read. Please type one, such as 8h30-9h15."),
    Why.NO_DAY: lazy_gettext("The festival has several days. Please type the day too, such as 8h30-9h15 10/10."),
    Why.DAY_OFFERED: lazy_gettext("No day is written; the festival's day %(day)s is offered."),
    Why.END_OFFERED: lazy_gettext("No end is written; %(end)s is offered."),
    Why.MORE_WORDS: lazy_gettext("“%(value)s” says more than a time; it is read as %(start)s – %(end)s."),
    Why.ENDS_BEFORE_START: lazy_gettext("It would end (%(end)s) before it begins (%(start)s). Please type the time."),
    Why.OTHER_DAY: lazy_gettext("%(day)s is not a day of the festival."),
    Why.OUTSIDE_HOURS: lazy_gettext("The festival is open from %(opens)s to %(closes)s only."),
    Why.ROOM_TAKEN: lazy_gettext("The class in row %(other)s is in room %(room)s at that time."),
    Why.ABOUT: lazy_gettext("“%(value)s” is read as %(number)s seats."),
    Why.NO_SEATS: lazy_gettext("How many seats there are is not written. Please type a number."),
    Why.HIDDEN: lazy_gettext("The row is hidden in the workbook."),
    Why.TITLE: lazy_gettext("A title, not an entry."),
    Why.HEADER: lazy_gettext("The names of the columns."),
    Why.EMPTY: lazy_gettext("Empty."),
    Why.TOTALS: lazy_gettext("A line of totals."),
    Why.CANCELLED: lazy_gettext("It is cancelled."),
    Why.DOUBLE: lazy_gettext("The same as row %(other)s."),
}


def why(note: Note) -> str:
    """One reason as a sentence."""
    if note.why is Why.UNREADABLE:
        refusal = note.details["refusal"]
        told = words(Problem(Severity.REFUSED, refusal.code, details=refusal.details))
        return str(gettext("%(field)s: %(reason)s", field=FIELD_WORDS[note.details["field"]], reason=told))
    return str(_WORDS[note.why]) % {key: _shown(value) for key, value in note.details.items()}


def _shown(value: Any) -> Any:
    match value:
        case time():
            return clock(value)
        case date():
            return shown_day(value)
        case _:
            return value
