"""A phone that asks for its roster, and rows as scanning leaves them: for the tests of the roster and the headcount."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import update

from festival.checkin.models import Admission, Scan
from festival.core.clock import now
from festival.extensions import db
from festival.registration.models import Attendee, Booking, Registration, Ticket
from tests.checkin.conftest import Door

FIELDS = (
    "attendee", "registration", "name", "birth_year", "phone_tail", "ticket", "short_code",
    "pass_ticket", "pass_code", "flags", "bookings", "admissions", "stamps",
)  # fmt: skip


def get(door: Door, **arguments: Any) -> Any:
    return door.browser.get("/door/api/roster", query_string=arguments)


def ask(door: Door, since: str = "", **arguments: Any) -> dict[str, Any]:
    """One call; the people as objects."""
    answer = get(door, since=since, **arguments)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json
    body["people"] = [_person(row) for row in body["people"]]
    return body


def _person(row: list[Any]) -> dict[str, Any]:
    """Only whose ticket came from a slip has one field more."""
    fields = FIELDS if len(row) == len(FIELDS) else (*FIELDS, "slip")
    return dict(zip(fields, row, strict=True))


def sync(door: Door) -> tuple[dict[int, dict[str, Any]], str]:
    """Everybody, and the cursor from which on only changes come. What happened before lies beyond the overlap."""
    people: dict[int, dict[str, Any]] = {}
    since, more = "", True
    while more:
        body = ask(door, since)
        people |= {person["attendee"]: person for person in body["people"]}
        since, more = body["cursor"], body["more"]
    return people, since


def age_everything(by: timedelta = timedelta(minutes=10)) -> None:
    """Let all changes so far have happened long ago."""
    for entity in (Attendee, Ticket, Booking, Registration, Admission):
        db.session.execute(update(entity).values(changed_at=now() - by))
    db.session.commit()


def names(body: dict[str, Any]) -> set[str]:
    return {person["name"] for person in body["people"]}


def passed(
    door: Door, attendee: Attendee, direction: str = "in", ago: timedelta = timedelta(), checkpoint: int | None = None
) -> None:
    """A passage as it is kept, without judging it; touches the person as scanning does."""
    moment = now() - ago
    db.session.add(
        Scan(
            id=uuid4(),
            festival_id=door.paired.device.festival_id,
            checkpoint_id=checkpoint or door.checkpoint.id,
            device_id=door.paired.device.id,
            attendee_id=attendee.id,
            direction=direction,
            scanned_at=moment,
            received_at=moment,
            verdict="admitted" if direction == "in" else "exited",
            passed=True,
            answer={},
        )
    )
    attendee.changed_at = now()
    db.session.commit()


def admit(door: Door, attendee: Attendee, ago: timedelta = timedelta(), checkpoint: int | None = None) -> Admission:
    admission = Admission(
        attendee_id=attendee.id,
        checkpoint_id=checkpoint or door.checkpoint.id,
        device_id=door.paired.device.id,
        scan_id=uuid4(),
        admitted_at=now() - ago,
    )
    db.session.add(admission)
    db.session.commit()
    return admission
