"""A household's own page: tickets, changes, cancelling; and the address in a ticket's QR."""

from __future__ import annotations

import io

import pytest
from icalendar import Calendar
from PIL import Image
from pyzbar.pyzbar import decode as read_codes
from sqlalchemy import select

from festival.consents import ledger
from festival.consents.models import Purpose
from festival.core.clock import today
from festival.extensions import db
from festival.registration.links import find_registration, secret_of
from festival.registration.models import Attendee, Registration
from festival.registration.tickets import qr_text
from tests import factories
from tests.conftest import plain


@pytest.fixture
def session(make_session):
    return make_session(title="VNeID từ A đến Z", capacity=5)


@pytest.fixture
def household(make_household, session):
    return make_household(members=3, sessions=(session,))


@pytest.fixture
def page(household):
    return f"/r/{secret_of(household)}"


def seats(session) -> int:
    db.session.rollback()
    db.session.refresh(session)
    return session.seats_taken


def test_the_page_shows_the_pass_and_everybodys_ticket(client, household, page):
    html = client.get(page).text

    assert html.count('<svg class="qr"') == 4
    for attendee in household.attendees:
        assert attendee.name in html


def test_one_person_alone_needs_no_second_code(client, make_household):
    assert client.get(f"/r/{secret_of(make_household(members=1))}").text.count('<svg class="qr"') == 1


@pytest.mark.parametrize("change", [lambda s: s[:-1] + ("a" if s[-1] != "a" else "b"), lambda s: s[:12], str.swapcase])
def test_only_the_whole_secret_opens_the_page(client, household, change):
    secret = secret_of(household)
    changed = change(secret)

    assert client.get(f"/r/{changed}").status_code == (200 if changed.lower() == secret else 404)


def test_a_renewed_link_voids_the_old_one(client, household, page):
    household.link_version += 1
    db.session.commit()

    assert client.get(page).status_code == 410
    assert find_registration(secret_of(household)) is not None


def test_the_saved_picture_carries_the_same_code(client, household, page, app):
    ticket = household.tickets[1]

    picture = Image.open(io.BytesIO(client.get(f"{page}/tickets/{ticket.id}.png").data))

    text = qr_text(ticket, household.festival, "http://festival.test")
    assert [code.data.decode() for code in read_codes(picture)] == [text]


def test_a_ticket_of_another_household_is_not_given(client, page, make_household):
    other = make_household(members=1)

    assert client.get(f"{page}/tickets/{other.tickets[1].id}.png").status_code == 404
    assert client.get(f"{page}/members/{other.attendees[0].id}").status_code == 404


def test_the_calendar_has_each_day_and_each_session(client, page, session):
    events = Calendar.from_ical(client.get(f"{page}/calendar.ics").data).walk("VEVENT")

    assert len(events) == 3
    assert str(events[-1]["summary"]) == "VNeID từ A đến Z"
    assert events[-1]["dtstart"].dt == session.starts_at


def test_changing_sessions_frees_and_takes_seats(client, household, page, session, make_session):
    other = make_session(start=factories.time(14), end=factories.time(15))
    first = household.attendees[0]

    answer = client.post(f"{page}/sessions", data={f"session-{other.id}": str(first.id)}, follow_redirects=True)

    assert "Đã đổi lớp học." in plain(answer.text)
    assert (seats(session), seats(other)) == (0, 1)


def test_a_refused_change_changes_nothing(client, household, page, session, make_session, make_household):
    full = make_session(capacity=1, title="Lớp đã đầy", start=factories.time(14), end=factories.time(15))
    make_household(members=1, sessions=(full,))

    answer = client.post(f"{page}/sessions", data={f"session-{full.id}": str(household.attendees[0].id)})

    assert answer.status_code == 409
    assert "“Lớp đã đầy” lúc 14:00 đã hết chỗ." in plain(answer.text)
    assert (seats(session), seats(full)) == (3, 1)


def test_adding_a_person_takes_a_place_and_gives_a_ticket(client, household, page, festival):
    answer = client.post(
        f"{page}/members",
        data={"name": "Đỗ Thị Mới", "birth_year": "1995", "relation": "child"},
        follow_redirects=True,
    )

    assert "Đã thêm Đỗ Thị Mới." in plain(answer.text)
    db.session.refresh(festival)
    assert festival.places_taken == 4


CHILD = {"name": "Bé", "birth_year": str(today().year - 9), "relation": "child", "guardian_name": "Nguyễn Thị Thử"}


def test_a_child_is_not_added_without_the_consents_for_one(client, household, page):
    assert client.post(f"{page}/members", data=CHILD | {"consent_children": "y"}).status_code == 422
    assert ledger.current(household.id) == {}

    answer = client.post(f"{page}/members", data=CHILD | {"consent_children": "y", "consent_childrens_own": "y"})

    assert answer.status_code == 303
    assert ledger.current(household.id) == {Purpose.CHILDREN: True, Purpose.CHILDRENS_OWN: True}


def test_an_adult_corrected_into_a_child_needs_the_consents_too(client, household, page):
    address = f"{page}/members/{household.attendees[1].id}"
    child = CHILD | {"name": household.attendees[1].name}

    assert client.post(address, data=child).status_code == 422
    assert client.post(address, data=child | {"consent_children": "y", "consent_childrens_own": "y"}).status_code == 303
    assert client.post(address, data=child | {"name": "Đỗ Văn Mậu"}).status_code == 303


def test_a_child_without_guardian_is_not_added(client, page):
    answer = client.post(f"{page}/members", data={"name": "Bé", "birth_year": "2015", "relation": "child"})

    assert answer.status_code == 422
    assert "Xin ghi tên cha mẹ hoặc người giám hộ" in plain(answer.text)


def test_correcting_a_name_keeps_the_ticket(client, household, page):
    attendee = household.attendees[1]
    codes = {ticket.short_code for ticket in household.tickets}

    client.post(
        f"{page}/members/{attendee.id}", data={"name": "Đỗ Văn Đúng", "birth_year": "1986", "relation": "other"}
    )

    db.session.refresh(attendee)
    assert (attendee.name, attendee.folded_name) == ("Đỗ Văn Đúng", "do van dung")
    assert {ticket.short_code for ticket in find_registration(page[3:]).tickets} == codes


def test_taking_a_person_out_voids_the_ticket_and_frees_the_seat(client, household, page, session, festival):
    attendee = household.attendees[2]

    client.post(f"{page}/members/{attendee.id}", data={"go": "remove"})

    assert seats(session) == 2
    db.session.refresh(festival)
    assert festival.places_taken == 2
    assert client.get(page).text.count('<svg class="qr"') == 3


def test_cancelling_frees_everything_at_once_and_only_once(client, household, page, session, festival):
    for _again in range(2):
        client.post(f"{page}/cancel")

    assert seats(session) == 0
    db.session.refresh(festival)
    assert festival.places_taken == 0
    assert "Đăng ký này đã hủy" in plain(client.get(page).text)
    assert db.session.scalars(select(Attendee.cancelled_at)).all().count(None) == 0


def test_a_consent_can_be_taken_back(client, household, page):
    ledger.write(household.id, {Purpose.TAKING_PART: True, Purpose.PHOTOS: True}, "Nguyễn Thị Thử", "vi")
    db.session.commit()

    client.post(f"{page}/consents", data={"reminders": "y"})

    assert ledger.current(household.id) == {
        Purpose.TAKING_PART: True,
        Purpose.PHOTOS: False,
        Purpose.REMINDERS: True,
    }


def test_after_the_festival_nothing_can_be_changed(client, household, page, festival):
    festival.status = factories.FestivalStatus.CLOSED
    db.session.commit()

    answer = client.post(f"{page}/cancel", follow_redirects=True)

    assert "Giờ không đổi được nữa." in plain(answer.text)
    assert db.session.scalar(select(Registration.cancelled_at)) is None


def test_a_tickets_qr_opens_a_page_that_tells_no_strangers_name(client, household):
    ticket = household.tickets[1]
    text = qr_text(ticket, household.festival, "http://festival.test")
    path = text.removeprefix("HTTP://FESTIVAL.TEST")

    for address in (path, path.lower()):
        page = plain(client.get(address).text)
        assert "N***** T** Thử" in page
        assert household.attendees[0].name not in page
    assert client.get("/q/" + "A" * 124).status_code == 404
    assert client.get("/q/..%2f..").status_code == 404


def test_the_slips_to_print_name_the_sessions(client, page, session):
    html = plain(client.get(f"{page}/print").text)

    assert html.count(f"09:00 VNeID từ A đến Z, {session.room}") == 3
