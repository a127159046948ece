"""Finding people at the door: enough to find a person, never a list to browse.

Which words and digits find whom is in `tests/vectors/finding.json` (test_finder_twin.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from festival.checkin import name_search
from festival.checkin.answers import Answer
from festival.checkin.calls.limits import hold_back, note_guesses
from festival.checkin.models import CheckpointKind, DeviceMode
from festival.checkin.pairing import DEVICE_COOKIE
from festival.checkin.scan_request import ScanRequest
from festival.core.clock import now
from festival.extensions import db, limiter
from festival.programme.models import Festival, Session
from festival.registration.models import BookingState, Registration
from tests import factories
from tests.checkin.conftest import Door

Make = Callable[..., Registration]


def family(make_household: Make, *people: tuple[str, int], **more: Any) -> Registration:
    """A household of these people: name and year of birth."""
    household = make_household(members=len(people), **more)
    for person, (name, year) in zip(household.attendees, people, strict=True):
        person.name, person.birth_year = name, year
    db.session.commit()
    return household


def find(door: Door, name: Any, status: int = 200, checkpoint: Any = None) -> dict[str, Any]:
    call = {"name": name, "checkpoint": checkpoint or door.checkpoint.id}
    response = door.browser.post("/door/api/people", json=call)
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json
    return found


@pytest.mark.parametrize("typed", ["", "định", "d d", "678", "1954", "1954 1990", "%", "_ _", "' or", "a b", "%% %%"])
def test_too_little_is_not_answered_with_a_list(door: Door, make_household: Make, typed: str) -> None:
    family(make_household, ("Đỗ Thị Định", 1954))

    found = find(door, typed)

    assert found["people"] == []


def test_two_of_one_name_are_told_apart_by_the_year(door: Door, make_household: Make) -> None:
    family(make_household, ("Đỗ Thị Định", 1954))
    family(make_household, ("Đỗ Thị Định", 1987))

    assert [person["birth_year"] for person in find(door, "do dinh")["people"]] == [1954, 1987]
    assert [person["birth_year"] for person in find(door, "do dinh 1987")["people"]] == [1987]


def test_at_most_ten_are_shown_and_more_are_announced(door: Door, make_household: Make) -> None:
    family(make_household, *((f"Trần Văn Nam {number}", 1990) for number in "abcdefghijkl"))

    found = find(door, "tran nam")

    assert (len(found["people"]), found["more"]) == (10, True)


def test_who_is_in_is_marked(door: Door, make_household: Make) -> None:
    person = family(make_household, ("Đỗ Thị Định", 1954)).attendees[0]
    assert find(door, "do dinh")["people"][0]["admitted"] is None

    door.scan(attendee=person.id)

    assert find(door, "do dinh")["people"][0]["admitted"]


def test_who_cancelled_and_who_is_at_another_festival_is_not_found(
    door: Door, make_household: Make, make_festival: Callable[..., Festival]
) -> None:
    family(make_household, ("Đỗ Thị Định", 1954)).cancelled_at = now()
    family(make_household, ("Đỗ Thị Định", 1987), festival=make_festival())
    db.session.commit()

    assert find(door, "do dinh")["people"] == []


def test_a_checkpoint_of_another_door_is_refused(door: Door, festival: Festival) -> None:
    elsewhere = factories.make_checkpoint(festival, name="Cổng sau")

    find(door, "do dinh", 403, elsewhere.id)


def test_what_tells_people_of_one_name_apart_is_answered(door: Door, festival: Festival, make_household: Make) -> None:
    ward = factories.make_ward()
    one = family(make_household, ("Đỗ Thị Định", 1954), contact_name="Đỗ Văn Bảy", phone="+84912345678")
    one.ward_code = ward.code
    two = family(make_household, ("Đỗ Thị Định", 1954), contact_name="Lê Thị Sáu", phone="+84912345999")
    two.phone = ""
    db.session.commit()

    people = find(door, "do dinh")["people"]

    told = [(one["birth_year"], one["phone_tail"], one["ward"], one["household"]) for one in people]
    assert told == [(1954, "678", ward.name, "Đỗ Văn Bảy"), (1954, "", "", "Lê Thị Sáu")]


def test_the_end_of_a_phone_finds_the_household_of_this_festival(
    door: Door, make_household: Make, make_festival: Callable[..., Festival]
) -> None:
    family(make_household, ("Đỗ Thị Định", 1954), ("Đỗ Văn Bảy", 1950), phone="+84912345678")
    family(make_household, ("Lê Thị Sáu", 1987), festival=make_festival(), phone="+84912345678")

    assert [person["name"] for person in find(door, "5678")["people"]] == ["Đỗ Văn Bảy", "Đỗ Thị Định"]
    assert [person["name"] for person in find(door, "bảy 5678")["people"]] == ["Đỗ Văn Bảy"]
    assert find(door, "678")["outcome"] == "too_little"


# --- common names in a large festival --------------------------------------------------------------------------


@pytest.fixture
def few_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of a search, so small that a handful of people reaches them."""
    monkeypatch.setattr(name_search, "READ_AT_MOST", 7)
    monkeypatch.setattr(name_search, "READ_FIRST", 3)
    monkeypatch.setattr(name_search, "READ_AT_ONCE", 2)


@pytest.mark.usefixtures("few_are_read")
def test_a_common_given_name_is_found_by_the_family_name_beside_it(door: Door, make_household: Make) -> None:
    family(make_household, *((f"Lê {letter} Anh", 1990) for letter in "abcdefgh"))
    family(make_household, ("Tống Thị Anh", 1954))

    assert [person["name"] for person in find(door, "tong anh")["people"]] == ["Tống Thị Anh"]
    assert [person["name"] for person in find(door, "anh tong")["people"]] == ["Tống Thị Anh"]


@pytest.mark.usefixtures("few_are_read")
def test_what_was_not_read_to_the_end_asks_for_more(door: Door, make_household: Make) -> None:
    family(make_household, *((f"Lê {letter} Anh", 1990) for letter in "abcdefgh"))

    assert find(door, "an zz") == {"outcome": "found", "people": [], "more": True}


@pytest.mark.usefixtures("few_are_read")
def test_what_was_read_to_the_end_does_not_ask_for_more(door: Door, make_household: Make) -> None:
    family(make_household, *((f"Lê {letter} Anh", 1990) for letter in "abcdef"), ("Tống Thị Anh", 1954))

    found = find(door, "thi anh")

    assert ([person["name"] for person in found["people"]], found["more"]) == (["Tống Thị Anh"], False)


@pytest.mark.usefixtures("few_are_read")
def test_people_are_found_beyond_names_whose_people_have_cancelled(door: Door, make_household: Make) -> None:
    family(make_household, ("Lê A Anh", 1990), ("Lê B Anh", 1990)).cancelled_at = now()
    family(make_household, ("Lê C Anh", 1954))
    db.session.commit()

    found = find(door, "le anh")

    assert ([person["name"] for person in found["people"]], found["more"]) == (["Lê C Anh"], False)


@pytest.mark.usefixtures("few_are_read")
@pytest.mark.parametrize("typed", ["anh 1954", "thi anh 1954", "tong 1954"])
def test_with_the_year_of_birth_everybody_is_found_however_common_the_name(
    door: Door, make_household: Make, typed: str
) -> None:
    family(make_household, *((f"Lê {letter} Anh", 1990) for letter in "abcdefghijkl"), ("Tống Thị Anh", 1954))

    found = find(door, typed)

    assert ([person["name"] for person in found["people"]], found["more"]) == (["Tống Thị Anh"], False)


def test_a_household_is_found_by_its_new_phone_and_not_by_the_old_one(door: Door, make_household: Make) -> None:
    household = family(make_household, ("Đỗ Thị Định", 1954), phone="+84912345678")
    household.phone = "+84387651234"
    db.session.commit()

    assert [person["name"] for person in find(door, "1234")["people"]] == ["Đỗ Thị Định"]
    assert find(door, "5678")["people"] == []


# --- who may find whom -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [DeviceMode.KIOSK, DeviceMode.SCREEN])
def test_a_device_that_faces_visitors_finds_nobody(
    make_door: Callable[..., Door], make_household: Make, mode: DeviceMode
) -> None:
    family(make_household, ("Đỗ Thị Định", 1954))

    find(make_door(mode=mode), "do dinh", 403)


def test_a_booth_finds_nobody_by_name(make_door: Callable[..., Door], festival: Festival, make_household: Make) -> None:
    family(make_household, ("Đỗ Thị Định", 1954))
    booth = factories.make_booth(festival)
    door = make_door(checkpoint=factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id))

    assert find(door, "do dinh") == {"outcome": "not_here", "people": [], "more": False}
    assert find(door, "5678")["people"] == []


def test_a_session_finds_only_who_is_booked_or_waits_there(
    make_door: Callable[..., Door],
    festival: Festival,
    make_household: Make,
    make_session: Callable[..., Session],
) -> None:
    session, another = make_session(), make_session()
    waiting = family(make_household, ("Đỗ Thị Định", 1954), sessions=(session,), phone="+84912340001")
    waiting.attendees[0].bookings[0].state = BookingState.WAITLISTED
    gone = family(make_household, ("Đỗ Thị Định", 1960), sessions=(session,), phone="+84912340002")
    gone.attendees[0].bookings[0].state = BookingState.CANCELLED
    family(make_household, ("Đỗ Thị Định", 1987), sessions=(session,), phone="+84912340003")
    family(make_household, ("Đỗ Thị Định", 1999), sessions=(another,), phone="+84912340004")
    family(make_household, ("Đỗ Thị Định", 2001), phone="+84912340005")
    db.session.commit()
    kind = CheckpointKind.SESSION
    door = make_door(checkpoint=factories.make_checkpoint(festival, kind, session_id=session.id))

    assert [person["birth_year"] for person in find(door, "do dinh")["people"]] == [1954, 1987]
    assert [person["birth_year"] for person in find(door, "0003")["people"]] == [1987]
    assert find(door, "0004")["people"] == []


@pytest.mark.parametrize(
    ("name", "checkpoint"), [(None, 1), (5, 1), ("do dinh", "1"), ("do dinh", 2**40), ("x", -1), ("x y", True)]
)
def test_what_makes_no_sense_is_refused(door: Door, name: object, checkpoint: object) -> None:
    find(door, name, 422, checkpoint)


# --- limits ----------------------------------------------------------------------------------------------------


@pytest.fixture
def limited() -> Iterator[None]:
    """With limits, as in earnest."""
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.reset()
    limiter.enabled = False


@pytest.mark.usefixtures("limited")
def test_a_device_searches_thirty_times_a_minute_and_another_one_is_not_held_up(
    make_door: Callable[..., Door],
) -> None:
    hasty, calm = make_door(), make_door(name="Cửa B")
    for _search in range(30):
        find(hasty, "do dinh")

    find(hasty, "do dinh", 429)
    find(calm, "do dinh")


def on_a_call(app: Flask, token: str) -> Any:
    return app.test_request_context("/door/api/scans", headers={"Cookie": f"{DEVICE_COOKIE}={token}"})


def typed_code(code: str | None = "ABCD2345", ticket: str | None = None) -> ScanRequest:
    return ScanRequest(id=uuid4(), checkpoint_id=1, scanned_at=now(), code=code, ticket=ticket)


@pytest.mark.usefixtures("limited")
def test_a_device_that_types_many_unknown_codes_waits_and_no_other(app: Flask) -> None:
    guess, scan = typed_code(), typed_code(code=None, ticket="HTTPS://FESTIVAL.TEST/Q/ABC")
    wrong = Answer({"id": str(guess.id), "verdict": "unknown"})
    with on_a_call(app, "thief"):
        for _guess in range(60):
            assert hold_back([guess], learns=True) == [False]
            note_guesses([guess], [wrong])
        assert hold_back([scan, guess, scan], learns=True) == [False, True, False]
        assert hold_back([guess], learns=False) == [False], "a revoked phone is told nothing, and hands in all it has"
    with on_a_call(app, "another"):
        assert hold_back([guess], learns=True) == [False]


@pytest.mark.usefixtures("limited")
def test_known_codes_and_unknown_tickets_are_no_guesses(app: Flask) -> None:
    guess, scan = typed_code(), typed_code(code=None, ticket="HTTPS://FESTIVAL.TEST/Q/ABC")
    with on_a_call(app, "busy"):
        for _scan in range(70):
            note_guesses([guess], [Answer({"id": str(guess.id), "verdict": "admitted"})])
            note_guesses([scan], [Answer({"id": str(scan.id), "verdict": "unknown"})])
        assert hold_back([guess], learns=True) == [False]


@pytest.mark.usefixtures("limited")
def test_one_call_takes_no_more_codes_than_may_still_be_wrong(app: Flask) -> None:
    guesses = [typed_code() for _ in range(500)]
    with on_a_call(app, "thief"):
        assert hold_back(guesses, learns=True) == [False] * 60 + [True] * 440


@pytest.mark.usefixtures("limited")
def test_nobody_types_six_hundred_numbers_in_ten_minutes(app: Flask) -> None:
    typed = [ScanRequest(id=uuid4(), checkpoint_id=1, scanned_at=now(), attendee_id=number) for number in range(1, 401)]
    with on_a_call(app, "thief"):
        assert hold_back(typed, learns=True) == [False] * 400
        assert hold_back(typed, learns=True) == [False] * 200 + [True] * 200
        assert hold_back([*typed[:2], typed_code(code=None, ticket="x")], learns=False) == [True, True, False]
