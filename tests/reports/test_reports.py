"""The day's numbers, finding a registration, and the workbook to take home."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace

import openpyxl
import pytest

from festival.accounts.models import AuditEntry, StaffRole
from festival.checkin.models import Admission, CheckpointKind
from festival.core.clock import now
from festival.extensions import db
from festival.registration.models import Relation
from festival.registration.signing_up import Member, sign_up
from festival.reports.figures import figures_of
from tests import factories
from tests.conftest import plain


def admit(attendee, device, checkpoint):
    db.session.add(
        Admission(
            attendee_id=attendee.id,
            checkpoint_id=checkpoint.id,
            device_id=device.id,
            scan_id=uuid.uuid4(),
            admitted_at=now(),
        )
    )
    db.session.commit()


@pytest.fixture
def entrance(festival):
    return factories.make_checkpoint(festival)


def test_figures_count_a_person_once_however_many_entrances(festival, make_household, make_device, entrance):
    second = factories.make_checkpoint(festival, name="Cổng sau")
    device = make_device(checkpoints=[entrance, second]).device
    family = make_household(members=3)
    for checkpoint in (entrance, second):
        admit(family.attendees[0], device, checkpoint)

    figures = figures_of(festival)

    assert (figures.registrations, figures.people, figures.admitted) == (1, 3, 1)
    assert figures.by_door == [("Cửa A", 1)]
    assert sum(count for _hour, count in figures.by_hour) == 1


def test_stamps_and_sessions_are_counted_apart(festival, make_household, make_device, make_session):
    session = make_session()
    room = factories.make_checkpoint(festival, CheckpointKind.SESSION, session_id=session.id)
    booth = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=factories.make_booth(festival).id)
    device = make_device(checkpoints=[room, booth]).device
    person = make_household(members=1, sessions=(session,)).attendees[0]
    admit(person, device, room)
    admit(person, device, booth)

    figures = figures_of(festival)

    assert (figures.admitted, figures.stamps) == (0, 1)
    assert [(each.id, count) for each, count in figures.sessions] == [(session.id, 1)]


def test_another_festivals_people_are_not_counted(festival, make_festival, make_household):
    make_household(festival=make_festival(), members=5)

    assert figures_of(festival).people == 0


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("thi thu", True),
        ("Đỗ Văn", True),
        ("do van", True),
        ("5678", True),
        ("0912 345 678", True),
        ("0912345678", True),
        ("678", False),
        ("999999", False),
        ("%", False),
        ("_", False),
        ("x" * 5000, False),
        ("<script>", False),
    ],
)
def test_a_registration_is_found_by_name_phone_or_code(festival, make_household, sign_in, wanted, found):
    make_household(members=2)

    page = sign_in().get(f"/manage/{festival.slug}/registrations", query_string={"q": wanted})

    assert ("0912 345 678" in page.text) is found
    assert "<script>" not in page.text.replace("<script type", "")


def test_a_registration_is_found_by_its_short_code(festival, make_household, sign_in):
    code = make_household(members=2).tickets[1].short_code

    page = sign_in().get(f"/manage/{festival.slug}/registrations?q={code[:4].lower()}-{code[4:].lower()}")

    assert "0912 345 678" in page.text


def test_one_registration_shows_its_people(festival, make_household, make_device, entrance, sign_in):
    family = make_household(members=2)
    admit(family.attendees[0], make_device(checkpoints=[entrance]).device, entrance)

    page = plain(sign_in().get(f"/manage/{festival.slug}/registrations/{family.id}").text)

    assert family.attendees[1].name in page
    assert "Cổng chính (Cửa A)" in page


def test_a_registration_of_another_festival_is_not_shown(festival, make_festival, make_household, sign_in):
    other = make_household(festival=make_festival(), members=1)

    assert sign_in().get(f"/manage/{festival.slug}/registrations/{other.id}").status_code == 404


def test_the_workbook_has_no_formulas_and_keeps_the_plus(festival, sign_in, make_session):
    session = make_session(title="=HYPERLINK(1)")
    names = ["=cmd()|'/c calc'!A0", "+84 Đỗ", "@SUM(1)", "-2+3", "Nguyễn Thị Thuỳ Dương"]
    wanted = frozenset({session.id})
    household = factories.household_of(members=1)
    people = [Member(name, 1990, Relation.OTHER, wanted) for name in names]
    sign_up(festival, replace(household, members=people, contact_name=names[0]))
    db.session.commit()

    answer = sign_in().get(f"/manage/{festival.slug}/registrations.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == set(names)
    assert {row[6].value for row in sheet.iter_rows(min_row=2)} == {"+84912345678"}
    assert db.session.query(AuditEntry).filter_by(action="registrations.exported").count() == 1


def test_an_observer_sees_figures_but_takes_no_workbook_home(festival, sign_in):
    observer = sign_in(StaffRole.OBSERVER)

    assert observer.get(f"/manage/{festival.slug}/").status_code == 200
    assert observer.get(f"/manage/{festival.slug}/registrations.xlsx").status_code == 403
