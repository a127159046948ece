"""The organizer's timetable: what it shows, what is refused, and moving and copying sessions."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import time, timedelta

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session as OtherSession

from festival.accounts.models import AuditEntry
from festival.core.clock import at_local, local, today
from festival.extensions import db
from festival.messages.models import Message
from festival.programme.models import Festival, Session
from tests import factories
from tests.programme.conftest import words_of

TOMORROW = today() + timedelta(days=1)


def tick_of(answer) -> str:
    """What the tick "save all the same" sends."""
    found = re.search(r'name="confirm" value="([0-9a-f]+)"', answer.get_data(as_text=True))
    return found[1] if found else ""


def move_data(session: Session, **more: str) -> dict[str, str]:
    data = {"day": local(session.starts_at).date().isoformat(), "start": f"{local(session.starts_at):%H:%M}"}
    return data | {"minutes": "60", "room": session.room} | more


def session_data(session: Session, **more: str) -> dict[str, str]:
    data = move_data(session) | {"workshop_id": str(session.workshop_id), "booth_id": str(session.booth_id or 0)}
    return data | {"end": f"{local(session.ends_at):%H:%M}", "capacity": str(session.capacity)} | more


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def hosted(festival):
    """A session by a host in room P1 from 9 to 10."""
    workshop = factories.make_workshop(festival, host_name="Công an phường", title="VNeID")
    return factories.make_session(festival, workshop=workshop, room="P1")


def test_another_workshop_in_a_taken_room_is_refused_whatever_is_ticked(organizer, at, festival, hosted):
    other = factories.make_workshop(festival)
    data = session_data(hosted, workshop_id=str(other.id), room="p1", start="09:30", end="10:30", confirm="y")

    answer = organizer.post(f"{at}/sessions/new", data=data)

    assert answer.status_code == 422
    assert "Room used twice : “VNeID”, 09:00–10:00, P1" in words_of(answer)
    assert f'href="{at}/sessions/{hosted.id}"' in answer.get_data(as_text=True)
    assert "Save all the same" not in words_of(answer)
    assert count(Session) == 1


def test_of_two_who_fill_one_room_at_the_same_moment_the_second_sees_the_first(organizer, at, festival, hosted):
    other, data = factories.make_workshop(festival), session_data(hosted, room="P9")
    theirs = {"festival_id": festival.id, "workshop_id": other.id, "room": "P9", "folded_room": "p9", "capacity": 20}
    theirs |= {"starts_at": hosted.starts_at, "ends_at": hosted.ends_at}
    db.session.commit()
    with OtherSession(db.engine) as rival, ThreadPoolExecutor(1) as pool:
        rival.execute(select(Festival.id).with_for_update(key_share=True))
        rival.execute(insert(Session).values(**theirs, seats_taken=0))
        answer = pool.submit(organizer.post, f"{at}/sessions/new", data=data)
        wait([answer], timeout=0.5)  # it waits for the rival; without the lock it is through by now
        rival.commit()

    assert answer.result().status_code == 422
    assert "Room used twice" in words_of(answer.result())


def test_a_host_in_two_rooms_is_saved_only_once_the_organizer_agrees(organizer, at, hosted):
    data = session_data(hosted, room="P2")

    refused = organizer.post(f"{at}/sessions/new", data=data)
    assert refused.status_code == 422
    assert "Host elsewhere too" in words_of(refused)
    assert count(Session) == 1

    assert organizer.post(f"{at}/sessions/new", data=data | {"confirm": tick_of(refused)}).status_code == 302
    assert count(Session) == 2


def test_who_agreed_to_one_clash_is_asked_again_about_another(organizer, at, hosted):
    agreed = tick_of(organizer.post(f"{at}/sessions/new", data=session_data(hosted, room="P2")))
    data = session_data(hosted, room="P2", day=(TOMORROW + timedelta(days=9)).isoformat(), confirm=agreed)

    answer = organizer.post(f"{at}/sessions/new", data=data)

    assert answer.status_code == 422
    assert "On no day of the festival" in words_of(answer)


def test_seats_can_be_changed_although_something_stands_in_the_same_room(organizer, at, festival, hosted):
    factories.make_session(festival, room="P1")

    assert organizer.post(f"{at}/sessions/{hosted.id}", data=session_data(hosted, capacity="33")).status_code == 302
    assert db.session.scalar(select(Session.capacity).where(Session.id == hosted.id)) == 33


def test_moving_a_booked_session_says_whom_it_touches_and_tells_each_household_once(
    organizer, at, festival, hosted, make_household
):
    hosted.capacity = 5
    elsewhere = factories.make_session(festival, start=time(14), end=time(15))
    make_household(members=2, sessions=(hosted, elsewhere), email="a@example.vn")
    make_household(members=3, sessions=(hosted,), email="b@example.vn", language="en")
    make_household(members=1, sessions=(hosted,), email="c@example.vn", waits=frozenset({hosted.id}))
    before = count(Message)
    data = move_data(hosted, start="14:30", room="P9")

    asked = organizer.post(f"{at}/sessions/{hosted.id}/move", data=data)
    assert asked.status_code == 422
    assert "People with a seat: 5 (households: 2). People who wait: 1." in words_of(asked)
    assert "2 of them have another class at the new time" in words_of(asked)
    assert count(Message) == before

    assert organizer.post(f"{at}/sessions/{hosted.id}/move", data=data | {"tell": "y"}).status_code == 302
    told = db.session.scalars(select(Message).where(Message.kind == "change").order_by(Message.recipient)).all()
    assert [message.recipient for message in told] == ["a@example.vn", "b@example.vn", "c@example.vn"]
    day = f"{TOMORROW:%d/%m}"
    assert f"“VNeID” has been moved: it is now 14:30–15:30, {day}, P9 (before: 09:00–10:00, {day})." in told[1].body
    assert "has been moved" not in told[0].body


def test_a_session_that_stays_where_it_was_tells_nobody(organizer, at, hosted, make_household):
    make_household(members=2, sessions=(hosted,), email="a@example.vn")

    assert organizer.post(f"{at}/sessions/{hosted.id}", data=session_data(hosted, capacity="44")).status_code == 302
    assert "change" not in db.session.scalars(select(Message.kind)).all()


def test_moving_is_written_to_the_audit_log(organizer, at, hosted):
    organizer.post(f"{at}/sessions/{hosted.id}/move", data=move_data(hosted, start="10:15", minutes="30"))

    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.action == "session.edited"
    assert db.session.scalar(select(Session.ends_at)) == at_local(TOMORROW, time(10, 45))


def test_a_dragged_card_opens_the_form_filled_in(organizer, at, hosted):
    page = organizer.get(f"{at}/sessions/{hosted.id}/move?start={TOMORROW}T13:15&room=P7").get_data(as_text=True)

    assert 'value="13:15"' in page
    assert 'value="P7"' in page
    assert count(AuditEntry) == 0


@pytest.mark.parametrize("start", ["", "yesterday", "2027-13-01T00:00", "9999999-01-01T00:00"])
def test_what_is_no_time_in_the_address_leaves_the_session_where_it_is(organizer, at, hosted, start):
    page = organizer.get(f"{at}/sessions/{hosted.id}/move?start={start}").get_data(as_text=True)

    assert 'value="09:00"' in page


def copy_data(**more: object) -> dict[str, object]:
    return {"days": [TOMORROW.isoformat()], "start": "10:00", "times": "2", "every": "60", "rooms": "P1"} | more


def test_copies_are_shown_before_they_are_made(organizer, at, hosted):
    shown = organizer.post(f"{at}/sessions/{hosted.id}/copy", data=copy_data(go="show"))
    assert shown.status_code == 200
    assert "2 sessions would be made" in words_of(shown)
    assert count(Session) == 1

    assert organizer.post(f"{at}/sessions/{hosted.id}/copy", data=copy_data(go="make")).status_code == 302
    starts = db.session.scalars(select(Session.starts_at).order_by(Session.starts_at)).all()
    assert [f"{local(moment):%H:%M}" for moment in starts] == ["09:00", "10:00", "11:00"]


def test_a_session_is_repeated_on_each_day_and_in_each_room_and_not_where_it_stands(organizer, at, festival, hosted):
    days = [day.isoformat() for day in festival.days]
    data = copy_data(days=days, start="09:00", times="1", rooms="P1\nP2", go="make")

    agreed = tick_of(organizer.post(f"{at}/sessions/{hosted.id}/copy", data=data))
    organizer.post(f"{at}/sessions/{hosted.id}/copy", data=data | {"confirm": agreed})

    assert count(Session) == 4


def test_of_copies_that_clash_none_is_made(organizer, at, festival, hosted):
    factories.make_session(festival, room="P1", start=time(11), end=time(12))

    answer = organizer.post(f"{at}/sessions/{hosted.id}/copy", data=copy_data(go="make"))

    assert answer.status_code == 422
    assert "Room used twice" in words_of(answer)
    assert count(Session) == 2


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("times", "20", "The last one would not end before midnight."),
        ("days", [], "Please choose at least one day."),
        ("days", ["2031-01-01"], "Not a valid choice."),
        ("rooms", "x" * 121, "A room's name has at most 120 characters."),
        ("rooms", "\n".join(map(str, range(60))), "These are more than 100 sessions at once."),
    ],
)
def test_what_cannot_be_copied_is_said_at_its_field(organizer, at, hosted, field, value, words):
    answer = organizer.post(f"{at}/sessions/{hosted.id}/copy", data=copy_data(go="make", **{field: value}))

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert count(Session) == 1


def test_the_grid_shows_rooms_and_marks_clashes_with_words(organizer, at, festival, hosted):
    factories.make_session(festival, room="P1", start=time(9, 30), end=time(10, 30))
    factories.make_session(festival, room="P2", capacity=1)

    answer = organizer.get(f"{at}/timetable?day={TOMORROW}")
    page = answer.get_data(as_text=True)

    assert '<th scope="col" colspan="2">P1</th><th scope="col">P2</th>' in page
    assert page.count('<td rowspan="4"') == 3
    assert page.count("Room used twice") == 2 * 2  # in the grid, and by room for phones
    assert "2 sessions clash with another one" in words_of(answer)
    assert f'data-start="{TOMORROW}T07:30" data-room="P1"' in page


@pytest.mark.parametrize("day", ["", "never", "0001-01-01"])
def test_without_a_day_the_first_one_with_sessions_is_shown(organizer, at, hosted, day):
    assert f'<option value="{TOMORROW}" selected>' in organizer.get(f"{at}/timetable?day={day}").get_data(as_text=True)


def test_the_grid_takes_the_same_number_of_statements_whatever_stands_in_it(app, organizer, at, festival):
    def measured() -> int:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        db.session.expire_all()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert organizer.get(f"{at}/timetable?day={TOMORROW}").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    factories.make_session(festival, booth=factories.make_booth(festival))
    first = measured()
    for _ in range(8):
        factories.make_session(festival, booth=factories.make_booth(festival), room="P1")

    assert measured() == first


def test_another_festivals_session_is_not_moved_or_copied(organizer, at, make_festival):
    foreign = factories.make_session(make_festival())

    for action in ("move", "copy"):
        assert organizer.get(f"{at}/sessions/{foreign.id}/{action}").status_code == 404
        assert organizer.post(f"{at}/sessions/{foreign.id}/{action}", data=move_data(foreign)).status_code == 404
