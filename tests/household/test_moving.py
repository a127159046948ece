"""A ticket moves to another relative until the day: same code and seats, and no way to trade a used one."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from festival.checkin.models import Admission, CheckpointKind, Scan
from festival.checkin.pairing import DEVICE_COOKIE
from festival.consents import ledger
from festival.consents.models import Purpose
from festival.core.clock import now, today
from festival.extensions import db
from festival.household.moving import MoveOutcome, is_correction, may_move, move_ticket, was_let_in
from festival.messages.models import Message
from festival.registration.links import secret_of
from festival.registration.models import Attendee, Booking, BookingState, Relation, Ticket
from festival.registration.signing_up import Member
from festival.registration.ticket_code import decode
from festival.registration.tickets import qr_text
from tests import factories
from tests.conftest import plain

LAN = {"name": "Trần Thị Lan", "birth_year": "1990", "relation": "sibling"}
CHILD = {"name": "Bé An", "birth_year": str(today().year - 9), "relation": "child", "guardian_name": "Nguyễn Thị Thử"}


@pytest.fixture
def festival(make_festival):
    """A festival that begins tomorrow."""
    return make_festival(first_day=today() + timedelta(days=1), last_day=today() + timedelta(days=2))


@pytest.fixture
def session(make_session):
    return make_session(capacity=5)


@pytest.fixture
def household(make_household, session):
    return make_household(members=2, sessions=(session,), email="nha@nha.example")


@pytest.fixture
def person(household) -> Attendee:
    return household.attendees[1]


@pytest.fixture
def address(household, person):
    return f"/r/{secret_of(household)}/members/{person.id}/move"


def ticket_of(person: Attendee) -> Ticket:
    return db.session.scalars(select(Ticket).where(Ticket.attendee_id == person.id)).one()


def test_the_ticket_keeps_its_code_and_names_the_new_person_only(client, household, person, address, session):
    ticket, code = ticket_of(person), qr_text(ticket_of(person), household.festival, "http://festival.test")
    old, short = person.name, ticket.short_code

    answer = client.post(address, data=LAN, follow_redirects=True)

    assert "Vé này bây giờ là của Trần Thị Lan." in plain(answer.text)
    assert old not in answer.text
    db.session.expire_all()
    assert (person.name, person.birth_year, person.relation) == ("Trần Thị Lan", 1990, Relation.SIBLING)
    assert (ticket.short_code, ticket.revoked_at) == (short, None)
    assert qr_text(ticket, household.festival, "http://festival.test") == code
    assert "T*** T** Lan" in plain(client.get(code.removeprefix("HTTP://FESTIVAL.TEST")).text)
    assert decode(code.rpartition("/")[2]).ticket_id == ticket.id


def test_seats_and_places_in_line_go_along(client, household, person, address, session, make_session):
    full = make_session(capacity=1, start=factories.time(14), end=factories.time(15))
    db.session.add(Booking(session_id=full.id, attendee_id=person.id, state=BookingState.WAITLISTED))
    db.session.commit()
    before = [(b.session_id, b.state, b.queued_at) for b in db.session.scalars(select(Booking).order_by(Booking.id))]

    client.post(address, data=LAN)

    db.session.expire_all()
    rows = db.session.scalars(select(Booking).order_by(Booking.id))
    assert [(b.session_id, b.state, b.queued_at) for b in rows] == before
    db.session.refresh(session)
    assert session.seats_taken == 2


def test_the_phones_at_the_door_learn_the_new_name(app, client, household, person, address, make_device):
    paired = make_device()
    door = app.test_client()
    door.set_cookie(DEVICE_COOKIE, paired.token, path="/door")
    first = door.get("/door/api/roster").json

    client.post(address, data=LAN)

    changed = door.get(f"/door/api/roster?since={first['cursor']}").json
    assert [row[2] for row in changed["people"] if row[0] == person.id] == ["Trần Thị Lan"]


def test_the_family_is_told(client, household, address):
    client.post(address, data=LAN)

    assert "Trần Thị Lan" in db.session.scalars(select(Message.body)).one()


def test_a_child_needs_a_guardian_and_its_consents_whoever_had_the_ticket(client, household, person, address):
    ledger.write(household.id, {Purpose.CHILDREN: True, Purpose.CHILDRENS_OWN: True}, "x", "vi")
    db.session.commit()
    assert client.post(address, data=CHILD | {"guardian_name": ""}).status_code == 422
    assert client.post(address, data=CHILD | {"consent_children": "y"}).status_code == 422
    db.session.refresh(person)
    assert person.name != "Bé An"

    answer = client.post(address, data=CHILD | {"consent_children": "y", "consent_childrens_own": "y"})

    assert answer.status_code == 303
    db.session.refresh(person)
    assert (person.name, person.guardian_name) == ("Bé An", "Nguyễn Thị Thử")


def test_an_adult_who_takes_a_childs_ticket_has_no_guardian(client, household, person, address):
    person.birth_year, person.guardian_name = today().year - 9, "Nguyễn Thị Thử"
    db.session.commit()

    client.post(address, data=LAN)

    db.session.refresh(person)
    assert person.guardian_name is None


def test_nobody_gets_two_tickets_of_one_family(client, household, person, address):
    first = household.attendees[0]

    answer = client.post(address, data=LAN | {"name": first.name.upper(), "birth_year": str(first.birth_year)})

    assert answer.status_code == 422
    assert "đã có vé" in plain(answer.text)


def test_from_midnight_of_the_first_day_on_no_ticket_moves(client, household, person, address, festival):
    festival.first_day = today()
    db.session.commit()

    answer = client.post(address, data=LAN, follow_redirects=True)

    assert "Ngày hội đã bắt đầu" in plain(answer.text)
    db.session.refresh(person)
    assert person.name == "Đỗ Văn Mẫu"
    assert may_move(person) is MoveOutcome.THE_DAY


@pytest.mark.parametrize("kind", [CheckpointKind.ENTRANCE, CheckpointKind.VOLUNTEERS, CheckpointKind.BOOTH])
def test_a_ticket_that_somebody_came_in_with_stays_theirs(household, person, kind):
    booth = {"booth_id": factories.make_booth(household.festival).id} if kind is CheckpointKind.BOOTH else {}
    place = factories.make_checkpoint(household.festival, kind, **booth)
    db.session.add(Admission(attendee_id=person.id, checkpoint_id=place.id, scan_id=uuid4(), admitted_at=now()))
    db.session.commit()

    assert move_ticket(person, Member("Trần Thị Lan", 1990, Relation.SIBLING), None) is MoveOutcome.ADMITTED


def test_so_does_one_whose_scan_was_taken_back_but_not_one_that_was_refused(household, person):
    place = factories.make_checkpoint(household.festival)
    scan = {"festival_id": household.festival_id, "checkpoint_id": place.id, "attendee_id": person.id}
    scan |= {"scanned_at": now(), "answer": {}}
    db.session.add(Scan(id=uuid4(), verdict="wrong_day", passed=False, **scan))
    db.session.commit()
    assert not was_let_in(person)

    db.session.add(Scan(id=uuid4(), verdict="admitted", passed=True, undone_at=now(), **scan))
    db.session.commit()
    assert was_let_in(person)


def test_a_closed_registration_and_a_person_taken_out_move_nothing(household, person, festival):
    festival.registration_closes = now() - timedelta(hours=1)
    db.session.commit()
    assert may_move(person) is MoveOutcome.CLOSED
    festival.registration_closes = None
    person.cancelled_at = now()
    db.session.commit()
    assert may_move(person) is MoveOutcome.CLOSED


@pytest.mark.parametrize(
    ("name", "year", "same"),
    [
        ("Đỗ Văn Mẩu", 1986, True),
        ("Đỗ Văn Mẫu", 1968, True),
        ("Đỗ Vũ Mẫu", 1986, True),
        ("Đổ Van Mau", 1986, True),
        ("Trần Thị Lan", 1986, False),
        ("Đỗ Văn Mạnh", 1990, False),
    ],
)
def test_a_correction_is_of_the_name_or_of_the_year_not_of_both(household, person, name, year, same):
    assert is_correction(person, Member(name, year, Relation.OTHER)) is same


def test_on_the_day_correcting_is_no_way_around(client, household, person, festival):
    festival.first_day = today()
    db.session.commit()
    address = f"/r/{secret_of(household)}/members/{person.id}"

    answer = client.post(address, data=LAN)

    assert answer.status_code == 422
    assert "giống tên người khác" in plain(answer.text)
    assert client.post(address, data=LAN | {"name": "Đỗ Văn Mậu", "birth_year": "1986"}).status_code == 303


def test_the_page_of_a_person_offers_the_move_only_while_it_is_possible(client, household, person, address, festival):
    page = address.removesuffix("/move")
    assert address in client.get(page).text
    assert client.get(address).status_code == 200
    festival.first_day = today()
    db.session.commit()

    assert address not in client.get(page).text
    assert client.get(address).status_code == 303
