"""The way to each certificate on the household's own page, and after a stamp."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import event

from festival.certificates.issuing import IssueOutcome, issue
from festival.certificates.models import CertificateKind, Design
from festival.certificates.progress import family_progress
from festival.checkin.models import Admission, Checkpoint, CheckpointKind
from festival.core.clock import now
from festival.extensions import db
from festival.registration.links import secret_of
from festival.registration.models import Attendee
from tests import factories
from tests.conftest import plain
from tests.household.conftest import on_screen, press


def make_design(festival, name, rule=None, kind=CertificateKind.PARTICIPATION, **more):
    design = Design(festival_id=festival.id, kind=kind, name=name, look={}, rule=rule or {}, **more)
    db.session.add(design)
    db.session.commit()
    return design


def admit(person: Attendee, place: Checkpoint) -> None:
    db.session.add(Admission(attendee_id=person.id, checkpoint_id=place.id, scan_id=uuid4(), admitted_at=now()))
    db.session.commit()


@pytest.fixture
def gate(festival) -> Checkpoint:
    return factories.make_checkpoint(festival)


def page(client, family) -> str:
    return client.get(f"/r/{secret_of(family)}?lang=en").text


def test_each_person_sees_how_far_and_what_is_left(client, festival, gate, make_household, make_session):
    session = make_session(title="VNeID")
    place = factories.make_checkpoint(festival, CheckpointKind.SESSION, name="VNeID", session_id=session.id)
    rule = {"need": "all", "of": [{"fact": "entrance"}, {"fact": "sessions", "at_least": 2}, {"fact": "stamps"}]}
    make_design(festival, "Chứng nhận tham gia", rule)
    family = make_household(members=2)
    first, second = family.attendees
    admit(first, gate)
    admit(first, place)

    words = plain(page(client, family))

    assert f"{first.name} 1 of 3 done" in words
    assert f"{second.name} 0 of 3 done" in words
    assert "Still to do: Attend 2 sessions 1 more session" in words
    assert "Show the ticket at the entrance: Nhà văn hóa phường" in words


def test_a_certificate_that_is_earned_is_there_to_be_taken_and_then_to_be_opened(
    client, festival, gate, make_household
):
    design = make_design(festival, "Chứng nhận tham gia")
    family = make_household(members=1)
    person = family.attendees[0]
    admit(person, gate)

    assert f'/certificates/{person.id}/{design.id}">' in page(client, family)
    assert "Get the certificate" in page(client, family)

    issue(person, design)
    db.session.commit()
    assert "Open the certificate" in page(client, family)


def test_what_only_the_organizer_issues_is_not_offered(client, festival, gate, make_household):
    make_design(festival, "Chứng nhận tham gia", by_residents=False)
    family = make_household(members=1)
    admit(family.attendees[0], gate)

    words = plain(page(client, family))

    assert "Get the certificate" not in words
    assert "The organizer issues it; it will be here then." in words


def test_a_festival_whose_certificate_nobody_has_touched_has_one_of_participation(client, gate, make_household):
    family = make_household(members=1)
    before = plain(page(client, family))
    admit(family.attendees[0], gate)

    assert "Certificate of participation 0 of 1 done" in before
    assert "Get the certificate" in page(client, family)
    assert db.session.query(Design).count() == 0


def test_the_family_has_its_own_and_sees_who_is_missing(client, festival, gate, make_household):
    make_design(festival, "Gia đình số", kind=CertificateKind.HOUSEHOLD)
    family = make_household(members=2)
    admit(family.attendees[0], gate)

    words = plain(page(client, family))

    assert "The whole family 1 of 2 done" in words
    assert f"Done: {family.attendees[0].name}" in words
    assert f"Still to do: {family.attendees[1].name}" in words


def test_what_nobody_has_begun_is_listed_below_and_what_is_booked_above(festival, make_household, make_session):
    taken, other = make_session(title="VNeID"), make_session(title="Thanh toán")
    for session in (taken, other):
        name = session.workshop.title
        make_design(festival, name, kind=CertificateKind.COMPLETION, workshop_id=session.workshop_id)
    family = make_household(members=1, sessions=(taken,))

    (row,) = family_progress(family)

    assert [one.name for one in row.near] == ["Chứng nhận tham gia", "VNeID"]
    assert [one.name for one in row.more] == ["Thanh toán"]


def test_a_design_that_was_put_away_is_no_way_any_more(festival, make_household):
    make_design(festival, "Cũ", kind=CertificateKind.VOLUNTEER, archived_at=now())
    family = make_household(members=1)

    assert [one.name for row in family_progress(family) for one in (*row.near, *row.more)] == ["Chứng nhận tham gia"]


def test_a_large_family_and_many_designs_take_no_more_statements(festival, gate, make_household, make_session):
    session = make_session()
    small, large = make_household(members=1), make_household(members=9, phone="+84912345670")
    make_design(festival, "A", {"need": "all", "of": [{"fact": "entrance"}, {"fact": "sessions"}, {"fact": "stamps"}]})
    make_design(festival, "Nhà", kind=CertificateKind.HOUSEHOLD)
    counts = []
    for family, more in ((small, 0), (large, 5)):
        for number in range(more):
            make_design(festival, f"B{number}", kind=CertificateKind.COMPLETION, workshop_id=session.workshop_id)
        made: list[str] = []
        list(family.attendees)
        note = lambda *args, made=made: made.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        family_progress(family)
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append([statement for statement in made if statement.startswith("SELECT")])
    new_fact = 1  # the workshops of the new designs are a fact that nobody had asked for

    assert len(counts[1]) <= len(counts[0]) + new_fact <= 13


def test_a_festival_that_has_put_taking_part_away_certifies_it_no_longer(festival, gate, make_household):
    make_design(festival, "Tham gia", archived_at=now())
    make_design(festival, "Gia đình số", kind=CertificateKind.HOUSEHOLD)
    family = make_household(members=1)
    admit(family.attendees[0], gate)

    assert [one.name for row in family_progress(family) for one in row.near] == ["Gia đình số"]
    assert issue(family.attendees[0]).outcome is IssueOutcome.NOT_OFFERED


@pytest.mark.usefixtures("clock")
def test_a_stamp_shows_how_far_it_brings_the_certificate(phone, festival, household, place):
    make_design(festival, "Chứng nhận Hành trình số", {"need": "all", "of": [{"fact": "stamps", "at_least": 3}]})

    answer = plain(press(phone, on_screen(place), f"one-{household.attendees[0].id}").text)

    assert "Chứng nhận Hành trình số Đã xong 1/3. Còn thiếu: 2 dấu nữa." in answer
