"""The roster comes whole once, then only what has changed, and nothing that has changed is ever missing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from festival.checkin import headcount, roster_rows
from festival.checkin.models import Device
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.models import Attendee, Booking, BookingState, Registration
from tests import factories
from tests.checkin.conftest import Door, pass_of, tickets_of
from tests.checkin.rosters import admit, age_everything, ask, names, sync

Make = Callable[..., Registration]
MakeDoor = Callable[..., Door]
MakeSession = Callable[..., Session]


@pytest.fixture(autouse=True)
def forget_counts() -> None:
    headcount._lately.clear()


def test_the_first_sync_comes_in_pages_and_brings_everybody_once(
    door: Door, make_household: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster_rows, "PAGE", 3)
    family = make_household(members=8)
    pages, since, more = [], "", True
    while more:
        body = ask(door, since)
        pages.append([person["attendee"] for person in body["people"]])
        since, more = body["cursor"], body["more"]

    assert [len(page) for page in pages] == [3, 3, 2]
    assert [attendee for page in pages for attendee in page] == [person.id for person in family.attendees]


def test_after_that_only_those_come_who_have_changed(door: Door, make_household: Make) -> None:
    family = make_household(members=4)
    age_everything()
    _people, since = sync(door)
    age_everything()
    assert ask(door, since)["people"] == []

    family.attendees[2].name = "Đỗ Thị Mới"
    db.session.commit()

    body = ask(door, since)
    assert names(body) == {"Đỗ Thị Mới"}
    assert body["reset"] is False


@pytest.mark.parametrize("what", ["ticket", "pass", "contact", "booking", "admission"])
def test_every_change_that_matters_brings_the_person_anew(
    door: Door, make_household: Make, make_session: MakeSession, what: str
) -> None:
    session = make_session()
    family, other = make_household(members=1, sessions=(session,)), make_household(members=1)
    age_everything()
    _people, since = sync(door)
    age_everything()
    if what == "ticket":
        tickets_of(family)[0].revoked_at = now()
    elif what == "pass":
        pass_of(family).revoked_at = now()
    elif what == "contact":
        family.phone = "+84987654321"
    elif what == "booking":
        db.session.scalars(select(Booking)).one().state = BookingState.WAITLISTED
    db.session.commit()
    if what == "admission":
        admit(door, family.attendees[0])

    people = ask(door, since)["people"]

    assert [person["attendee"] for person in people] == [family.attendees[0].id]
    assert other.attendees[0].id not in {person["attendee"] for person in people}
    assert {
        "ticket": people[0]["flags"] == 1,
        "pass": people[0]["flags"] == 4,
        "contact": people[0]["phone_tail"] == "4321",
        "booking": people[0]["bookings"] == {str(session.id): "w"},
        "admission": bool(people[0]["admissions"]),
    }[what]


def test_an_undone_admission_brings_the_person_without_it(door: Door, make_household: Make) -> None:
    person = make_household(members=1).attendees[0]
    admission = admit(door, person)
    age_everything()
    people, since = sync(door)
    age_everything()
    assert people[person.id]["admissions"]

    db.session.delete(admission)
    person.changed_at = now()
    db.session.commit()

    assert [one["admissions"] for one in ask(door, since)["people"]] == [[]]


def test_what_was_committed_late_is_not_missed(door: Door, make_household: Make) -> None:
    """Its statement ran before the phone's last call, its commit came after."""
    person = make_household(members=1).attendees[0]
    age_everything()
    _people, since = sync(door)
    db.session.execute(update(Attendee).values(name="Đỗ Đến Muộn", changed_at=now() - timedelta(seconds=100)))
    db.session.commit()

    assert [one["attendee"] for one in ask(door, since)["people"]] == [person.id]


def test_the_cursor_moves_on_when_nothing_changes(door: Door, make_household: Make) -> None:
    make_household(members=1)
    _people, since = sync(door)
    age_everything(timedelta(minutes=1))

    again = ask(door, since)["cursor"]

    assert again != since
    assert names(ask(door, again)), "within the overlap"


@pytest.mark.parametrize(
    "since", ["x", "=" * 50, "\x00", "đđđ", "A" * 5000, "MS4x", base64.urlsafe_b64encode(b"1.x.-1.9.9").decode()]
)
def test_a_garbled_cursor_begins_anew(door: Door, make_household: Make, since: str) -> None:
    make_household(members=2)

    body = ask(door, since)

    assert body["reset"] is True
    assert len(body["people"]) == 2


@pytest.mark.parametrize("change", ["other device", "checkpoint gone", "from the future", "beyond all ids"])
def test_a_cursor_of_another_scope_begins_anew(
    make_door: MakeDoor, festival: Festival, make_household: Make, change: str
) -> None:
    make_household(members=2)
    door = make_door(checkpoints=[factories.make_checkpoint(festival), factories.make_checkpoint(festival)])
    _people, since = sync(door)
    age_everything()
    fields = base64.urlsafe_b64decode(since + "=" * (-len(since) % 4)).decode().split(".")
    if change == "other device":
        door = make_door("Cửa B", checkpoint=door.checkpoint)
    elif change == "checkpoint gone":
        db.session.get_one(Device, door.paired.device.id).checkpoints.pop()
        db.session.commit()
    elif change == "from the future":
        fields[3] = str(int(fields[3]) + 3_600_000)
    else:
        fields[4] = str(2**40)
    since = base64.urlsafe_b64encode(".".join(fields).encode()).decode().rstrip("=")

    body = ask(door, since)

    assert body["reset"] is True
    assert len(body["people"]) == 2


def test_a_fixed_number_of_statements_whatever_the_number_of_people(
    app: Flask, door: Door, make_household: Make
) -> None:
    def statements() -> int:
        headcount._lately.clear()
        count = 0

        def one_more(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            nonlocal count
            count += statement.startswith("SELECT")

        event.listen(db.engine, "before_cursor_execute", one_more)
        ask(door)
        event.remove(db.engine, "before_cursor_execute", one_more)
        return count

    admit(door, make_household(members=1).attendees[0])
    ask(door)  # takes its leases
    before = statements()
    for _ in range(5):
        for person in make_household(members=6).attendees:
            admit(door, person)

    assert statements() == before
    assert before < 25
