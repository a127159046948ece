"""/manage: what an organizer sees, changes, and is told."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import event, func, select

from festival.accounts.models import AuditEntry, StaffRole
from festival.core.clock import today
from festival.extensions import db
from festival.programme.models import (
    Booth,
    Festival,
    FestivalStatus,
    Session,
    Workshop,
    Zone,
)
from festival.programme.setting_up import next_tenth_of_october
from tests import factories
from tests.programme.conftest import words_of

NEW_FESTIVAL = {
    "name": "Ngày hội toàn dân học tập số 2030",
    "organizer_name": "UBND phường Thử Nghiệm",
    "first_day": "2030-10-10",
    "last_day": "",
    "opens_at": "07:30",
    "closes_at": "17:30",
    "venue": "Nhà văn hóa",
    "address": "",
    "capacity": "1.500",
    "ward_code": "",
    "keep_days": "60",
}


def test_the_next_tenth_of_october_is_offered():
    assert next_tenth_of_october(date(2027, 10, 10)) == date(2027, 10, 10)
    assert next_tenth_of_october(date(2027, 10, 11)) == date(2028, 10, 10)


def test_an_organizer_without_a_festival_is_told_how_to_begin(organizer):
    assert "Your first festival starts here" in words_of(organizer.get("/manage/"))


def test_an_organizer_sees_only_the_festivals_of_the_own_organization(organizer, make_festival):
    make_festival(name="Ngày hội của mình")
    factories.make_festival(name="Ngày hội nơi khác")

    words = words_of(organizer.get("/manage/"))

    assert "Ngày hội của mình" in words
    assert "Ngày hội nơi khác" not in words


def test_a_new_festival_is_a_draft_of_the_own_organization(organizer, organization):
    answer = organizer.post(
        "/manage/new", data=NEW_FESTIVAL | {"organization_id": organization.id}, follow_redirects=True
    )

    festival = db.session.scalars(select(Festival)).one()
    assert answer.status_code == 200
    assert (festival.slug, festival.capacity, festival.status) == ("ngay-hoi-2030", 1500, FestivalStatus.DRAFT)
    assert (festival.first_day, festival.last_day) == (date(2030, 10, 10), date(2030, 10, 10))


def test_whoever_works_for_one_organization_is_not_asked_which(organizer, organization):
    page = organizer.get("/manage/new").get_data(as_text=True)

    assert f'<input type="hidden" name="organization_id" value="{organization.id}">' in page


def test_a_festival_cannot_be_made_for_another_organization(organizer):
    other = factories.make_organization("UBND phường khác")

    answer = organizer.post("/manage/new", data=NEW_FESTIVAL | {"organization_id": other.id})

    assert answer.status_code == 422
    assert db.session.scalars(select(Festival)).all() == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Please fill this in."),
        ("name", "x" * 201, "Too long: at most 200 characters."),
        ("first_day", "2020-01-01", "This day is over."),
        ("first_day", "soon", "Not a valid date value."),
        ("last_day", "2030-10-09", "The last day must not come before the first one."),
        ("last_day", "2031-10-10", "A festival lasts at most 60 days."),
        ("closes_at", "07:30", "The doors must close after they open."),
        ("capacity", "0", "This should be from 1 to"),
        ("capacity", "1.5", "Please write a whole number, such as 30."),
        ("ward_code", "99999", "There is no ward with this code."),
    ],
)
def test_a_wrong_fact_is_named_at_its_field_and_the_rest_is_kept(organizer, organization, field, value, words):
    data = NEW_FESTIVAL | {"organization_id": organization.id, "venue": "Sân vận động Đống Đa", field: value}

    answer = organizer.post("/manage/new", data=data)

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert "Sân vận động Đống Đa" in answer.get_data(as_text=True)


BOOTH = {"code": "a07", "name": "Gian mới", "zone_id": "0", "topic": "Y tế số", "tables": "2"}


def test_a_booth_is_made_changed_and_deleted_and_the_audit_log_knows(organizer, at, festival):
    organizer.post(f"{at}/booths/new", data=BOOTH)
    booth = db.session.scalars(select(Booth)).one()
    organizer.post(f"{at}/booths/{booth.id}", data=BOOTH | {"name": "Gian khác"})
    organizer.post(f"{at}/booths/{booth.id}/delete", data={"name": "Gian khác"})

    assert db.session.scalars(select(Booth)).all() == []
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.subject) for entry in entries] == [
        ("booth.created", "A07 Gian mới"),
        ("booth.edited", "A07 Gian khác"),
        ("booth.deleted", "A07 Gian khác"),
    ]
    assert entries[1].before["name"] == "Gian mới"
    assert entries[1].after["name"] == "Gian khác"
    assert {entry.festival_id for entry in entries} == {festival.id}


def test_a_code_that_is_taken_is_named_at_its_field(organizer, at, festival):
    factories.make_booth(festival, code="A07")

    answer = organizer.post(f"{at}/booths/new", data=BOOTH)

    assert answer.status_code == 422
    assert "Another booth has the code A07." in words_of(answer)
    assert db.session.scalar(select(func.count()).select_from(Booth)) == 1


def test_a_booth_cannot_be_put_into_another_festivals_zone(organizer, at, make_festival):
    zone = Zone(festival_id=make_festival().id, name="Khu khác")
    db.session.add(zone)
    db.session.commit()

    assert organizer.post(f"{at}/booths/new", data=BOOTH | {"zone_id": str(zone.id)}).status_code == 422


def test_lists_are_searched_without_marks(organizer, at, festival):
    factories.make_booth(festival, code="B01", name="Đỗ xe thông minh")
    factories.make_booth(festival, code="B02", name="Định danh điện tử")

    words = words_of(organizer.get(f"{at}/booths?q=do+xe"))

    assert "Đỗ xe thông minh" in words
    assert "Định danh điện tử" not in words
    assert "No booth fits" in words_of(organizer.get(f"{at}/booths?q=%25"))


@pytest.mark.parametrize("part", ["zones", "booths", "workshops", "sessions"])
def test_an_empty_list_says_what_to_do_first(organizer, at, part):
    words = words_of(organizer.get(f"{at}/{part}"))

    assert "Import a workbook" in words


def session_data(workshop: Workshop, **more: str) -> dict[str, str]:
    day = (today() + timedelta(days=1)).isoformat()
    data = {"workshop_id": str(workshop.id), "room": "P1", "booth_id": "0", "day": day, "start": "09:00"}
    return data | {"end": "10:00", "capacity": "20"} | more


def test_a_session_is_made_in_vietnamese_time(organizer, at, festival):
    workshop = factories.make_workshop(festival)

    organizer.post(f"{at}/sessions/new", data=session_data(workshop))

    session = db.session.scalars(select(Session)).one()
    assert (session.starts_at.hour, session.ends_at.hour, session.capacity) == (2, 3, 20)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("end", "09:00", "The end must come after the start (09:00)."),
        ("capacity", "0", "This should be from 1 to 10000."),
        ("capacity", "many", "Please write a whole number"),
        ("workshop_id", "0", "Please choose a workshop."),
        ("workshop_id", "999999", "Not a valid choice."),
        ("room", " ", "Please fill this in."),
    ],
)
def test_a_wrong_session_is_named_at_its_field(organizer, at, festival, field, value, words):
    workshop = factories.make_workshop(festival)

    answer = organizer.post(f"{at}/sessions/new", data=session_data(workshop, **{field: value}))

    assert answer.status_code == 422
    assert words in words_of(answer)


def test_a_session_outside_the_opening_hours_is_refused_unless_confirmed(organizer, at, festival):
    festival.closes_at = time(12)
    db.session.commit()
    data = session_data(factories.make_workshop(festival), end="12:30")

    answer = organizer.post(f"{at}/sessions/new", data=data)

    assert answer.status_code == 422
    assert "Outside the opening hours" in words_of(answer)
    assert "Save all the same" in words_of(answer)
    assert db.session.scalars(select(Session)).all() == []


def test_a_session_keeps_the_seats_that_people_have(organizer, at, make_session, make_household):
    session = make_session(capacity=5)
    make_household(members=3, sessions=(session,))
    data = session_data(session.workshop, capacity="2", room=session.room)

    answer = organizer.post(f"{at}/sessions/{session.id}", data=data)

    assert answer.status_code == 422
    assert "3 seats are taken or offered." in words_of(answer)
    assert db.session.scalar(select(Session.capacity)) == 5


def test_what_has_bookings_is_not_deleted(organizer, at, make_session, make_household):
    session = make_session()
    make_household(members=1, sessions=(session,))

    named = {"name": session.workshop.title}
    answer = organizer.post(f"{at}/sessions/{session.id}/delete", data=named, follow_redirects=True)

    assert "cannot be deleted: people have booked it" in words_of(answer)
    assert db.session.scalar(select(func.count()).select_from(Session)) == 1


def test_a_session_whose_booking_was_cancelled_is_not_deleted_either(organizer, at, make_session, make_household):
    session = make_session()
    make_household(members=1, sessions=(session,))
    session.seats_taken = 0
    db.session.commit()

    named = {"name": session.workshop.title}
    answer = organizer.post(f"{at}/sessions/{session.id}/delete", data=named, follow_redirects=True)

    assert "cannot be deleted" in words_of(answer)


def test_zones_with_booths_and_workshops_with_sessions_are_not_deleted(organizer, at, festival, make_session):
    booth, session = factories.make_booth(festival), make_session()

    zone, workshop = {"name": booth.zone.name}, {"name": session.workshop.title}
    zone_answer = organizer.post(f"{at}/zones/{booth.zone_id}/delete", data=zone, follow_redirects=True)
    at_workshop = f"{at}/workshops/{session.workshop_id}"
    workshop_answer = organizer.post(f"{at_workshop}/delete", data=workshop, follow_redirects=True)

    assert "has booths. Move them to another zone first." in words_of(zone_answer)
    assert "has sessions. Delete those first." in words_of(workshop_answer)


def test_another_festivals_rows_are_not_found(organizer, at, make_festival):
    other = make_festival()
    booth, session = factories.make_booth(other), factories.make_session(other)
    ids = {"booths": booth.id, "zones": booth.zone_id, "workshops": session.workshop_id, "sessions": session.id}

    for part, row_id in ids.items():
        assert organizer.get(f"{at}/{part}/{row_id}").status_code == 404, part
        assert organizer.post(f"{at}/{part}/{row_id}/delete").status_code == 404, part
    assert organizer.get(f"{at}/sessions/new?after={session.id}").status_code == 404


def test_a_stranger_and_an_observer_change_nothing(client, sign_in, at):
    assert client.get(f"{at}/booths").status_code == 302
    assert client.post(f"{at}/booths/new", data=BOOTH).status_code == 403
    assert sign_in(StaffRole.OBSERVER).post(f"{at}/booths/new", data=BOOTH).status_code == 403
    assert db.session.scalars(select(Booth)).all() == []


def test_publishing_waits_for_what_is_needed(organizer, make_festival):
    festival = make_festival(status=FestivalStatus.DRAFT)
    at = f"/manage/{festival.slug}"

    assert "something needed is still missing" in words_of(organizer.post(f"{at}/publish", follow_redirects=True))
    factories.make_session(festival)
    assert "is published" in words_of(organizer.post(f"{at}/publish", follow_redirects=True))
    assert db.session.scalar(select(Festival.status)) is FestivalStatus.PUBLISHED


def test_a_published_festival_keeps_its_address(organizer, at, festival):
    data = NEW_FESTIVAL | {"slug": "ten-khac", "name": "Tên mới"}

    organizer.post(f"{at}/edit", data=data)

    assert (festival.name, festival.slug != "ten-khac") == ("Tên mới", True)


def test_the_registration_window_is_typed_in_vietnamese_time(organizer, at, festival):
    data = NEW_FESTIVAL | {"registration_opens": "2030-09-01T07:00", "registration_closes": "2030-10-09T17:00"}

    organizer.post(f"{at}/edit", data=data)

    assert festival.registration_opens.isoformat() == "2030-09-01T00:00:00+00:00"
    assert 'value="2030-09-01T07:00"' in organizer.get(f"{at}/edit").get_data(as_text=True)


def test_lists_take_the_same_number_of_statements_whatever_their_length(organizer, at, festival, count_statements):
    def measured(count: int) -> list[int]:
        for _ in range(count):
            factories.make_session(festival)
            factories.make_booth(festival)
        return [count_statements(f"{at}/{part}") for part in ("booths", "sessions", "workshops", "zones")]

    assert measured(2) == measured(8)


@pytest.fixture
def count_statements(app, organizer):
    """How many statements an organizer's look at an address takes."""

    def count(address: str) -> int:
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        db.session.expire_all()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert organizer.get(address).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(statements)

    return count
