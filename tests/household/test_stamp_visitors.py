"""Whose phone it is that reads a booth's code: remembered families, typed short codes."""

from __future__ import annotations

import pytest

from festival.checkin.models import CheckpointKind
from festival.extensions import limiter
from festival.household.remembered import COOKIE
from festival.registration.links import secret_of
from tests import factories
from tests.household.conftest import all_of, fill, on_screen, press, stamps_at

pytestmark = pytest.mark.usefixtures("clock")


def test_an_unknown_phone_types_the_short_code_once(client, household, place, festival):
    person = household.attendees[1]
    ticket = next(one for one in household.tickets if one.attendee_id == person.id)
    address = on_screen(place)
    assert person.name not in client.get(address).text

    typed = f"{ticket.short_code[:4].lower()} {ticket.short_code[4:]}"
    answer = press(client, address, "ticket", ticket=typed)

    assert answer.status_code == 200
    assert stamps_at(place) == 1
    assert person.name not in answer.text
    assert person.name.split()[-1] in answer.text
    assert "/r/" not in answer.text
    booth = factories.make_booth(festival)
    next_place = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)
    press(client, on_screen(next_place), f"one-{person.id}")
    assert stamps_at(next_place) == 1


def test_a_familys_pass_asks_who_is_here(client, household, place):
    pass_code = next(one.short_code for one in household.tickets if one.attendee_id is None)

    answer = press(client, on_screen(place), "ticket", ticket=pass_code)

    assert answer.status_code == 200
    assert stamps_at(place) == 0
    assert f'value="{all_of(household)}"' in answer.text
    assert household.contact_name not in answer.text


def test_wrong_short_codes_run_into_a_limit(client, household, place, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    form = {**fill(client.get(on_screen(place))), "go": "ticket"}

    wrong = [client.post(on_screen(place), data={**form, "ticket": "ABCD2345"}).status_code for _try in range(31)]
    right = client.post(on_screen(place), data={**form, "ticket": household.tickets[1].short_code})

    assert wrong == [422] * 30 + [429]
    assert right.status_code == 429
    assert stamps_at(place) == 0


def test_the_phone_remembers_five_families_and_no_name(client, make_household, place):
    families = [make_household(members=1, phone=f"+8491234560{n}") for n in range(6)]
    for family in families:
        answer = client.get(f"/r/{secret_of(family)}")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(COOKIE))

    page = client.get(on_screen(place))

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert len(cookie) < 700
    assert [f"all-{one.id}" in page.text or f"one-{one.attendees[0].id}" in page.text for one in families] == [
        False,
        True,
        True,
        True,
        True,
        True,
    ]


def test_a_phone_forgets_its_families(phone, household, place):
    assert phone.post("/s/forget").status_code == 303

    assert household.attendees[0].name not in phone.get(on_screen(place)).text


@pytest.mark.parametrize("cookie", ["", "x", "W10.x", "a" * 5000])
def test_a_cookie_that_is_not_ours_knows_nobody(client, place, cookie):
    client.set_cookie(COOKIE, cookie)

    assert client.get(on_screen(place)).status_code == 200
