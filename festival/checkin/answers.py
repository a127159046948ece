"""What a door is told about one scan: frozen, kept with the scan, and the same when the scan is repeated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from festival.checkin.decision import CheckpointFacts, History, Verdict
from festival.checkin.facts import BookedSession, Person
from festival.checkin.judging import Judged
from festival.core.clock import local


@dataclass(frozen=True)
class Answer:
    """`body` is the JSON object for the phone. It is one of three, told apart by its keys:

    - `verdict`: the scan was recorded. With it, where they are known: `name`; `booked` (title, room, starts, ends);
      `first` (for already admitted: `at` HH:MM, `day`, `door`); `opens` (for too early); `members` of a pass.
    - `members` and no `verdict`: a household pass without chosen members. Nothing was recorded; choose and scan again.
    - `refused`: the name of the field that makes no sense. Nothing was recorded.
    """

    body: dict[str, Any]

    @classmethod
    def refused(cls, scan_id: str | None, field: str) -> Answer:
        return cls({"id": scan_id, "refused": field})


def compose(one: Judged) -> Answer:
    """The answer to a scan that was judged and, where it may be, admitted."""
    scan_id = str(one.request.id)
    household = one.ticket.contact_name if one.ticket else ""
    members = [
        {"attendee": line.person.attendee_id, **_describe(line.verdict, line.person, line.history, one.post.facts)}
        for line in one.lines
        if line.person is not None
    ]
    if one.choose:
        return Answer({"id": scan_id, "household": household, "members": members})
    # One admitted person makes the scan of a pass an admission; the list says who was not.
    best = min(one.lines, key=lambda line: line.verdict is not Verdict.ADMITTED)
    several = len(one.lines) > 1
    person = None if several else best.person
    body: dict[str, Any] = {"id": scan_id, **_describe(best.verdict, person, best.history, one.post.facts)}
    if several:
        body |= {"household": household, "members": members}
    elif person is not None:
        body["booked"] = _describe_bookings(person, one.post.session_id, one.moment)
    return Answer(body)


def _describe(verdict: Verdict, person: Person | None, history: History, checkpoint: CheckpointFacts) -> dict[str, Any]:
    """One person's verdict in the words of the answer."""
    body: dict[str, Any] = {"verdict": verdict.value}
    if person is not None:
        body["name"] = person.name
    if verdict is Verdict.ALREADY_ADMITTED and history.admitted_at is not None:
        body["first"] = {**_clock_and_day(history.admitted_at), "door": history.door or ""}
    if verdict is Verdict.TOO_EARLY and (opens := checkpoint.opening) is not None:
        body["opens"] = _clock_and_day(opens)
    return body


def _describe_bookings(person: Person, session_id: int | None, at: datetime) -> list[dict[str, str]]:
    """What the person has booked here: this session at a session's door, all of the day's at the others."""
    day = local(at).date()
    return [
        _booking(booking)
        for booking in person.bookings.values()
        if booking.session_id == session_id or (session_id is None and local(booking.starts_at).date() == day)
    ]


def _booking(booking: BookedSession) -> dict[str, str]:
    return {
        "title": booking.title,
        "room": booking.room,
        "starts": f"{local(booking.starts_at):%H:%M}",
        "ends": f"{local(booking.ends_at):%H:%M}",
        "state": booking.state,
    }


def _clock_and_day(moment: datetime) -> dict[str, str]:
    shown = local(moment)
    return {"at": f"{shown:%H:%M}", "day": f"{shown:%d/%m/%Y}"}
