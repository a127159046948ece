"""Checkpoints: made and changed by the organizer, every kind with its own rules; never lost with what was scanned."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from festival.accounts.models import AuditEntry, StaffRole
from festival.checkin import checkpoints
from festival.checkin.checkpoints import Made, Removal, Saving
from festival.checkin.door_overview import groups_of
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Lease, Scan
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration
from tests import factories
from tests.conftest import plain

HOURS = {"opens": "07:30", "closes": "11:30"}


@pytest.fixture
def manager(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    return sign_in(StaffRole.DOOR_MANAGER)


@pytest.fixture
def base(festival: Festival) -> str:
    """The address of the door's pages."""
    return f"/manage/{festival.slug}/door"


@pytest.fixture
def lunch(festival: Festival) -> Checkpoint:
    """Twenty lunches, three of them eaten."""
    return factories.make_checkpoint(festival, CheckpointKind.CUSTOM, name="Bữa trưa", stock=20, stock_taken=3)


def only() -> Checkpoint:
    db.session.expire_all()
    return db.session.scalars(select(Checkpoint)).one()


def let_in(checkpoint: Checkpoint, attendee: int, **values: Any) -> Scan:
    """A scan of somebody who went through, as it is kept."""
    at = values.pop("at", now())
    scan = Scan(
        id=uuid4(),
        festival_id=checkpoint.festival_id,
        checkpoint_id=checkpoint.id,
        attendee_id=attendee,
        scanned_at=at,
        verdict="admitted",
        answer={},
        passed=True,
        **values,
    )
    db.session.add(scan)
    db.session.commit()
    return scan


@pytest.mark.parametrize(
    ("what", "typed", "kept"),
    [
        (
            "entrance",
            {"name": " Cổng  chính ", "re_entry": "y", **HOURS},
            {"name": "Cổng chính", "re_entry": True, "opens": time(7, 30), "closes": time(11, 30)},
        ),
        ("entrance", {"name": "Cổng sau"}, {"re_entry": False, "opens": None, "closes": None}),
        ("volunteers", {"name": "Bàn tình nguyện", **HOURS}, {"kind": CheckpointKind.VOLUNTEERS, "re_entry": True}),
        ("meal", {"name": "Bữa trưa", "per": "person"}, {"stock": None, "per_household": False, "stamps_needed": 0}),
        ("gift", {"name": "Quà", "per": "household", "stock": "1.500"}, {"stock": 1500, "per_household": True}),
        ("prize", {"name": "Giải", "per": "person", "stock": "50", "stamps_needed": "5"}, {"stamps_needed": 5}),
    ],
)
def test_a_checkpoint_is_kept_as_typed(
    manager: FlaskClient, base: str, what: str, typed: dict[str, str], kept: dict[str, object]
) -> None:
    assert manager.post(f"{base}/new/{what}", data=typed).status_code == 302

    checkpoint = only()
    assert {name: getattr(checkpoint, name) for name in kept} == kept
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject, entry.before) == ("checkpoint.added", checkpoint.name, None)
    assert entry.after is not None
    assert entry.after["name"] == checkpoint.name


def test_a_session_gives_its_checkpoint_name_and_hours(
    manager: FlaskClient, base: str, festival: Festival, make_session: Callable[..., factories.Session]
) -> None:
    session = make_session(title="Gọi video", room="P101")
    typed = {"session_id": session.id, "walk_ins": "y", "opens_before": "15"}

    assert manager.post(f"{base}/new/session", data=typed).status_code == 302

    checkpoint = only()
    assert checkpoint.name == f"{festival.last_day:%d/%m} 09:00 Gọi video · P101"
    assert (checkpoint.walk_ins, checkpoint.opens_before) == (True, 15)
    again = manager.post(f"{base}/new/session", data=typed)
    assert again.status_code == 422
    assert "Nothing is missing" in plain(manager.get(f"{base}/new/session?lang=en").text)


def test_a_session_gets_one_checkpoint_even_at_the_same_moment(
    festival: Festival, make_session: Callable[..., factories.Session]
) -> None:
    session = make_session()
    first, second = (Checkpoint(festival_id=festival.id, kind=CheckpointKind.SESSION) for _ in range(2))

    assert checkpoints.save(first, {"session_id": session.id}) is Saving.SAVED
    assert checkpoints.save(second, {"session_id": session.id}) is Saving.TAKEN


def test_a_booth_gets_a_checkpoint(manager: FlaskClient, base: str, festival: Festival) -> None:
    booth = factories.make_booth(festival, code="A01", name="VNeID")

    assert manager.post(f"{base}/new/booth", data={"booth_id": booth.id, **HOURS}).status_code == 302

    assert (only().name, only().opens) == ("A01 VNeID", time(7, 30))


@pytest.mark.parametrize(
    ("what", "typed", "words"),
    [
        ("entrance", {"name": " "}, "Give the entrance a name"),
        ("entrance", {"name": "Cổng", "opens": "11:30", "closes": "07:30"}, "It must close after it opens (11:30)."),
        ("entrance", {"name": "Cổng", "opens": "25:99"}, "Not a valid time value."),
        ("session", {"session_id": "0", "opens_before": "30"}, "Please choose a session."),
        ("session", {"session_id": "0", "opens_before": "1441"}, "This should be from 0 to 1440."),
        ("booth", {}, "Please choose a booth."),
        ("prize", {"name": "Giải", "per": "person", "stock": "-1"}, "Please write a whole number, such as 30."),
        ("prize", {"name": "Giải", "per": "person", "stamps_needed": "1001"}, "This should be from 0 to 1000."),
        ("prize", {"name": "Giải", "per": "village"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    manager: FlaskClient, base: str, festival: Festival, what: str, typed: dict[str, str], words: str
) -> None:
    factories.make_session(festival)
    factories.make_booth(festival)

    answer = manager.post(f"{base}/new/{what}?lang=en", data=typed)

    assert answer.status_code == 422
    assert words in plain(answer.text)
    assert db.session.scalar(select(Checkpoint.id)) is None


def test_what_changed_is_in_the_audit_log_and_the_kind_stays(
    manager: FlaskClient, base: str, festival: Festival
) -> None:
    gate = factories.make_checkpoint(festival)
    typed = {"name": "Cổng chính", "kind": "custom", "session_id": "1", **HOURS}

    manager.post(f"{base}/checkpoints/{gate.id}", data=typed)

    assert (only().kind, only().re_entry, only().closes) == (CheckpointKind.ENTRANCE, False, time(11, 30))
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.action == "checkpoint.edited"
    assert entry.before == {"closes": None, "opens": None, "re_entry": True}
    assert entry.after == {"closes": "11:30:00", "opens": "07:30:00", "re_entry": False}


def test_a_form_shows_a_checkpoint_as_it_is(manager: FlaskClient, base: str, lunch: Checkpoint) -> None:
    lunch.per_household = True
    db.session.commit()

    page = manager.get(f"{base}/checkpoints/{lunch.id}?lang=en")

    assert 'value="Bữa trưa"' in page.text
    assert 'value="20"' in page.text
    assert re.search('checked[^>]* id="per-1"', page.text)
    assert "3 were given out so far" in plain(page.text)


def test_stock_cannot_be_less_than_what_was_given_out(manager: FlaskClient, base: str, lunch: Checkpoint) -> None:
    typed = {"name": "Cơm trưa", "per": "person", "stock": "2"}

    answer = manager.post(f"{base}/checkpoints/{lunch.id}?lang=en", data=typed)

    assert answer.status_code == 422
    assert "3 were given out already. The stock cannot be smaller." in plain(answer.text)
    assert (only().stock, only().name) == (20, "Bữa trưa")
    for stock, kept in (("3", 3), ("", None), ("30", 30)):
        assert manager.post(f"{base}/checkpoints/{lunch.id}", data={**typed, "stock": stock}).status_code == 302
        assert only().stock == kept


def test_what_is_given_out_meanwhile_counts(lunch: Checkpoint) -> None:
    assert lunch.stock_taken == 3
    meanwhile = update(Checkpoint).values(stock_taken=10).execution_options(synchronize_session=False)
    db.session.execute(meanwhile)

    assert checkpoints.save(lunch, {"stock": 5}) is Saving.STOCK_TOO_SMALL
    assert lunch.stock_taken == 10


def test_once_per_household_cannot_change_after_something_was_given_out(
    manager: FlaskClient, base: str, lunch: Checkpoint, make_household: Callable[..., Registration]
) -> None:
    typed = {"name": "Bữa trưa", "per": "household", "stock": "20"}
    person = make_household().attendees[0]
    scan = let_in(lunch, person.id)
    db.session.add(Admission(attendee_id=person.id, checkpoint_id=lunch.id, scan_id=scan.id, admitted_at=now()))
    db.session.commit()

    answer = manager.post(f"{base}/checkpoints/{lunch.id}?lang=en", data=typed)

    assert (answer.status_code, "this can no longer change" in plain(answer.text)) == (422, True)
    assert only().per_household is False


def test_checkpoints_of_another_festival_are_not_there(
    manager: FlaskClient, base: str, make_festival: Callable[..., Festival]
) -> None:
    theirs = factories.make_checkpoint(make_festival())

    assert manager.get(f"{base}/checkpoints/{theirs.id}").status_code == 404
    assert manager.post(f"{base}/checkpoints/{theirs.id}", data={"name": "Của tôi"}).status_code == 404
    assert manager.post(f"{base}/checkpoints/{theirs.id}/remove").status_code == 404
    assert manager.get(f"{base}/new/nothing").status_code == 404
    session = factories.make_session(theirs.festival)
    assert manager.post(f"{base}/new/session", data={"session_id": session.id, "opens_before": "5"}).status_code == 422
    assert only().name == "Cổng chính"


def test_walk_ins_are_allowed_for_all_sessions_or_for_none(
    manager: FlaskClient,
    base: str,
    make_session: Callable[..., factories.Session],
    make_festival: Callable[..., Festival],
) -> None:
    make_session()
    make_session()
    manager.post(f"{base}/sessions")
    other = make_festival()
    theirs = factories.make_checkpoint(other, CheckpointKind.SESSION, session_id=factories.make_session(other).id)

    manager.post(f"{base}/walk-ins", data={"allowed": "y"})
    db.session.expire_all()
    allowed = db.session.scalars(select(Checkpoint.walk_ins).where(Checkpoint.id != theirs.id)).all()
    assert (allowed, theirs.walk_ins) == ([True, True], False)

    for _ in range(2):  # the second time nothing changes, and nothing is recorded
        manager.post(f"{base}/walk-ins", data={"allowed": "n"})
    assert set(db.session.scalars(select(Checkpoint.walk_ins))) == {False}
    recorded = db.session.scalars(select(AuditEntry.after).where(AuditEntry.action == "checkpoint.walk_ins")).all()
    assert [entry["walk_ins"] for entry in recorded if entry] == [True, False]


def test_a_session_that_moved_gives_its_checkpoint_the_new_name(
    festival: Festival, make_session: Callable[..., factories.Session]
) -> None:
    session = make_session(title="Gọi video", room="P101")
    assert checkpoints.add_for_sessions(festival) == Made(new=1, renamed=0)
    session.room, session.starts_at = "P202", session.starts_at + timedelta(minutes=30)
    db.session.flush()

    assert checkpoints.add_for_sessions(festival) == Made(new=0, renamed=1)
    assert only().name.endswith("09:30 Gọi video · P202")
    assert checkpoints.add_for_sessions(festival) == Made(new=0, renamed=0)


def test_a_checkpoint_that_a_phone_scans_for_stays(
    festival: Festival, make_device: Callable[..., factories.PairedDevice]
) -> None:
    paired = make_device()
    (gate,) = paired.device.checkpoints
    db.session.add(Lease(device_id=paired.device.id, checkpoint_id=gate.id, granted=0, used=0))
    db.session.commit()

    assert checkpoints.remove(gate) is Removal.HAS_PHONES
    paired.device.revoked_at = now()
    db.session.flush()
    assert checkpoints.remove(gate) is Removal.REMOVED
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject) == ("checkpoint.removed", "Cổng chính")


def test_a_checkpoint_with_scans_is_edited_but_not_removed(
    manager: FlaskClient, base: str, festival: Festival, make_household: Callable[..., Registration]
) -> None:
    gate = factories.make_checkpoint(festival)
    let_in(gate, make_household().attendees[0].id)

    assert manager.post(f"{base}/checkpoints/{gate.id}", data={"name": "Cổng Bắc"}).status_code == 302
    assert checkpoints.remove(only()) is Removal.HAS_SCANS
    assert only().name == "Cổng Bắc"


def test_inside_are_those_whose_last_way_was_in(
    festival: Festival, make_household: Callable[..., Registration]
) -> None:
    front, back = factories.make_checkpoint(festival), factories.make_checkpoint(festival, name="Cổng sau")
    stays, leaves, moves, undone, refused = (one.id for one in make_household(members=5).attendees)
    at = now()
    let_in(front, stays, at=at)
    let_in(front, leaves, at=at - timedelta(seconds=2))
    let_in(back, leaves, at=at - timedelta(seconds=1), direction="out")
    let_in(front, moves, at=at - timedelta(seconds=2))
    let_in(back, moves, at=at - timedelta(seconds=1))
    let_in(front, undone, at=at, undone_at=at)
    let_in(front, refused, at=at).passed = False
    let_in(front, refused, at=at - timedelta(days=1))
    db.session.commit()

    (group,) = groups_of(festival, at)

    assert {row.checkpoint.name: row.inside for row in group.rows} == {"Cổng chính": 1, "Cổng sau": 1}


def test_the_overview_shows_stock_seats_that_phones_hold_and_finds_by_name(
    manager: FlaskClient,
    base: str,
    festival: Festival,
    lunch: Checkpoint,
    make_session: Callable[..., factories.Session],
    make_device: Callable[..., factories.PairedDevice],
) -> None:
    place = factories.make_checkpoint(
        festival, CheckpointKind.SESSION, name="Gọi điện", session_id=make_session().id, walk_ins=True
    )
    paired = make_device(checkpoints=[place, factories.make_checkpoint(festival, name="Cổng Đông")])
    db.session.add(Lease(device_id=paired.device.id, checkpoint_id=place.id, granted=2, used=1))
    db.session.commit()

    words = plain(manager.get(f"{base}?lang=en").text)
    assert "17 of 20" in words
    assert "phones hold 1 seat" in words
    found = plain(manager.get(f"{base}?lang=en&q=cong+dong").text).partition("Checkpoints")[2]
    assert "Cổng Đông" in found
    assert "Bữa trưa" not in found
    assert "No checkpoint fits" in plain(manager.get(f"{base}?lang=en&q=nothing").text)


def test_an_officer_is_led_to_the_entrance_first_and_then_to_the_phone(
    manager: FlaskClient, base: str, festival: Festival, make_session: Callable[..., factories.Session]
) -> None:
    make_session()
    manager.post(f"{base}/sessions")

    first = manager.get(f"{base}?lang=en").text
    assert first.count("btn-primary") == 1
    assert "Add an entrance" in plain(first.partition("btn-primary")[2])
    manager.post(f"{base}/new/entrance", data={"name": "Cổng chính", "re_entry": "y"})
    then = manager.get(f"{base}?lang=en").text
    assert then.count("btn-primary") == 1
    assert "Pair a phone" in plain(then.partition("btn-primary")[2])[:200]


def test_a_booths_skills_are_tidied(
    manager: FlaskClient, sign_in: Callable[..., FlaskClient], festival: Festival
) -> None:
    booth = factories.make_booth(festival)
    at = f"/manage/{festival.slug}/booths/{booth.id}"
    typed = {"code": booth.code, "name": booth.name, "zone_id": booth.zone_id}
    browser = sign_in(StaffRole.ORGANIZER)

    browser.post(at, data={**typed, "skills": "  Mở  VNeID\n\nTrả bằng QR\r\nMở VNeID\n"})
    db.session.refresh(booth)
    assert booth.skills == "Mở VNeID\nTrả bằng QR"
    assert "Trả bằng QR" in browser.get(f"/{festival.slug}/booths/{booth.code}").text
    for wrong in ("x" * 121, "\n".join(f"kỹ năng {number}" for number in range(21))):
        assert browser.post(at, data={**typed, "skills": wrong}).status_code == 422
    browser.post(at, data={**typed, "skills": "\n".join(f"kỹ năng {number}" for number in range(20))})
    db.session.refresh(booth)
    assert len(booth.skill_list) == 20
