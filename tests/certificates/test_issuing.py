"""Issuing: who gets a certificate, and numbers without gaps and doubles."""

from __future__ import annotations

import io
import threading

import pytest
from sqlalchemy import select

from festival.certificates import replacing
from festival.certificates.criteria import Standing, standings
from festival.certificates.designs import sheet_of
from festival.certificates.issuing import IssueOutcome, issue, issue_to_all
from festival.certificates.models import Certificate
from festival.certificates.sheets import write_print_file
from festival.checkin.models import CheckpointKind
from festival.extensions import db
from festival.registration.models import Attendee
from tests import factories
from tests.certificates.paper import words


def test_whoever_was_let_in_at_an_entrance_gets_one(festival, make_household, admit):
    admitted, absent = make_household(members=2).attendees
    admit(admitted)

    given, refused = issue(admitted), issue(absent)

    assert given.outcome is IssueOutcome.ISSUED
    assert given.certificate.serial == f"0001/{festival.first_day.year}/CN"
    assert given.certificate.name == admitted.name
    assert (refused.outcome, refused.standing) == (IssueOutcome.NOT_EARNED, Standing.NOT_EARNED)


def test_a_stamp_at_a_booth_is_not_an_entrance(festival, make_household, make_device, admit):
    (person,) = make_household(members=1).attendees
    booth = factories.make_booth(festival)
    stamp = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)
    admit(person, paired=make_device(checkpoints=[stamp]))

    assert issue(person).outcome is IssueOutcome.NOT_EARNED


def test_the_entrance_of_another_festival_does_not_count(make_festival, make_household, make_device, admit):
    (person,) = make_household(members=1).attendees
    admit(person, paired=make_device(festival=make_festival()))

    assert issue(person).outcome is IssueOutcome.NOT_EARNED


def test_asking_twice_gives_the_same_certificate(make_household, admit):
    (person,) = make_household(members=1).attendees
    admit(person)

    first, second = issue(person), issue(person)

    assert second.outcome is IssueOutcome.ALREADY_ISSUED
    assert second.certificate is first.certificate


def test_the_name_is_frozen_when_it_is_issued(make_household, admit):
    (person,) = make_household(members=1).attendees
    admit(person)
    certificate = issue(person).certificate

    person.name = "Tên Khác"
    db.session.commit()

    assert db.session.get(Certificate, certificate.id).name == "Nguyễn Thị Thử"


def test_a_revoked_certificate_is_not_replaced_by_asking_again(make_household, admit):
    (person,) = make_household(members=1).attendees
    admit(person)
    certificate = issue(person).certificate

    assert replacing.revoke(certificate, "Nhầm người")
    assert not replacing.revoke(certificate, "Lần nữa")

    assert issue(person).outcome is IssueOutcome.REVOKED
    assert certificate.revoke_reason == "Nhầm người"


def test_a_number_goes_back_when_the_transaction_fails(make_household, admit):
    one, other = make_household(members=2).attendees
    admit(one, other)

    issue(one)
    db.session.rollback()

    assert issue(other).certificate.number == 1


def test_all_who_qualify_are_numbered_by_ward_and_name(festival, make_household, admit):
    factories.make_ward("00001", "Phường A").folded = "phuong a"
    factories.make_ward("00002", "Phường B").folded = "phuong b"
    later, nowhere, first = (
        make_household(members=2, ward_code=ward, phone=f"+8491234567{place}")
        for place, ward in enumerate(("00002", None, "00001"))
    )
    admit(*later.attendees, *nowhere.attendees, first.attendees[0])

    assert issue_to_all(festival) == 5
    assert issue_to_all(festival) == 0

    found = db.session.scalars(select(Certificate).order_by(Certificate.number)).all()
    people = [(one.number, one.attendee.registration.ward_code, one.name) for one in found]
    assert people == [
        (1, "00001", "Nguyễn Thị Thử"),
        (2, "00002", "Đỗ Văn Mẫu"),
        (3, "00002", "Nguyễn Thị Thử"),
        (4, None, "Đỗ Văn Mẫu"),
        (5, None, "Nguyễn Thị Thử"),
    ]


def test_the_file_for_the_printer_leaves_revoked_ones_out(festival, make_household, admit):
    family = make_household(members=3)
    admit(*family.attendees)
    issue_to_all(festival)
    replacing.revoke(issue(family.attendees[1]).certificate, "Thử")

    out = io.BytesIO()

    assert write_print_file(festival, out) == 2
    assert "Nguyễn Thị Thử" in words(out.getvalue(), 1) + words(out.getvalue(), 2)


def test_standings_of_a_household_in_its_order(make_household, admit):
    family = make_household(members=3)
    admit(*family.attendees[:2])
    issue(family.attendees[0])

    assert list(standings(family.attendees).values()) == [Standing.ISSUED, Standing.EARNED, Standing.NOT_EARNED]


def test_a_peoples_committee_is_written_out_and_its_chairman_signs(festival):
    sheet = sheet_of(festival)

    assert sheet.issuer == "Ủy ban nhân dân phường Thử Nghiệm"
    assert sheet.signer_titles == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


@pytest.mark.parametrize("one_by_one", [True, False])
def test_many_at_once_leave_no_gap_and_no_double(app, festival, make_household, admit, one_by_one):
    """Eight threads ask for the same 24 people, one of them for all at a stroke in the second round."""
    people = make_household(members=24).attendees
    admit(*people)
    wanted = [person.id for person in people]
    festival_id = festival.id
    db.session.remove()
    ready, errors = threading.Barrier(8), []

    def ask(number: int) -> None:
        with app.app_context():
            try:
                ready.wait(timeout=20)
                if number == 0 and not one_by_one:
                    issue_to_all(db.session.get_one(type(festival), festival_id))
                    db.session.commit()
                for place in range(len(wanted)):
                    issue(db.session.get_one(Attendee, wanted[(place + 3 * number) % len(wanted)]))
                    if (place + number) % 5 == 0:
                        db.session.rollback()
                    else:
                        db.session.commit()
                    db.session.remove()
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert not errors
    found = db.session.scalars(select(Certificate).order_by(Certificate.number)).all()
    assert [one.number for one in found] == list(range(1, 25))
    assert len({one.attendee_id for one in found}) == len({one.code for one in found}) == 24
    assert db.session.get_one(type(festival), festival_id).certificates_issued == 24
