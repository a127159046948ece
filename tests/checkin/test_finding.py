"""Finding by name at the door: enough to find a person, never a list to browse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration
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


@pytest.mark.parametrize(
    "typed", ["Đỗ Thị Định", "do dinh", "DO  ĐỊNH", "thi dinh", "định 1954", "do thi di", "dinh do"]
)
def test_a_name_is_found_without_marks_in_any_order(door: Door, make_household: Make, typed: str) -> None:
    family(make_household, ("Đỗ Thị Định", 1954), ("Nguyễn Văn Nam", 1990))

    found = find(door, typed)

    assert [(person["name"], person["birth_year"]) for person in found["people"]] == [("Đỗ Thị Định", 1954)]


@pytest.mark.parametrize("typed", ["", "định", "d d", "1954", "1954 1990", "%", "_ _", "' or", "a b", "%% %%"])
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


@pytest.mark.parametrize(("name", "checkpoint"), [(None, 1), (5, 1), ("do dinh", "1"), ("do dinh", 2**40), ("x", -1)])
def test_what_makes_no_sense_is_refused(door: Door, name: object, checkpoint: object) -> None:
    find(door, name, 422, checkpoint)
