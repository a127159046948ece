"""Where and when what is missing for a certificate can still be done: own bookings first, then what has room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from festival.certificates.rule_words import Programme
from festival.certificates.rules import JudgedCondition
from festival.core.clock import local
from festival.programme.models import Booth, Session

MOST_SHOWN = 3


def places_for(judged: JudgedCondition, programme: Programme, booked: Collection[int], at: datetime) -> tuple[str, ...]:
    """Sentences that say where and when a condition that is not met can be; `booked` are the ids of the person's own
    sessions. Empty where nobody can say."""
    if not judged.known:
        return (str(_("This is not recorded at the festival yet, so nobody can have it.")),)
    festival = programme.festival
    if at >= festival.ends:
        return (str(_("The festival is over.")),)
    match judged.condition.fact:
        case "entrance":
            return (
                str(
                    _(
                        "Show the ticket at the entrance: %(place)s, %(when)s.",
                        place=festival.venue,
                        when=_open(programme),
                    )
                ),
            )
        case "sessions" | "session_hours" | "session" | "workshop":
            return tuple(_sessions(_that_count(judged, programme), set(booked), at))
        case "stamps" | "topics" | "skills":
            return tuple(_booths(_that_give(judged, programme.booths), programme))
        case "on_duty" | "volunteer_hours":
            return (str(_("Sign on at the volunteers' table on the day.")),)
        case _:
            return ()


def _open(programme: Programme) -> str:
    festival = programme.festival
    days = f"{festival.first_day:%d/%m}"
    if festival.last_day != festival.first_day:
        days = f"{days}–{festival.last_day:%d/%m}"
    return f"{days}, {festival.opens_at:%H:%M}–{festival.closes_at:%H:%M}"


def _that_count(judged: JudgedCondition, programme: Programme) -> list[Session]:
    """The sessions that would bring the person further."""
    every = programme.sessions.values()
    match judged.condition.fact:
        case "session":
            return [session for session in every if session.id in judged.missing]
        case "workshop":
            return [session for session in every if session.workshop_id in judged.missing]
        case _:
            return [session for session in every if session.id not in judged.counted]


def _sessions(that_count: Sequence[Session], booked: set[int], at: datetime) -> Iterator[str]:
    to_come = [session for session in that_count if session.ends_at > at]
    own = [session for session in to_come if session.id in booked]
    for session in own[:MOST_SHOWN]:
        yield str(_("You have a seat: %(session)s.", session=_said(session)))
    if own:
        return
    if not to_come:
        yield str(_("No such session is left at this festival."))
        return
    free = [session for session in to_come if session.seats_left > 0]
    for session in free[:MOST_SHOWN]:
        seats = ngettext("%(num)d seat left", "%(num)d seats left", session.seats_left)
        yield f"{_said(session)} ({seats})."
    if not free:
        yield str(_("All such sessions are full; put yourself on the waiting list or ask at the door."))
    elif len(free) > MOST_SHOWN:
        more = len(free) - MOST_SHOWN
        yield str(ngettext("And %(num)d more in the programme.", "And %(num)d more in the programme.", more))


def _said(session: Session) -> str:
    starts, ends = local(session.starts_at), local(session.ends_at)
    room = f", {session.room}" if session.room else ""
    return f"{starts:%d/%m, %H:%M}–{ends:%H:%M} {session.workshop.title}{room}"


def _that_give(judged: JudgedCondition, booths: Iterable[Booth]) -> list[Booth]:
    """The booths that would bring the person further."""
    condition = judged.condition
    match condition.fact:
        case "stamps":
            return [booth for booth in booths if booth.id not in judged.counted]
        case "topics":
            return [booth for booth in booths if booth.topic and _helps(judged, booth.topic)]
        case _:
            return [booth for booth in booths if any(_helps(judged, skill) for skill in booth.skill_list)]


def _helps(judged: JudgedCondition, name: str) -> bool:
    return name in judged.missing if judged.condition.names else name not in judged.counted


def _booths(that_give: Sequence[Booth], programme: Programme) -> Iterator[str]:
    if not that_give:
        yield str(_("No such booth is left at this festival."))
        return
    names = "; ".join(f"{booth.code} {booth.name}" for booth in that_give[:MOST_SHOWN])
    if len(that_give) > MOST_SHOWN:
        more = len(that_give) - MOST_SHOWN
        names += " " + str(ngettext("and %(num)d more", "and %(num)d more", more))
    yield str(_("At %(booths)s, %(when)s.", booths=names, when=_open(programme)))
