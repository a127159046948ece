"""Who came in twice, who was let in by mistake, and taking scans back from the desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from festival.accounts.models import AuditEntry, StaffRole
from festival.checkin import conflicts
from festival.checkin.headcount import headcount
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, Scan, ScanSource
from festival.core.clock import at_local, now, today
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee
from tests.conftest import plain
from tests.factories import make_checkpoint, make_device

MORNING = at_local(today() - timedelta(days=2), time(8))
HOUR = timedelta(hours=1)


@pytest.fixture
def gate(festival: Festival) -> Checkpoint:
    return make_checkpoint(festival)


@pytest.fixture
def doors(festival: Festival, gate: Checkpoint) -> list[Device]:
    return [make_device(festival, name=name, checkpoints=[gate]).device for name in ("Cửa A", "Cửa B")]


@pytest.fixture
def person(make_household: Callable[..., object]) -> Attendee:
    return make_household(members=1).attendees[0]


@pytest.fixture
def scan(gate: Checkpoint) -> Callable[..., Scan]:
    """A scan that went through, kept; the earliest "in" of a person owns the admission."""

    def make(person: Attendee, at: datetime, door: Device | None = None, **values: object) -> Scan:
        defaults: dict[str, object] = {
            "id": uuid4(),
            "festival_id": gate.festival_id,
            "checkpoint_id": gate.id,
            "device_id": door.id if door else None,
            "attendee_id": person.id,
            "scanned_at": at,
            "raw_scanned_at": at,
            "direction": "in",
            "offline": True,
            "shown": "admitted",
            "verdict": "admitted",
            "passed": True,
            "answer": {},
        }
        row = Scan(**{**defaults, **values})
        db.session.add(row)
        if row.direction == "in" and row.passed:
            owner = db.session.scalar(
                select(Admission).where(
                    Admission.attendee_id == row.attendee_id, Admission.checkpoint_id == row.checkpoint_id
                )
            )
            if owner is None:
                owner = Admission(attendee_id=row.attendee_id, checkpoint_id=row.checkpoint_id, admitted_at=at)
                owner.scan_id, owner.device_id = row.id, row.device_id
                db.session.add(owner)
        db.session.commit()
        return row

    return make


def ids(found: list[conflicts.Conflict]) -> list[tuple[UUID, UUID]]:
    return [(one.first.scan_id, one.second.scan_id) for one in found]


def test_two_doors_that_let_in_the_same_person_are_a_conflict(festival, gate, doors, person, scan):
    first = scan(person, MORNING, doors[0])
    second = scan(person, MORNING + timedelta(minutes=7), doors[1], raw_scanned_at=MORNING - timedelta(minutes=20))

    (conflict,) = conflicts.conflicts_of(festival)

    assert (conflict.subject.name, conflict.subject.checkpoint, conflict.other) == (person.name, gate.name, None)
    assert (conflict.first.door, conflict.second.door) == ("Cửa A", "Cửa B")
    assert (conflict.first.at, conflict.second.at) == (first.scanned_at, second.scanned_at)
    assert (conflict.first.owns, conflict.second.owns) == (True, False)
    assert conflict.second.offline
    assert conflict.first.raw_at is None
    assert conflict.second.raw_at == MORNING - timedelta(minutes=20)
    assert conflicts.count(festival) == 1


def test_a_clock_that_was_off_by_less_than_a_minute_is_not_mentioned(festival, doors, person, scan):
    scan(person, MORNING, doors[0])
    scan(person, MORNING + HOUR, doors[1], raw_scanned_at=MORNING + HOUR + timedelta(seconds=59))

    (conflict,) = conflicts.conflicts_of(festival)

    assert conflict.second.raw_at is None


def test_the_order_of_arrival_does_not_matter(festival, doors, person, scan):
    late = scan(person, MORNING + HOUR, doors[0])
    early = scan(person, MORNING, doors[1])

    assert ids(conflicts.conflicts_of(festival)) == [(early.id, late.id)]


def test_going_out_between_two_entries_is_no_conflict(festival, doors, person, scan):
    scan(person, MORNING, doors[0])
    scan(person, MORNING + HOUR, doors[0], direction="out", verdict="exited", shown="exited")
    scan(person, MORNING + 2 * HOUR, doors[1])

    assert conflicts.conflicts_of(festival) == []
    assert conflicts.count(festival) == 0


def test_an_exit_that_did_not_go_through_excuses_nothing(festival, doors, person, scan):
    scan(person, MORNING, doors[0])
    scan(person, MORNING + HOUR, doors[0], direction="out", verdict="unknown", shown="unknown", passed=False)
    scan(person, MORNING + 2 * HOUR, doors[1])

    assert len(conflicts.conflicts_of(festival)) == 1


def test_where_nobody_may_come_back_going_out_excuses_nothing(festival, gate, doors, person, scan):
    gate.re_entry = False
    scan(person, MORNING, doors[0])
    scan(person, MORNING + HOUR, doors[0], direction="out", verdict="exited", shown="exited")
    scan(person, MORNING + 2 * HOUR, doors[1], verdict="already_admitted")

    assert len(conflicts.conflicts_of(festival)) == 1


def test_a_new_day_at_the_entrance_is_no_conflict(festival, doors, person, scan):
    scan(person, MORNING, doors[0])
    scan(person, MORNING + timedelta(days=1), doors[0])

    assert conflicts.conflicts_of(festival) == []


def test_a_stamp_given_twice_is_a_conflict_on_another_day_too(festival, person, scan):
    meal = make_checkpoint(festival, CheckpointKind.CUSTOM, name="Suất ăn")
    scan(person, MORNING, checkpoint_id=meal.id)
    scan(person, MORNING + timedelta(days=1), checkpoint_id=meal.id)

    assert len(conflicts.conflicts_of(festival)) == 1


def test_undone_and_refused_scans_are_no_conflict(festival, doors, person, scan):
    scan(person, MORNING, doors[0])
    scan(person, MORNING + HOUR, doors[1], verdict="already_admitted", shown="already_admitted", passed=False)
    scan(person, MORNING + 2 * HOUR, doors[1], undone_at=now(), undo_reason="nhầm")

    assert conflicts.conflicts_of(festival) == []


def test_three_entries_are_two_conflicts(festival, doors, person, scan):
    one, two, three = (scan(person, MORNING + hours * HOUR, doors[hours % 2]) for hours in range(3))

    assert ids(conflicts.conflicts_of(festival)) == [(two.id, three.id), (one.id, two.id)]


def test_other_people_checkpoints_and_festivals_do_not_mix(
    festival, make_festival, make_household, doors, person, scan
):
    other_gate = make_checkpoint(festival, name="Cổng sau")
    other = make_household(members=1, phone="+84912345670").attendees[0]
    scan(person, MORNING, doors[0])
    scan(other, MORNING, doors[1])
    scan(person, MORNING + HOUR, checkpoint_id=other_gate.id)
    assert conflicts.conflicts_of(festival) == []

    scan(person, MORNING + 2 * HOUR, checkpoint_id=other_gate.id)

    assert len(conflicts.conflicts_of(festival, other_gate.id)) == 1
    assert conflicts.conflicts_of(festival, doors[0].checkpoints[0].id) == []
    assert conflicts.conflicts_of(make_festival()) == []


def test_a_household_that_got_its_gift_twice_is_a_conflict_of_two_people(festival, make_household, scan):
    gift = make_checkpoint(festival, CheckpointKind.CUSTOM, name="Quà", per_household=True)
    mother, son = make_household(members=2).attendees
    first = scan(mother, MORNING, checkpoint_id=gift.id)
    scan(son, MORNING + HOUR, checkpoint_id=gift.id)
    db.session.execute(Admission.__table__.delete().where(Admission.attendee_id == son.id))
    db.session.commit()

    (conflict,) = conflicts.conflicts_of(festival)

    assert conflict.subject.name == son.name
    assert conflict.other is not None
    assert conflict.other.name == mother.name
    assert (conflict.first.scan_id, conflict.first.owns, conflict.second.owns) == (first.id, True, False)


def test_one_pass_that_fetched_the_gift_for_all_is_no_conflict(festival, make_household, scan):
    gift = make_checkpoint(festival, CheckpointKind.CUSTOM, name="Quà", per_household=True)
    whole = uuid4()
    for member in make_household(members=3).attendees:
        scan(member, MORNING, checkpoint_id=gift.id, part_of=whole)

    assert conflicts.conflicts_of(festival) == []


@pytest.mark.parametrize("verdict", ["revoked", "cancelled", "full", "not_booked", "waitlisted", "closed"])
def test_whom_the_server_would_have_refused_is_a_doubtful_entry(festival, doors, person, scan, verdict):
    entry = scan(person, MORNING, doors[0], verdict=verdict)

    (doubtful,) = conflicts.doubtful_entries(festival)

    assert (doubtful.entry.scan_id, doubtful.entry.verdict, doubtful.entry.shown) == (entry.id, verdict, "admitted")
    assert conflicts.count(festival) == 1


def test_right_repeated_refused_and_undone_entries_are_not_doubtful(festival, doors, person, scan):
    scan(person, MORNING, doors[0])
    scan(person, MORNING + HOUR, doors[0], verdict="already_admitted")
    scan(person, MORNING + 2 * HOUR, doors[0], verdict="revoked", shown="revoked", passed=False)
    scan(person, MORNING + 3 * HOUR, doors[0], verdict="revoked", undone_at=now())

    assert conflicts.doubtful_entries(festival) == []


# --- the pages -----------------------------------------------------------------------------------------------------


def test_the_page_shows_both_doors_and_times_and_says_when_there_is_nothing(festival, sign_in, doors, person, scan):
    boss = sign_in(StaffRole.DOOR_MANAGER)
    page = f"/manage/{festival.slug}/door/conflicts"
    assert 'class="empty"' in boss.get(page).text
    scan(person, MORNING, doors[0])
    scan(person, MORNING + HOUR, doors[1])

    text = plain(boss.get(page).text)

    assert all(words in text for words in (person.name, "Cửa A", "Cửa B"))
    assert person.name not in boss.get(f"{page}?show=doubtful").text
    assert boss.get(f"{page}?checkpoint={doors[0].checkpoints[0].id}").text.count("passages__card") == 1


@pytest.mark.parametrize("query", ["page=9", "page=-1", "page=²", "checkpoint=99999999999", "checkpoint=x", "show=%00"])
def test_a_strange_address_shows_the_first_page(festival, sign_in, doors, person, scan, query):
    scan(person, MORNING, doors[0])
    scan(person, MORNING + HOUR, doors[1])

    answer = sign_in().get(f"/manage/{festival.slug}/door/conflicts?{query}")

    assert answer.status_code == 200
    assert person.name in answer.text


def test_fifty_conflicts_stand_on_a_page(festival, sign_in, doors, make_household, scan):
    people = [a for n in range(6) for a in make_household(members=9, phone=f"+8491234560{n}").attendees]
    for place, person in enumerate(people):
        scan(person, MORNING + timedelta(seconds=place), doors[0])
        scan(person, MORNING + HOUR + timedelta(seconds=place), doors[1])
    boss = sign_in()

    first, second = (boss.get(f"/manage/{festival.slug}/door/conflicts?page={page}").text for page in (1, 2))

    assert (first.count("passages__card"), second.count("passages__card")) == (50, 4)


def test_a_door_manager_takes_a_scan_back_with_a_reason(festival, sign_in, doors, person, scan):
    scan(person, MORNING, doors[0])
    second = scan(person, MORNING + HOUR, doors[1])
    boss = sign_in(StaffRole.DOOR_MANAGER)
    address = f"/manage/{festival.slug}/door/conflicts/scans/{second.id}/undo"
    assert person.name in boss.get(address).text

    answer = boss.post(address, data={"reason": "Quét nhầm người"})

    assert (answer.status_code, answer.location) == (302, f"/manage/{festival.slug}/door/conflicts")
    db.session.expire_all()
    undone = db.session.get_one(Scan, second.id)
    assert undone.undone_at is not None
    assert (undone.undo_reason, undone.undone_by) == ("Quét nhầm người", db.session.scalar(select(AuditEntry.user_id)))
    assert conflicts.conflicts_of(festival) == []
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "scan.undone"))
    assert (entry.subject, entry.after) == (person.name, {"reason": "Quét nhầm người"})
    assert boss.post(address, data={"reason": "Lần nữa"}).status_code == 302
    db.session.expire_all()
    assert db.session.get_one(Scan, second.id).undo_reason == "Quét nhầm người"


def test_the_admission_goes_to_the_other_scan_when_the_first_is_taken_back(festival, sign_in, doors, person, scan):
    first = scan(person, MORNING, doors[0])
    second = scan(person, MORNING + HOUR, doors[1])

    sign_in().post(f"/manage/{festival.slug}/door/conflicts/scans/{first.id}/undo", data={"reason": "nhầm"})

    db.session.expire_all()
    admission = db.session.scalars(select(Admission)).one()
    assert (admission.scan_id, admission.admitted_at) == (second.id, second.scanned_at)


@pytest.mark.parametrize("reason", ["", "  \u200b ", "x" * 201])
def test_taking_back_needs_a_reason_that_fits(festival, sign_in, doors, person, scan, reason):
    row = scan(person, MORNING, doors[0])

    answer = sign_in().post(f"/manage/{festival.slug}/door/conflicts/scans/{row.id}/undo", data={"reason": reason})

    assert answer.status_code == 422
    db.session.expire_all()
    assert db.session.get_one(Scan, row.id).undone_at is None


def test_no_scan_and_no_person_of_another_festival_is_reached(festival, make_festival, sign_in, doors, person, scan):
    row = scan(person, MORNING, doors[0])
    nobody = scan(person, MORNING, doors[0], attendee_id=None, passed=False, verdict="unknown")
    boss, other = sign_in(), make_festival()

    for scan_id in (row.id, uuid4(), "x", "1" * 400):
        address = f"/manage/{other.slug}/door/conflicts/scans/{scan_id}/undo"
        assert boss.get(address).status_code == 404
        assert boss.post(address, data={"reason": "nhầm"}).status_code == 404
    assert boss.get(f"/manage/{festival.slug}/door/conflicts/scans/{nobody.id}/undo").status_code == 404
    assert boss.get(f"/manage/{other.slug}/door/conflicts/people/{person.id}").status_code == 404
    db.session.expire_all()
    assert db.session.get_one(Scan, row.id).undone_at is None


def test_only_the_door_may_look_and_take_back(festival, sign_in, client, doors, person, scan):
    row = scan(person, MORNING, doors[0])
    manage = f"/manage/{festival.slug}/door/conflicts"
    observer = sign_in(StaffRole.OBSERVER)

    for path in ("", f"/people/{person.id}", f"/scans/{row.id}/undo"):
        assert observer.get(manage + path).status_code == 403
        assert client.get(manage + path).status_code == 302
    assert observer.post(f"{manage}/scans/{row.id}/undo", data={"reason": "nhầm"}).status_code == 403
    registration = observer.get(f"/manage/{festival.slug}/registrations/{person.registration_id}")
    assert registration.status_code == 200
    assert "door/conflicts/people" not in registration.text


@pytest.mark.parametrize(
    ("answer", "named"), [({"name": "Trần Thị Khách"}, "Trần Thị Khách"), ({}, "A ticket that nobody knows")]
)
def test_a_doubtful_entry_that_nobody_can_name_is_taken_back_too(festival, sign_in, door, answer, named):
    """Somebody for whom there was no place any more, or a ticket that the server does not know; a phone let both in."""
    made = (now() - timedelta(minutes=5)).isoformat()
    sent = door.scan(code="ABCD2345", offline=True, shown="admitted", scanned_at=made)
    db.session.get_one(Scan, UUID(sent["id"])).answer = answer
    db.session.commit()
    boss = sign_in(StaffRole.DOOR_MANAGER)
    doubtful = f"/manage/{festival.slug}/door/conflicts?show=doubtful"
    listed = boss.get(f"{doubtful}&lang=en").text
    address = re.search(r'href="([^"]*/undo\?from=doubtful)"', listed)[1]
    assert named in listed
    assert named in boss.get(f"{address}&lang=en").text
    assert headcount(festival, now()).nameless == 1
    day = boss.get(f"/manage/{festival.slug}/?lang=en").text
    assert doubtful in day
    assert "Today 1 more entry was let through whom nobody can name" in plain(day)

    done = boss.post(address, data={"reason": "Đã về"})

    assert done.location == doubtful
    assert headcount(festival, now()).nameless == 0
    assert conflicts.doubtful_entries(festival) == []
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "scan.undone"))
    assert entry.subject == answer.get("name", "–")


def test_a_persons_history_tells_every_scan_and_leads_to_taking_back(festival, sign_in, doors, person, scan):
    row = scan(person, MORNING, doors[0], raw_scanned_at=MORNING - 2 * HOUR)
    scan(person, MORNING + HOUR, doors[1], undone_at=now(), undo_reason="Bấm nhầm")
    scan(person, MORNING + 2 * HOUR, source=ScanSource.PAPER, verdict="already_admitted", shown=None, passed=False)
    boss = sign_in(StaffRole.DOOR_MANAGER)
    address = f"/manage/{festival.slug}/door/conflicts/people/{person.id}"
    assert address in boss.get(f"/manage/{festival.slug}/registrations/{person.registration_id}").text

    page = boss.get(address).text

    assert all(words in page for words in ("Cửa A", "Cửa B", "Bấm nhầm"))
    assert page.count("/undo?from=person") == 1
    undo = f"/manage/{festival.slug}/door/conflicts/scans/{row.id}/undo?from=person"
    assert boss.post(undo, data={"reason": "nhầm"}).location == address
