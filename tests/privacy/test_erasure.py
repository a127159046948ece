"""The promise "erased after the festival": nothing personal is left, everything that counts people is."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from festival.accounts.models import AuditEntry
from festival.certificates.designs import standard_design
from festival.certificates.issuing import issue_to_all, waiting_for
from festival.certificates.models import CertificateFile
from festival.certificates.published import publish
from festival.core.clock import today
from festival.extensions import db
from festival.messages.models import Message, MessageState
from festival.privacy.blanking import NOBODY
from festival.privacy.erasure import ErasureOutcome, due_festivals, erase, erase_due_festivals
from festival.privacy.models import Erasure
from festival.programme.models import FestivalStatus
from festival.registration.models import Attendee, Booking, Ticket
from festival.reports.figures import figures_of
from tests import factories
from tests.conftest import plain
from tests.privacy.conftest import places_of, put_back, rows, words_in_the_file


@pytest.fixture
def erased(peopled):
    put_back(peopled.festival, days=61)
    assert erase(peopled.festival).outcome is ErasureOutcome.DONE
    db.session.commit()
    return peopled


def test_nothing_personal_is_left_in_any_column_of_any_table(peopled):
    missing = [word for word in peopled.words if not places_of(word)]
    assert not missing, "the test looks for something that was never there"
    put_back(peopled.festival, days=61)

    erase(peopled.festival)
    db.session.commit()

    assert {word: places for word in peopled.words if (places := places_of(word))} == {}


def test_nobody_is_found_by_the_end_of_a_phone_any_more(erased):
    db.session.refresh(erased.family)

    assert (erased.family.phone, erased.family.phone_end) == ("", "")


def test_the_figures_are_the_same_as_before(peopled):
    put_back(peopled.festival, days=61)
    before = figures_of(peopled.festival)
    ages = sorted(db.session.scalars(select(Attendee.birth_year)))
    bookings = [(booking.session_id, booking.state) for booking in db.session.scalars(select(Booking))]

    erase(peopled.festival)
    db.session.commit()

    assert before.admitted == before.people == 2
    assert figures_of(peopled.festival) == before
    assert sorted(db.session.scalars(select(Attendee.birth_year))) == ages
    assert [(booking.session_id, booking.state) for booking in db.session.scalars(select(Booking))] == bookings


def test_a_certificate_still_verifies_and_says_the_same(peopled, client):
    address = f"/c/{peopled.certificate.code}"
    before = client.get(f"{address}.json").json
    assert before["masked_name"] == "T**** T** K***** Ngà"
    assert "Does this paper match?" in client.get(f"{address}?lang=en").text
    put_back(peopled.festival, days=61)

    erase(peopled.festival)
    db.session.commit()

    assert client.get(f"{address}.json").json == before
    page = plain(client.get(address).text)
    assert "T**** T** K***** Ngà" in page
    assert "Does this paper match?" not in page, "nobody can say any more"
    told = client.post(f"{address}/match", data={"name": "Trịnh Thị Khuyết Ngà"})
    assert "Names are erased" in told.text


def test_a_file_still_checks_by_its_digest_and_its_bytes_are_gone(peopled, client):
    """The signed file of the family was kept: now only its digest is, by page and by the public list."""
    publish(peopled.festival)
    db.session.commit()
    put_back(peopled.festival, days=61)

    erase(peopled.festival)
    db.session.commit()

    (file,) = db.session.scalars(select(CertificateFile)).all()
    assert file.content is None
    sent = {"file": (io.BytesIO(b"%PDF- signed"), "chung-nhan.pdf")}
    page = client.post("/c/file?lang=en", data=sent, content_type="multipart/form-data")
    assert "The file is genuine" in page.text
    assert "This certificate is valid" in page.text
    listed = client.get(f"/c/lists/{peopled.festival.slug}.json").json["files"]
    assert listed == [{"sha256": file.sha256, "state": "valid"}]


def test_the_familys_link_is_gone_in_words_and_a_wrong_one_is_unknown(erased, client):
    client.set_cookie("language", "en")
    person = erased.family.attendees[0].id

    for path in ("", "/print", "/calendar.ics", "/sessions", "/members", "/consents", f"/certificates/{person}"):
        assert client.get(f"/r/{erased.secret}{path}").status_code == 410, path
    assert client.post(f"/r/{erased.secret}/cancel").status_code == 410
    assert "has been erased, as promised" in plain(client.get(f"/r/{erased.secret}").text)
    assert client.get(f"/r/{erased.secret[:-1]}{'x' if erased.secret[-1] != 'x' else 'y'}").status_code == 404
    assert client.get(f"/r/erased-{erased.family.id}").status_code == 404


def test_tickets_are_revoked_and_their_codes_gone(erased, client):
    tickets = db.session.scalars(select(Ticket)).all()

    assert len(tickets) == 3
    assert all(ticket.revoked_at for ticket in tickets)
    assert client.get(f"/q/{erased.ticket}").status_code == 410


def test_a_mail_that_still_waits_is_not_sent(erased):
    for message in db.session.scalars(select(Message)):
        assert (message.state, message.recipient, message.subject, message.body) == (MessageState.FAILED, "", "", "")


def test_the_festival_is_put_away_with_a_record_of_the_erasure(erased):
    record = db.session.scalars(select(Erasure)).one()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "festival.erased")).one()

    assert erased.festival.status is FestivalStatus.ARCHIVED
    assert (record.festival_id, record.people, record.actor) == (erased.festival.id, 2, "system")
    assert entry.after == {"people": 2, "status": "archived"}


def test_the_audit_log_still_says_who_did_what_and_when(erased):
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.revoked")).one()

    assert (entry.actor, entry.subject, entry.before, entry.after) == ("owner@festival.example", "", None, None)


def test_nobody_gets_a_certificate_without_a_name(people, sign_in):
    peopled = people("Sót")
    db.session.delete(peopled.certificate)
    db.session.commit()
    assert len(waiting_for(standard_design(peopled.festival))) == 1
    put_back(peopled.festival, days=61)

    erase(peopled.festival)
    db.session.commit()

    assert waiting_for(standard_design(peopled.festival)) == []
    assert issue_to_all(peopled.festival) == 0


def test_data_are_kept_up_to_the_promised_day(peopled):
    put_back(peopled.festival, days=60)
    before = rows()

    assert peopled.festival.erase_after == today()
    assert erase(peopled.festival).outcome is ErasureOutcome.NOT_DUE
    assert due_festivals() == []
    assert rows() == before


def test_only_a_festival_that_is_over_can_be_erased_early(peopled):
    assert erase(peopled.festival, early=True).outcome is ErasureOutcome.NOT_OVER
    put_back(peopled.festival, days=1)

    assert erase(peopled.festival, early=True).outcome is ErasureOutcome.DONE


def test_a_second_time_changes_nothing(erased):
    before = rows()

    result = erase(erased.festival)
    db.session.commit()

    assert (result.outcome, result.people) == (ErasureOutcome.ERASED_BEFORE, 2)
    assert erase_due_festivals() == 0
    assert rows() == before


def test_another_festival_is_not_touched(peopled, people):
    other = people("Nguyên", phone="+84977777777")
    put_back(peopled.festival, days=61)
    before = {word: places_of(word) for word in other.words}

    erase(peopled.festival)
    db.session.commit()

    assert {word: places_of(word) for word in other.words} == before
    assert all(before.values())
    assert other.festival.status is FestivalStatus.PUBLISHED


def test_it_takes_the_same_few_statements_for_many_people(make_festival, make_household):
    def statements(households: int) -> int:
        festival = make_festival()
        for _ in range(households):
            make_household(festival=festival, members=3)
        put_back(festival, days=61)
        seen: list[str] = []
        note = lambda *given: seen.append(given[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        assert erase(festival).people == 3 * households
        event.remove(db.engine, "before_cursor_execute", note)
        db.session.commit()
        return len(seen)

    assert statements(1) == statements(12) <= 25


def test_a_rolled_back_erasure_erased_nothing(peopled):
    put_back(peopled.festival, days=61)
    before = rows()

    erase(peopled.festival)
    db.session.rollback()

    assert rows() == before


def test_the_worker_erases_all_that_is_due_and_leaves_empty_drafts(peopled, make_festival):
    gone_by = {"first_day": today() - timedelta(days=200), "last_day": today() - timedelta(days=200)}
    draft = make_festival(status=FestivalStatus.DRAFT, **gone_by)
    quiet = make_festival(**gone_by)
    put_back(peopled.festival, days=61)

    assert due_festivals() == [quiet, peopled.festival]
    assert erase_due_festivals() == 2
    assert draft.status is FestivalStatus.DRAFT
    assert peopled.family.contact_name == NOBODY


def test_a_draft_with_people_in_it_is_due_too(make_festival, make_household):
    festival = make_festival()
    make_household(festival=festival)
    festival.status = FestivalStatus.DRAFT
    put_back(festival, days=61)

    assert due_festivals() == [festival]


def test_the_worker_looks_every_hour(app):
    tasks = app.extensions["huey"]._registry.periodic_tasks

    assert "erase_due_every_hour" in {type(task).__name__ for task in tasks}


def test_sqlites_file_holds_none_of_the_words(peopled, database):
    put_back(peopled.festival, days=61)
    assert bool(words_in_the_file(peopled)) is (database == "sqlite")

    assert erase_due_festivals() == 1

    assert words_in_the_file(peopled) == set()


def test_data_are_kept_for_a_year_at_most(festival):
    for days in (0, 366):
        festival.keep_days = days
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()


def test_erased_registrations_can_be_listed_and_opened(erased, sign_in):
    browser = sign_in()

    for path in ("", "registrations", f"registrations/{erased.family.id}", "registrations.xlsx", "certificates"):
        assert browser.get(f"/manage/{erased.festival.slug}/{path}").status_code == 200, path


def test_the_same_household_may_be_erased_in_two_festivals(make_festival):
    for _ in range(2):
        festival = make_festival()
        factories.make_household(festival)
        put_back(festival, days=61)

    assert erase_due_festivals() == 2
