"""A household pass at the door: everybody listed, chosen people let in together."""

from __future__ import annotations

from collections.abc import Callable

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration
from tests.checkin.conftest import Door, admissions, pass_of, qr_of, scans, tickets_of

Make = Callable[..., Registration]


def test_a_household_pass_shows_its_people_and_records_nothing(
    door: Door, festival: Festival, make_household: Make
) -> None:
    household = make_household(members=3)
    door.scan(qr_of(tickets_of(household)[1], festival))

    answer = door.scan(qr_of(pass_of(household), festival))

    assert "verdict" not in answer
    assert answer["household"] == household.contact_name
    assert [member["verdict"] for member in answer["members"]] == ["admitted", "already_admitted", "admitted"]
    assert answer["members"][1]["first"]["door"] == "Cửa A"
    assert (scans(), admissions()) == (1, 1)


def test_the_chosen_people_of_a_pass_are_let_in_together(door: Door, festival: Festival, make_household: Make) -> None:
    household = make_household(members=3)
    code = qr_of(pass_of(household), festival)
    chosen = [household.attendees[0].id, household.attendees[2].id]

    answer = door.scan(code, members=chosen)

    assert answer["verdict"] == "admitted"
    assert [member["attendee"] for member in answer["members"]] == chosen
    assert admissions() == 2
    assert scans() == 3  # what the door sent, and a row for each person


def test_a_pass_by_its_short_code_works_too(door: Door, make_household: Make) -> None:
    household = make_household(members=2)
    code = pass_of(household).short_code

    assert len(door.scan(code=code)["members"]) == 2
    assert door.scan(code=code, members=[household.attendees[0].id])["verdict"] == "admitted"


def test_a_pass_whose_people_are_all_in_is_already_admitted(
    door: Door, festival: Festival, make_household: Make
) -> None:
    household = make_household(members=2)
    code = qr_of(pass_of(household), festival)
    door.scan(code, members=[person.id for person in household.attendees])

    assert door.scan(code)["verdict"] == "already_admitted"


def test_the_pass_of_one_person_is_a_ticket(door: Door, festival: Festival, make_household: Make) -> None:
    household = make_household(members=1)

    answer = door.scan(qr_of(pass_of(household), festival))

    assert (answer["verdict"], answer["name"]) == ("admitted", household.attendees[0].name)


def test_a_pass_does_not_open_the_door_for_strangers(door: Door, festival: Festival, make_household: Make) -> None:
    family, stranger = make_household(), make_household()

    answer = door.scan(qr_of(pass_of(family), festival), members=[stranger.attendees[0].id])

    assert answer["refused"] == "members"
    assert admissions() == 0


def test_a_cancelled_pass_is_cancelled_for_all(door: Door, festival: Festival, make_household: Make) -> None:
    household = make_household()
    household.cancelled_at = now()
    db.session.commit()
    code = qr_of(pass_of(household), festival)

    assert door.scan(code)["verdict"] == "cancelled"
    assert door.scan(code, members=[household.attendees[0].id])["verdict"] == "cancelled"


def test_who_left_the_household_is_not_on_its_pass(door: Door, festival: Festival, make_household: Make) -> None:
    household = make_household(members=3)
    household.attendees[2].cancelled_at = now()
    db.session.commit()

    assert len(door.scan(qr_of(pass_of(household), festival))["members"]) == 2
