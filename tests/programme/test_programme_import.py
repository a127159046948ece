"""Importing a programme: twice is once, corrections correct, and nobody loses a seat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from festival.accounts.models import AuditEntry
from festival.core.signing import is_signed, sign
from festival.extensions import db
from festival.programme.exporting import workbook_of
from festival.programme.import_plan import Tally
from festival.programme.importing import apply_reading, plan_reading
from festival.programme.models import Booth, Festival, FestivalStatus, Session, Workshop
from festival.programme.reading import FestivalFacts, ProgrammeReading
from festival.programme.setting_up import PublishOutcome, make_festival, missing_facts, publish, unpublish
from festival.programme.slugs import is_free, make_slug
from festival.programme.workbook import read_workbook
from tests import factories
from tests.programme.workbooks import TEMPLATE_FORM, make_workbook, with_cell


@pytest.fixture
def reading() -> ProgrammeReading:
    return read_workbook(make_workbook())


@pytest.fixture
def draft(organization, reading) -> Festival:
    """A draft with the small programme of `workbooks.py`, committed."""
    factories.make_ward()
    festival = make_festival(organization, reading.facts)
    apply_reading(reading, festival)
    db.session.commit()
    return festival


def count(kind: type) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_the_template_form_becomes_a_draft_festival(organization):
    factories.make_ward()
    reading = read_workbook(TEMPLATE_FORM)
    festival = make_festival(organization, reading.facts)

    result = apply_reading(reading, festival)
    db.session.commit()

    assert (festival.slug, festival.status, festival.ward_code) == ("ngay-hoi-2027", FestivalStatus.DRAFT, "00256")
    assert (result.zones, result.booths) == (Tally(created=4), Tally(created=40))
    assert (result.workshops, result.sessions) == (Tally(created=18), Tally(created=41))
    assert (count(Booth), count(Workshop), count(Session)) == (40, 18, 41)


def test_a_new_festival_signs_with_its_own_key(draft):
    assert is_signed(b"ticket", sign(b"ticket", draft.sealed_private_key), draft.public_key)


def test_importing_the_same_file_again_changes_nothing(draft, reading):
    entries = count(AuditEntry)

    result = apply_reading(reading, draft)
    db.session.commit()

    assert result.changes_nothing
    assert (result.booths, result.sessions) == (Tally(unchanged=3), Tally(unchanged=3))
    assert (count(Booth), count(Session), count(AuditEntry)) == (3, 3, entries)


def test_a_corrected_file_corrects(draft):
    corrected = read_workbook(with_cell("Gian hàng", "B2", "VNeID mức 2, tầng 1"))

    result = apply_reading(corrected, draft)
    db.session.commit()

    assert result.booths == Tally(updated=1, unchanged=2)
    booth = db.session.scalar(select(Booth).where(Booth.code == "A01"))
    assert booth.name == "VNeID mức 2, tầng 1"
    assert "tang 1" in booth.folded


def test_blank_cells_change_nothing(draft):
    result = apply_reading(read_workbook(with_cell("Gian hàng", "F2", None)), draft)

    assert result.changes_nothing
    assert db.session.scalar(select(Booth.description).where(Booth.code == "A01")) == "Mang theo điện thoại."


def test_a_plan_says_what_an_import_would_do_and_does_nothing(draft):
    corrected = read_workbook(with_cell("Lớp học", "H2", 40))

    plan = plan_reading(corrected, draft)

    assert plan.sessions == Tally(updated=1, unchanged=2)
    assert not db.session.dirty
    assert not db.session.new
    assert plan == apply_reading(corrected, draft)


def test_what_the_file_no_longer_has_is_kept_and_listed(draft, reading):
    smaller = replace(reading, booths=reading.booths[1:], sessions=reading.sessions[:2])

    result = apply_reading(smaller, draft)

    assert result.kept_booths == ("A01 VNeID mức 2",)
    assert result.kept_sessions == ("Robot dò đường, P102, 08:00 10/10/2027",)
    assert (count(Booth), count(Session)) == (3, 3)


def test_a_capacity_below_the_seats_taken_is_refused_by_name_and_the_rest_goes_on(draft):
    session = db.session.scalars(select(Session).where(Session.capacity == 16)).one()
    session.seats_taken = 10
    db.session.commit()

    def change(book):
        book["Lớp học"]["H4"] = 9
        book["Lớp học"]["G4"] = "9:30"
        book["Lớp học"]["H2"] = 31

    result = apply_reading(read_workbook(make_workbook(change)), draft)
    db.session.commit()

    (refusal,) = result.seats_taken
    assert (refusal.name, refusal.asked, refusal.taken, refusal.row) == (
        "Robot dò đường, P102, 08:00 10/10/2027",
        9,
        10,
        4,
    )
    assert session.capacity == 16
    assert session.ends_at.minute == 30
    assert result.sessions == Tally(updated=2, unchanged=1)


def test_a_festival_cannot_shrink_below_the_people_registered(draft):
    draft.places_taken = 100
    db.session.commit()

    result = apply_reading(read_workbook(with_cell("Thông tin chung", "B8", 99)), draft)

    assert (result.seats_taken[0].asked, result.seats_taken[0].taken) == (99, 100)
    assert draft.capacity == 1500


def test_changed_facts_are_named_with_before_and_after(draft):
    result = apply_reading(read_workbook(with_cell("Thông tin chung", "B7", "Sân vận động")), draft)

    assert [(one.field, one.before, one.after) for one in result.facts] == [
        ("venue", "Nhà văn hóa phường", "Sân vận động")
    ]
    assert draft.venue == "Sân vận động"


def test_what_is_exported_imports_without_a_change(draft):
    result = apply_reading(read_workbook(workbook_of(draft), known_wards={"00256"}), draft)

    assert result.changes_nothing
    assert (result.kept_booths, result.kept_sessions) == ((), ())


def test_an_import_is_in_the_audit_log(draft):
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.action == "programme.imported"))

    assert (entry.festival_id, entry.after["booths"]) == (draft.id, "+3 ~0")


def test_a_festival_cannot_be_made_of_incomplete_facts():
    assert missing_facts(FestivalFacts(name="Ngày hội")) == (
        "organizer_name",
        "first_day",
        "opens_at",
        "closes_at",
        "venue",
        "capacity",
    )


def test_slugs_are_short_unique_and_never_an_address_of_ours(app, make_festival):
    assert make_slug("Ngày hội toàn dân học tập số 2027", 2027) == "ngay-hoi-2027"
    make_festival(slug="ngay-hoi-2027")
    assert make_slug("Ngày hội toàn dân", 2027, "Phường Hai Bà Trưng") == "ngay-hoi-phuong-hai-ba-trung-2027"
    make_festival(slug="ngay-hoi-phuong-hai-ba-trung-2027")
    assert make_slug("Ngày hội toàn dân", 2027, "Phường Hai Bà Trưng") == "ngay-hoi-2027-2"
    assert make_slug("!!!", 2027) == "ngay-hoi-2027-2"
    for word in ("manage", "r", "q", "c", "door", "static", "api", "healthz", "new", "import", "Ngay-Hoi", "a b", ""):
        assert not is_free(word), word


def test_an_empty_festival_is_not_published(organization, reading):
    festival = make_festival(organization, replace(reading.facts, ward_code=None))

    assert publish(festival) is PublishOutcome.INCOMPLETE
    assert festival.status is FestivalStatus.DRAFT


def test_a_festival_is_published_once_and_taken_back_while_nobody_is_registered(draft):
    assert publish(draft) is PublishOutcome.DONE
    assert publish(draft) is PublishOutcome.WRONG_STATUS
    draft.places_taken = 1
    assert unpublish(draft) is PublishOutcome.PEOPLE_REGISTERED
    draft.places_taken = 0
    assert unpublish(draft) is PublishOutcome.DONE
    assert draft.status is FestivalStatus.DRAFT
