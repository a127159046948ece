"""What a door is told about one scan: frozen, kept with the scan, and the same when the scan is repeated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from festival.checkin.decision import Verdict
from festival.checkin.facts import BookedSession, Person
from festival.checkin.judging import WENT_THROUGH, Judged, Line
from festival.checkin.models import CheckpointKind
from festival.core.clock import local

TELLS_BOOKINGS = (CheckpointKind.ENTRANCE, CheckpointKind.SESSION)
"""Where people are told where to go. Whoever stamps or hands something out need not know how they spend their day."""


@dataclass(frozen=True)
class Answer:
    """`body` is the JSON object for the phone. It is one of these, told apart by its keys:

    - `verdict`: the scan was recorded. With it, where they are known: `attendee`, `name`; `booked` (title, room,
      starts, ends); `first` (for already admitted: `at` HH:MM, `day`, `door`, `iso`); `opens` (for too early);
      `missing` (stamps, for not earned); `members` of a pass.
    - `members` and no `verdict`: a household pass without chosen members. Nothing was recorded; choose and scan again.
    - `refused`: the name of the field that makes no sense. Nothing was recorded.
    - `later`: too much was typed lately. Nothing was recorded and nobody looked up; keep it and send it again.
    - `kept`: recorded, and a phone that was revoked learns nothing more.

    What a phone made before it was paired again is answered with the verdict only (`brief`).
    """

    body: dict[str, Any]

    @property
    def brief(self) -> Answer:
        return Answer({name: value for name, value in self.body.items() if name in ("id", "verdict", "refused")})

    @classmethod
    def later(cls, scan_id: str) -> Answer:
        return cls({"id": scan_id, "later": True})

    @classmethod
    def kept(cls, scan_id: str) -> Answer:
        return cls({"id": scan_id, "kept": True})

    @classmethod
    def refused(cls, scan_id: str | None, field: str) -> Answer:
        return cls({"id": scan_id, "refused": field})


def compose(one: Judged, given_names_only: bool = False) -> Answer:
    """The answer to a scan that was judged and, where it may be, admitted. A kiosk is told given names only."""
    scan_id = str(one.request.id)
    # A kiosk shows no name of the household; its people know whose pass they hold.
    household = one.ticket.contact_name if one.ticket and not given_names_only else ""
    members = [
        {"attendee": line.person.attendee_id, **_describe(line, one, given_names_only)}
        for line in one.lines
        if line.person is not None
    ]
    if one.choose:
        return Answer({"id": scan_id, "household": household, "members": members})
    # One admitted person makes the scan of a pass an admission; the list says who was not.
    through = WENT_THROUGH[one.request.direction]
    best = min(one.lines, key=lambda line: line.verdict is not through)
    if len(one.lines) > 1:
        body = {"id": scan_id, **_describe(replace(best, person=None), one), "household": household, "members": members}
    else:
        shown = replace(best, person=None) if _guessed(one, best) else best
        body = {"id": scan_id, **_describe(shown, one, given_names_only)}
        if shown.person is not None and best.person is not None:
            body["attendee"] = best.person.attendee_id
            if one.post.kind in TELLS_BOOKINGS:
                body["booked"] = _describe_bookings(best.person, one.post.session_id, one.moment)
    return Answer(body)


def _guessed(one: Judged, line: Line) -> bool:
    """Whether a person was named by number where nobody is found by name: numbers can be guessed, names not told."""
    if one.request.attendee_id is None:
        return False
    return one.post.kind is CheckpointKind.BOOTH or (
        one.post.kind is CheckpointKind.SESSION and line.facts.booking is None
    )


def _describe(line: Line, one: Judged, given_names_only: bool = False) -> dict[str, Any]:
    """One person's verdict in the words of the answer."""
    verdict, person, history = line.verdict, line.person, line.history
    body: dict[str, Any] = {"verdict": verdict.value}
    if person is not None:
        body["name"] = person.name.split()[-1] if given_names_only and person.name else person.name
    if verdict is Verdict.ALREADY_ADMITTED and history.admitted_at is not None:
        iso = history.admitted_at.isoformat()
        body["first"] = {**_clock_and_day(history.admitted_at), "door": history.door or "", "iso": iso}
    if verdict is Verdict.TOO_EARLY and (opens := one.place.opening) is not None:
        body["opens"] = _clock_and_day(opens)
    if verdict is Verdict.NOT_EARNED:
        body["missing"] = one.place.stamps_needed - line.facts.stamps
    return body


def _describe_bookings(person: Person, session_id: int | None, at: datetime) -> list[dict[str, str]]:
    """What the person has booked: this session at a session's door, all of the day's at an entrance."""
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
