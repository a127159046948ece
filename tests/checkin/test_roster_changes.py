"""The roster comes whole once, then only what has changed, and nothing that has changed is ever missing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from festival.checkin import headcount, roster_rows
from festival.checkin.models import Admission, CheckpointKind, Device, Scan
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.models import Attendee, Booking, BookingState, Registration
from tests import factories
from tests.checkin.conftest import Door, pass_of, qr_of, tickets_of
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


def undo_late(door: Door, scan_id: str) -> None:
    """The phone undid it without a network five minutes ago, and says so only now."""
    told = (now() - timedelta(minutes=5)).isoformat()
    wish = {"id": str(uuid4()), "scan": scan_id, "reason": "Quét nhầm", "undone_at": told}
    (said,) = door.browser.post("/door/api/undo", json={"undos": [wish]}).json["answers"]
    assert said["outcome"] == "undone"


def test_an_undone_admission_brings_the_person_without_it_however_late_the_undo_comes(
    door: Door, festival: Festival, make_household: Make
) -> None:
    family = make_household(members=1)
    made = (now() - timedelta(minutes=9)).isoformat()
    answer = door.scan(qr_of(tickets_of(family)[0], festival), offline=True, shown="admitted", scanned_at=made)
    age_everything()
    people, since = sync(door)
    age_everything()
    assert people[family.attendees[0].id]["admissions"]

    undo_late(door, answer["id"])

    assert [one["admissions"] for one in ask(door, since)["people"]] == [[]]


def test_who_owns_an_admission_after_an_undo_is_told_though_that_scan_came_long_ago(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    family = make_household(members=1)
    code = qr_of(tickets_of(family)[0], festival)
    moments = [now() - timedelta(minutes=minutes) for minutes in (9, 4)]
    first, _second = (
        each.scan(code, offline=True, shown="admitted", scanned_at=moment.isoformat())
        for each, moment in zip((door_a, door_b), moments, strict=True)
    )
    db.session.execute(update(Scan).values(received_at=now() - timedelta(minutes=10)))
    age_everything()
    _people, since = sync(door_a)
    age_everything()

    undo_late(door_a, first["id"])

    (person,) = ask(door_a, since)["people"]
    assert [one[2] for one in person["admissions"]] == ["Cửa B"]
    assert db.session.scalars(select(Admission.changed_at)).one() > now() - timedelta(minutes=1)


def test_who_went_in_unheard_is_told_though_that_scan_came_long_ago(
    make_door: MakeDoor, festival: Festival, make_household: Make
) -> None:
    door_a = make_door("Cửa A")
    door_b = make_door("Cửa B", checkpoint=door_a.checkpoint)
    code = qr_of(tickets_of(make_household(members=1))[0], festival)
    first, unheard = door_a.scan(code), door_b.scan_of(code)
    door_b.send(unheard)
    undo_late(door_a, first["id"])
    db.session.execute(update(Scan).values(received_at=now() - timedelta(minutes=10)))
    age_everything()
    _people, since = sync(door_a)
    age_everything()

    door_b.send({**unheard, "offline": True, "shown": "admitted"})

    (person,) = ask(door_a, since)["people"]
    assert [one[2] for one in person["admissions"]] == ["Cửa B"]


@pytest.mark.parametrize("what", ["gift", "stamp"])
def test_an_undo_is_told_about_everybody_who_shares_what_was_taken_back(
    make_door: MakeDoor, festival: Festival, make_household: Make, what: str
) -> None:
    """Where a household gets something once, it stands under its first person; and each knows all of its stamps."""
    gift = factories.make_checkpoint(festival, CheckpointKind.CUSTOM, per_household=True, stamps_needed=what == "stamp")
    booth = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id)
    table, stand = make_door("Bàn quà", checkpoint=gift), make_door("Gian", checkpoint=booth)
    family = make_household(members=2)
    scanning = table if what == "gift" else stand
    answer = scanning.scan(qr_of(tickets_of(family)[1], festival))
    age_everything()
    _people, since = sync(table)
    age_everything()

    undo_late(scanning, answer["id"])

    told = {person["attendee"]: person for person in ask(table, since)["people"]}
    assert told.keys() == {person.id for person in family.attendees}
    assert not any(person["admissions"] or person["stamps"] for person in told.values())


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
