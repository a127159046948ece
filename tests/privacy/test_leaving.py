"""One household has its data deleted: nothing says who it was, the others and the figures are as before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from festival.accounts.models import AuditEntry
from festival.checkin.models import Admission, Scan
from festival.checkin.pairing import DEVICE_COOKIE
from festival.core.clock import now, today
from festival.extensions import db
from festival.messages.models import Message
from festival.privacy.blanking import NOBODY
from festival.privacy.erasure import empty_the_log, erase_due_festivals
from festival.privacy.leaving import delete_household
from festival.privacy.models import RequestKind, SubjectRequest
from festival.programme.models import Session
from festival.registration.links import secret_of
from festival.registration.models import Attendee, Booking, BookingState, Registration, Ticket
from festival.reports.figures import figures_of
from tests import factories
from tests.conftest import plain
from tests.privacy.conftest import places_of, put_back, rows, words_in_the_file

OF_THE_FESTIVAL = ("Tình nguyện viên", "Bí thư", "lọc", "Gửi", "Chào", "Ngắn")
"""Words of helpers and of texts to many: they go with the festival, not with one household."""


FOLLOW = ("attendees", "tickets", "consents", "messages", "subject_requests")


def own(peopled) -> list[str]:
    return [word for word in peopled.words if not word.startswith(OF_THE_FESTIVAL)]


def delete(peopled) -> None:
    delete_household(peopled.family)
    db.session.commit()


def test_nothing_says_who_they_were_in_any_column_of_any_table(peopled, sign_in):
    sign_in().get(f"/manage/{peopled.festival.slug}/registrations/{peopled.family.id}")
    assert all(places_of(word) for word in own(peopled))

    delete(peopled)

    assert {word: places for word in own(peopled) if (places := places_of(word))} == {}


def test_another_household_of_the_same_festival_is_not_touched(peopled):
    other = factories.make_household(peopled.festival, members=2, email="khac@nha.example")

    def of_the_other() -> dict[str, list[object]]:
        found = rows()
        kept = {table: [row for row in found[table] if row.get("registration_id") == other.id] for table in FOLLOW}
        return kept | {"registrations": [row for row in found["registrations"] if row["id"] == other.id]}

    before = of_the_other()

    delete(peopled)

    assert of_the_other() == before
    assert len(before["attendees"]) == 2


def test_the_figures_of_those_who_were_let_in_are_the_same(peopled):
    before = figures_of(peopled.festival)
    ages = sorted(db.session.scalars(select(Attendee.birth_year)))

    delete(peopled)

    assert before.admitted == before.people == 2
    assert figures_of(peopled.festival) == before
    assert sorted(db.session.scalars(select(Attendee.birth_year))) == ages
    assert db.session.scalar(select(func.count(Admission.id))) == 2
    assert db.session.scalar(select(func.count()).select_from(Scan)) > 0


def test_a_certificate_still_verifies_with_the_masked_name(peopled, client):
    address = f"/c/{peopled.certificate.code}"
    before = client.get(f"{address}.json").json

    delete(peopled)

    assert client.get(f"{address}.json").json == before
    assert "Does this paper match?" not in client.get(f"{address}?lang=en").text
    assert before["masked_name"] == "T**** T** K***** Ngà"


def test_places_seats_and_waiting_places_of_those_not_let_in_are_free_at_once(make_festival):
    festival = make_festival()
    session = factories.make_session(festival, capacity=2)
    family = factories.make_household(festival, members=2, sessions=(session,), phone="+84911111111")
    waiting = factories.make_household(festival, members=1)
    db.session.add(Booking(session_id=session.id, attendee_id=waiting.attendees[0].id, state=BookingState.WAITLISTED))
    db.session.commit()

    delete_household(family)
    db.session.commit()

    db.session.expire_all()
    assert festival.places_taken == 1
    states = db.session.scalars(select(Booking.state).where(Booking.attendee_id == waiting.attendees[0].id)).all()
    assert states == [BookingState.OFFERED]
    assert db.session.scalar(select(Session.seats_taken)) == 1
    assert all(person.cancelled_at for person in family.attendees)
    assert family.cancelled_at is not None
    assert all(db.session.scalars(select(Ticket.revoked_at).where(Ticket.registration_id == family.id)))


@pytest.mark.parametrize("closed", ["registration", "festival"])
def test_the_right_has_no_closing_hour(make_festival, closed):
    festival = make_festival()
    family = factories.make_household(festival, members=2)
    if closed == "registration":
        festival.registration_closes = now() - timedelta(hours=1)
    else:
        put_back(festival, days=3)
    db.session.commit()

    delete_household(family)
    db.session.commit()

    db.session.expire_all()
    assert family.phone == ""
    assert festival.places_taken == (0 if closed == "registration" else 2)


def test_the_phones_at_the_door_forget_the_names(app, make_household, make_device, festival):
    family, paired = make_household(members=2), make_device()
    door = app.test_client()
    door.set_cookie(DEVICE_COOKIE, paired.token, path="/door")
    first = door.get("/door/api/roster").json
    assert {row[2] for row in first["people"]} == {person.name for person in family.attendees}

    delete_household(family)
    db.session.commit()

    changed = door.get(f"/door/api/roster?since={first['cursor']}").json
    assert [row[2] for row in changed["people"]] == [NOBODY, NOBODY]


def test_the_request_stays_as_a_proof_that_names_nobody(peopled):
    delete(peopled)

    found = db.session.scalars(select(SubjectRequest).order_by(SubjectRequest.id)).all()
    assert [row.kind for row in found] == [RequestKind.CORRECT, RequestKind.DELETE]
    assert all(row.done_at and row.registration_id is None and not row.wish and not row.outcome for row in found)


def test_what_was_in_line_to_be_sent_is_not_sent(peopled):
    delete(peopled)

    left = db.session.scalars(select(Message).where(Message.registration_id == peopled.family.id)).all()
    assert left
    assert {(message.state.value, message.recipient, message.body, message.html) for message in left} == {
        ("failed", "", "", "")
    }


def test_the_audit_log_keeps_who_did_what_and_when(peopled, sign_in):
    sign_in().get(f"/manage/{peopled.festival.slug}/registrations/{peopled.family.id}")
    before = db.session.scalar(select(func.count(AuditEntry.id)))

    delete(peopled)

    assert db.session.scalar(select(func.count(AuditEntry.id))) == before
    revoked = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.revoked")).one()
    assert (revoked.actor, revoked.subject, revoked.after) == ("owner@festival.example", "", None)


def test_the_page_asks_says_what_is_lost_and_then_the_link_is_gone(client, peopled):
    page = f"/r/{peopled.secret}/data/delete"
    words = plain(client.get(page).text)
    assert "Những gì sẽ mất" in words
    assert client.post(page).status_code == 422
    assert db.session.get(Registration, peopled.family.id).phone

    answer = client.post(page, data={"understood": "y"})

    assert answer.location == f"/{peopled.festival.slug}/"
    assert "Mọi thông tin về gia đình đã được xóa" in plain(client.get(answer.location).text)
    assert client.get(f"/r/{peopled.secret}").status_code == 410
    assert client.post(page, data={"understood": "y"}).status_code == 410


def test_sqlites_file_holds_none_of_the_words_after_the_hourly_job(peopled, database):
    assert bool(words_in_the_file(peopled)) is (database == "sqlite")

    delete(peopled)
    assert erase_due_festivals() == 0

    assert words_in_the_file(peopled) & set(own(peopled)) == set()


def test_the_log_is_emptied_only_where_somebody_left(make_household, monkeypatch):
    emptied = []
    monkeypatch.setattr("festival.privacy.erasure.empty_the_log", lambda: emptied.append(1))
    family = make_household(members=1)

    erase_due_festivals()
    assert not emptied

    delete_household(family)
    db.session.commit()
    erase_due_festivals()
    assert emptied
    empty_the_log()


def test_a_deleted_household_can_register_again_with_the_same_number(client, festival, make_household):
    family = make_household(members=1)
    delete_household(family)
    db.session.commit()

    again = factories.make_household(festival, members=1)

    assert client.get(f"/r/{secret_of(again)}").status_code == 200
    assert festival.first_day == today()
