"""What organizers do to the waiting list, what they see of it, and what the worker does every minute."""

from __future__ import annotations

from festival.core.clock import local
from festival.extensions import db
from festival.programme.editing import EditOutcome, save
from festival.programme.importing import apply_reading
from festival.programme.models import Session
from festival.programme.reading import ProgrammeReading, SessionRow
from festival.registration import waiting_list
from tests.conftest import plain
from tests.registration.waiting.lines import MAIL, cancel, register, seats, states, told

# --- organizers, and the worker --------------------------------------------------------------------------------


def test_raising_a_capacity_works_through_the_list(festival, session, seated):
    first, large, small = (register(festival, session, members=size, **MAIL) for size in (2, 3, 1))
    session = db.session.get_one(Session, session.id)

    assert save(session, {"capacity": 6}) is EditOutcome.SAVED
    db.session.commit()

    assert [states(each, session) for each in (first, large, small)] == [
        ["offered"] * 2,
        ["waitlisted"] * 3,
        ["offered"],
    ]
    assert told("offered") == [first.id, small.id]


def test_a_capacity_is_not_set_below_what_is_taken_and_offered(festival, session, seated):
    register(festival, session, members=3)
    cancel(seated)
    session = db.session.get_one(Session, session.id)

    assert save(session, {"capacity": 2}) is EditOutcome.TOO_SMALL
    assert (session.capacity, seats(session)) == (3, 3)


def test_an_imported_capacity_works_through_the_list_too(festival, session, seated):
    family = register(festival, session, members=2)
    session = db.session.get_one(Session, session.id)
    begins, ends = local(session.starts_at), local(session.ends_at)
    row = SessionRow(
        2,
        session.workshop.title,
        session.workshop.audience,
        "",
        session.room,
        begins.date(),
        begins.time().replace(tzinfo=None),
        ends.time().replace(tzinfo=None),
        5,
        "",
    )

    apply_reading(ProgrammeReading(sessions=(row,)), festival)
    db.session.commit()

    assert states(family, session) == ["offered"] * 2


def test_the_worker_works_through_the_lists_every_minute(app, festival, session, seated, clock):
    first, second = (register(festival, session, members=3) for _ in range(2))
    cancel(seated)
    clock.at = waiting_list.wishes_of(first)[0].offered_until
    huey = app.extensions["huey"]
    name = next(each for each in huey._registry._registry if each.endswith("waiting_lists_every_minute"))
    db.session.commit()

    assert huey._registry.string_to_task(name)().execute() == 1

    assert (states(first, session), states(second, session)) == (["", "", ""], ["offered"] * 3)


def test_organizers_see_who_waits_and_who_was_offered_seats(festival, session, seated, sign_in):
    family = register(festival, session, members=2)
    boss = sign_in()
    page = f"/manage/{festival.slug}/registrations/{family.id}"
    assert "chờ từ 10:00" in plain(boss.get(page).text)

    cancel(seated)
    register(festival, session, members=3)

    assert "mời nhận chỗ đến" in plain(boss.get(page).text)
    assert "2 / 3 trong đó 2 đang mời nhận 3" in plain(boss.get(f"/manage/{festival.slug}/sessions").text)
    told_there = plain(boss.get(f"/manage/{festival.slug}/sessions/{session.id}").text)
    assert "Danh sách chờ: 3 người đang chờ, 2 chỗ đã mời mà chưa trả lời." in told_there
