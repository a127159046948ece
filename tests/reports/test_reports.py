"""The day's numbers, finding a registration, and the workbook to take home."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.checkin.models import Admission, CheckpointKind, Device, Scan
from festival.core.clock import local, now
from festival.extensions import db
from festival.registration.models import Relation
from festival.registration.signing_up import Member, sign_up
from festival.reports import registration_search
from festival.reports.figures import figures_of
from tests import factories
from tests.conftest import plain


def admit(attendee, device, checkpoint, moment=None, **values):
    """Let in, as scanning keeps it: the passage and, the first time, the admission."""
    scan = Scan(
        id=uuid.uuid4(),
        festival_id=attendee.festival_id,
        checkpoint_id=checkpoint.id,
        device_id=device.id if device else None,
        attendee_id=attendee.id,
        scanned_at=moment or now(),
        verdict="admitted",
        **{"passed": True, "answer": {}, **values},
    )
    db.session.add(scan)
    known = select(Admission).where(Admission.attendee_id == attendee.id, Admission.checkpoint_id == checkpoint.id)
    if scan.direction != "out" and scan.undone_at is None and db.session.scalar(known) is None:
        db.session.add(
            Admission(
                attendee_id=attendee.id,
                checkpoint_id=checkpoint.id,
                device_id=scan.device_id,
                scan_id=scan.id,
                admitted_at=scan.scanned_at,
            )
        )
    db.session.commit()
    return scan


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


def test_coming_back_counts_once_with_the_first_door_and_hour(festival, make_household, make_device, entrance):
    first, second = (make_device(name=name, checkpoints=[entrance]).device for name in ("Cửa B", "Cửa A"))
    person = make_household(members=1).attendees[0]
    early = now() - timedelta(hours=3)
    admit(person, second, entrance)
    admit(person, first, entrance, early)
    admit(person, first, entrance, early + timedelta(hours=1), direction="out")

    figures = figures_of(festival)

    assert (figures.admitted, figures.by_door) == (1, [("Cửa B", 1)])
    assert figures.by_hour == [(f"{local(early).hour:02}:00", 1)]


def test_undone_and_refused_passages_are_not_counted(festival, make_household, make_device, entrance):
    device = make_device(checkpoints=[entrance]).device
    people = make_household(members=3).attendees
    admit(people[0], device, entrance, undone_at=now())
    admit(people[1], device, entrance, passed=False)
    admit(people[2], device, entrance, direction="out")

    figures = figures_of(festival)

    assert (figures.admitted, figures.by_hour, figures.by_door) == (0, [], [])


def test_people_typed_in_from_paper_are_counted_and_named_so(festival, make_household, entrance):
    admit(make_household(members=1).attendees[0], None, entrance)

    figures = figures_of(festival)

    assert figures.admitted == 1
    assert [count for _name, count in figures.by_door] == [1]


def day_page(festival, browser):
    return plain(browser.get(f"/manage/{festival.slug}/?lang=en").text)


def test_the_day_tells_who_is_inside_and_which_doors_are_silent(
    festival, make_household, make_device, entrance, sign_in
):
    fresh, silent = (make_device(name=name, checkpoints=[entrance]).device for name in ("Cửa A", "Cửa B"))
    for device, ago, waiting in ((fresh, 125, 0), (silent, 420, 14)):
        device.last_seen_at, device.waiting = now() - timedelta(seconds=ago), waiting
    people = make_household(members=3).attendees
    for person in people:
        admit(person, fresh, entrance, now() - timedelta(minutes=9))
    admit(people[0], fresh, entrance, now() - timedelta(minutes=5), direction="out")

    page = day_page(festival, sign_in())

    assert "2 inside now, of 1500 places (0 %)" in page
    assert "3 people have come in all." in page
    assert "Phones at the doors still hold 14 scans" in page
    assert "2 minutes ago" in page
    assert "silent for 7 minutes, may still hold 14 scans" in page


@pytest.mark.parametrize(
    ("capacity", "words"),
    [
        (8, None),
        (5, "getting full"),
        (4, "Nobody else may come in"),
    ],
)
def test_the_day_warns_when_the_house_fills_up(
    festival, make_household, make_device, entrance, sign_in, capacity, words
):
    device = make_device(checkpoints=[entrance]).device
    for person in make_household(members=4).attendees:
        admit(person, device, entrance)
    festival.capacity = capacity
    db.session.commit()

    page = day_page(festival, sign_in())

    assert ("of the places are taken" in page) is (words is not None)
    assert words is None or words in page


def test_an_unpaired_phone_is_named_so_and_another_festivals_doors_are_not_shown(
    festival, make_festival, make_household, make_device, entrance, sign_in
):
    gone = make_device(name="Cửa cũ", checkpoints=[entrance]).device
    admit(make_household(members=1).attendees[0], gone, entrance)
    gone.revoked_at = now()
    make_device(festival=make_festival(), name="Cửa lạ")
    db.session.commit()

    page = day_page(festival, sign_in())

    assert "Cửa cũ 1 unpaired" in page
    assert "Cửa lạ" not in page
    assert db.session.query(Device).count() == 2


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


@pytest.mark.parametrize("common", [2, 100])
def test_of_a_name_that_many_have_the_newest_are_listed_and_more_is_asked_for(
    festival, make_household, sign_in, monkeypatch, common
):
    monkeypatch.setattr(registration_search, "MOST_LISTED", 3)
    monkeypatch.setattr(registration_search, "COMMON", common)
    for number in range(5):
        make_household(members=2 if number == 4 else 1, contact_name=f"Nhà {number}")
    browser, address = sign_in(), f"/manage/{festival.slug}/registrations"

    many, few = (
        plain(browser.get(address, query_string={"q": wanted, "lang": "en"}).text) for wanted in ("thử", "mẫu")
    )

    assert [number for number in range(5) if f"Nhà {number}" in many] == [2, 3, 4]
    assert "So many fit that only the newest 3 are listed" in many
    assert "Nhà 4" in few
    assert "So many fit" not in few


@pytest.mark.parametrize("way", ["name", "phone", "code"])
def test_a_registration_of_another_festival_is_not_found(festival, make_festival, make_household, sign_in, way):
    other = make_household(festival=make_festival(), members=1)
    wanted = {"name": "thử", "phone": "5678", "code": other.tickets[1].short_code}[way]

    page = sign_in().get(f"/manage/{festival.slug}/registrations", query_string={"q": wanted})

    assert "0912 345 678" not in page.text


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
