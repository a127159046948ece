"""People without a ticket: registered at the door and let in at once, each once, never more than there are places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from festival.checkin import walk_ins
from festival.checkin.models import CheckpointKind, Device, Lease, Scan
from festival.checkin.pairing import revoke
from festival.consents.models import Consent, Purpose
from festival.core.clock import now, today
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Attendee, Registration, Ticket, TicketKind
from tests.checkin.conftest import Door, admissions, scans
from tests.factories import make_checkpoint, make_ward
from tests.invariants import broken

CHILD = today().year - 9
INFANT = today().year - 3


def walk_in_of(door: Door, **changes: Any) -> dict[str, Any]:
    """One walk-in as the phone sends it."""
    sent: dict[str, Any] = {
        "id": str(uuid4()),
        "checkpoint": door.checkpoint.id,
        "name": "Đỗ Thị Vãng Lai",
        "birth_year": 1958,
        "ward": None,
        "phone": None,
        "language": "vi",
        "consents": ["taking_part"],
        "slip": None,
        "scan": str(uuid4()),
        "made_at": datetime.now(UTC).isoformat(),
        "clock_offset_ms": 0,
        "offline": False,
        "shown": None,
    }
    return sent | changes


def by_itself(door: Door, **changes: Any) -> dict[str, Any]:
    """One that the phone has let in without asking."""
    return walk_in_of(door, **{"offline": True, "shown": "admitted", **changes})


def deliver(door: Door, *sent: Any) -> list[dict[str, Any]]:
    """Send them, also from a thread."""
    response = door.browser.post("/door/api/walk-ins", json={"walk_ins": list(sent)})
    assert response.status_code == 200, response.text
    answers: list[dict[str, Any]] = response.json["answers"]
    assert len(answers) == len(sent)
    return answers


def send(door: Door, *sent: Any) -> list[dict[str, Any]]:
    answers = deliver(door, *sent)
    db.session.expire_all()
    return answers


def walk_in(door: Door, **changes: Any) -> dict[str, Any]:
    (answer,) = send(door, walk_in_of(door, **changes))
    return answer


def the_registration() -> Registration:
    return db.session.scalars(select(Registration)).one()


def count(entity: type) -> int:
    return db.session.scalar(select(func.count()).select_from(entity)) or 0


def hold_places(door: Door, places: int) -> None:
    """The phone holds so many places of the venue."""
    db.session.get_one(Festival, door.paired.device.festival_id).places_taken += places
    db.session.add(Lease(device_id=door.paired.device.id, checkpoint_id=door.checkpoint.id, granted=places, used=0))
    db.session.commit()


# --- one person -----------------------------------------------------------------------------------------------------


def test_a_walk_in_is_registered_and_let_in_at_once(door: Door, festival: Festival) -> None:
    ward = make_ward()

    answer = walk_in(door, ward=ward.code, phone="0912.345.678")

    registration = the_registration()
    person = registration.attendees[0]
    assert (answer["outcome"], answer["verdict"]) == ("registered", "admitted")
    assert (person.name, person.birth_year) == ("Đỗ Thị Vãng Lai", 1958)
    assert (registration.phone, registration.ward_code) == ("+84912345678", ward.code)
    assert registration.walk_in
    assert answer["attendee"] == person.id
    assert admissions() == 1
    assert db.session.get_one(Festival, festival.id).places_taken == 1


def test_the_ticket_in_the_answer_is_the_persons_own(door: Door) -> None:
    answer = walk_in(door)

    assert door.scan(answer["ticket"])["verdict"] == "already_admitted"
    ticket = db.session.scalars(select(Ticket).where(Ticket.kind == TicketKind.TICKET)).one()
    assert ticket.short_code == answer["short_code"]
    assert {each.kind for each in the_registration().tickets} == {TicketKind.TICKET, TicketKind.HOUSEHOLD}


def test_without_a_phone_number_nothing_stands_there(door: Door) -> None:
    walk_in(door, phone=None)

    assert the_registration().phone == ""


def test_the_consent_is_kept_with_its_text_and_with_who_wrote_it_down(door: Door) -> None:
    walk_in(door, language="en")

    row = db.session.scalars(select(Consent)).one()
    assert (row.purpose, row.given, row.language) == (Purpose.TAKING_PART, True, "en")
    assert row.text_version
    assert row.given_by == "Đỗ Thị Vãng Lai · Tình nguyện viên, Cửa A"


def test_a_child_comes_with_a_guardian_who_agrees_and_agrees_too(door: Door) -> None:
    consents = ["taking_part", "children", "childrens_own"]

    answer = walk_in(door, birth_year=CHILD, guardian="Nguyễn Văn Bảo", consents=consents)

    assert answer["outcome"] == "registered"
    registration = the_registration()
    assert (registration.contact_name, registration.attendees[0].guardian_name) == ("Nguyễn Văn Bảo",) * 2
    assert {row.purpose.value for row in db.session.scalars(select(Consent))} == set(consents)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consents": ["taking_part", "childrens_own"]}, "consents"),
        ({"consents": ["taking_part", "children"]}, "consents"),
        ({"guardian": ""}, "guardian"),
        ({"guardian": None}, "guardian"),
        ({"guardian": "Đỗ Thị Vãng Lai"}, "guardian"),
    ],
)
def test_a_child_alone_is_not_registered(door: Door, changes: dict[str, Any], field: str) -> None:
    asked = {"guardian": "Nguyễn Văn Bảo", "consents": ["taking_part", "children", "childrens_own"]}

    answer = walk_in(door, birth_year=CHILD, **(asked | changes))

    assert (answer["outcome"], answer["field"]) == ("invalid", field)


def test_a_child_too_young_to_be_asked_is_not_asked(door: Door) -> None:
    consents = ["taking_part", "children"]

    assert walk_in(door, birth_year=INFANT, guardian="Bà Nội", consents=consents)["outcome"] == "registered"


def test_without_consent_nobody_is_registered(door: Door) -> None:
    assert walk_in(door, consents=[])["field"] == "consents"
    assert (count(Registration), scans()) == (0, 0)


# --- until the festival ends ----------------------------------------------------------------------------------------


def test_walk_ins_are_welcome_when_the_registration_on_the_web_is_closed(
    make_festival: Callable[..., Festival], make_door: Callable[..., Door]
) -> None:
    closed = make_festival(registration_closes=now() - timedelta(days=2))

    assert walk_in(make_door(festival=closed))["outcome"] == "registered"


@pytest.mark.parametrize("status", [FestivalStatus.DRAFT, FestivalStatus.CLOSED])
def test_a_festival_that_is_not_open_takes_nobody(
    make_festival: Callable[..., Festival], make_door: Callable[..., Door], status: FestivalStatus
) -> None:
    assert walk_in(make_door(festival=make_festival(status=status)))["outcome"] == "closed"


def test_who_came_before_the_end_is_registered_after_it(
    make_festival: Callable[..., Festival], make_door: Callable[..., Door]
) -> None:
    over = make_festival(first_day=today() - timedelta(days=2), last_day=today() - timedelta(days=1))
    door = make_door(festival=over)
    door.paired.device.paired_at = over.starts
    db.session.commit()
    before, after = over.ends - timedelta(minutes=5), over.ends + timedelta(minutes=5)

    assert send(door, by_itself(door, made_at=before.isoformat()))[0]["outcome"] == "registered"
    assert send(door, by_itself(door, made_at=after.isoformat()))[0]["outcome"] == "closed"


# --- once only ------------------------------------------------------------------------------------------------------


def test_a_walk_in_sent_twice_is_registered_once(door: Door) -> None:
    sent = walk_in_of(door)

    (first,), (second,) = send(door, sent), send(door, sent)

    assert (first.pop("outcome"), second.pop("outcome")) == ("registered", "repeated")
    assert first == second
    assert (count(Attendee), admissions(), scans()) == (1, 1, 1)


def test_twice_in_one_call_is_once(door: Door) -> None:
    sent = walk_in_of(door)

    assert [answer["outcome"] for answer in send(door, sent, sent)] == ["registered", "repeated"]
    assert count(Attendee) == 1


def test_a_form_on_the_web_cannot_open_a_walk_in(door: Door, client: Any, festival: Festival) -> None:
    sent = walk_in_of(door)
    send(door, sent)

    answer = client.post(f"/{festival.slug}/register", data={"submission": sent["id"], "go": ""})

    assert "Vãng Lai" not in answer.text
    assert "/r/" not in answer.headers.get("Location", "")


# --- places ---------------------------------------------------------------------------------------------------------


def test_when_the_venue_is_full_nobody_is_registered(door: Door, festival: Festival) -> None:
    festival.capacity = 1
    db.session.commit()

    assert walk_in(door)["outcome"] == "registered"
    assert walk_in(door)["outcome"] == "full"
    assert count(Attendee) == 1
    assert broken() == []


def test_a_place_that_the_phone_gave_away_is_its_own(door: Door, festival: Festival) -> None:
    festival.capacity = 2
    db.session.commit()
    hold_places(door, 2)

    answers = send(door, by_itself(door), by_itself(door))

    assert [answer["outcome"] for answer in answers] == ["registered"] * 2
    assert db.session.scalars(select(Lease)).one().used == 2
    assert db.session.get_one(Festival, festival.id).places_taken == 2


def test_who_is_asked_about_leaves_the_places_of_the_phone_alone_while_there_are_others(door: Door) -> None:
    hold_places(door, 2)

    walk_in(door)

    assert db.session.scalars(select(Lease)).one().used == 0


def test_the_last_places_of_a_full_venue_are_those_that_phones_hold(door: Door, festival: Festival) -> None:
    festival.capacity = 1
    db.session.commit()
    hold_places(door, 1)

    assert walk_in(door)["outcome"] == "registered"
    assert walk_in(door)["outcome"] == "full"


def test_whom_a_phone_let_in_without_a_place_is_kept_as_a_doubtful_entry(door: Door, festival: Festival) -> None:
    festival.capacity, festival.places_taken = 1, 1
    db.session.commit()
    sent = by_itself(door)

    first, second = send(door, sent)[0], send(door, sent)[0]

    assert first == second == {"id": sent["id"], "outcome": "full"}
    scan = db.session.scalars(select(Scan)).one()
    assert (scan.verdict, scan.shown, scan.passed, scan.attendee_id) == ("full", "admitted", True, None)
    assert scan.answer["name"] == sent["name"]


def test_one_that_found_no_place_is_not_registered_later_behind_the_doors_back(door: Door, festival: Festival) -> None:
    festival.capacity, festival.places_taken = 1, 1
    db.session.commit()
    sent = by_itself(door)
    send(door, sent)
    festival.capacity = 10
    db.session.commit()

    assert send(door, sent)[0]["outcome"] == "full"


# --- sessions -------------------------------------------------------------------------------------------------------


@pytest.fixture
def class_door(make_door: Callable[..., Door], make_session: Callable[..., Any], festival: Festival) -> Door:
    """The door of a session with one seat, that takes walk-ins; it opened already."""
    sitting = make_session(capacity=1, day=today())
    sitting.starts_at, sitting.ends_at = now() - timedelta(minutes=5), now() + timedelta(hours=1)
    checkpoint = make_checkpoint(festival, CheckpointKind.SESSION, session_id=sitting.id, walk_ins=True)
    return make_door(checkpoint=checkpoint)


def test_a_walk_in_of_a_class_gets_a_seat_while_there_is_one(class_door: Door) -> None:
    first, second = walk_in(class_door), walk_in(class_door)

    assert (first["outcome"], first["verdict"]) == ("registered", "admitted")
    assert (second["outcome"], second["verdict"]) == ("registered", "full")
    assert broken() == []


def test_a_class_without_walk_ins_registers_and_says_not_booked(class_door: Door) -> None:
    class_door.checkpoint.walk_ins = False
    db.session.commit()

    answer = walk_in(class_door)

    assert (answer["outcome"], answer["verdict"]) == ("registered", "not_booked")


# --- a phone that was taken away ------------------------------------------------------------------------------------


def test_a_revoked_phone_hands_in_what_it_had_and_learns_nothing(door: Door) -> None:
    before, after = by_itself(door), by_itself(door)
    device = db.session.get_one(Device, door.paired.device.id)
    revoke(device)
    db.session.commit()
    after["made_at"] = (now() + timedelta(seconds=5)).isoformat()
    device.revoked_at = now() - timedelta(seconds=1)
    device.paired_at = device.revoked_at - timedelta(hours=1)
    before["made_at"] = (device.revoked_at - timedelta(minutes=1)).isoformat()
    db.session.commit()

    answers = send(door, before, after)

    assert answers == [{"id": before["id"], "kept": True}, {"id": after["id"], "kept": True}]
    assert [person.name for person in db.session.scalars(select(Attendee))] == [before["name"]]
    assert admissions() == 1


def test_outcomes_are_those_of_the_contract() -> None:
    assert {outcome.value for outcome in walk_ins.WalkInOutcome} == {
        *("registered", "repeated", "full", "closed", "invalid")
    }
