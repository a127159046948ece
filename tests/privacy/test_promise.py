"""The day up to which data are kept: residents read it, organizers choose it, and nobody moves it away afterwards."""

from __future__ import annotations

import pytest

from festival.core.clock import today
from festival.extensions import db
from festival.programme.festival_forms import shown_festival
from tests.conftest import plain


def typed(festival, **changes: str) -> dict[str, str]:
    """The festival's form as it is shown, sent back with some fields changed."""
    shown = {name: value for name, value in shown_festival(festival).items() if value is not None}
    return {
        **{name: str(value)[:5] if name.endswith("_at") else str(value) for name, value in shown.items()},
        **changes,
    }


@pytest.mark.parametrize("path", ["", "programme", "register"])
def test_every_public_page_of_a_festival_says_the_day(client, festival, path):
    page = plain(client.get(f"/{festival.slug}/{path}").text)

    assert f"{festival.erase_after:%d/%m/%Y}" in page


def test_the_day_is_said_where_consent_is_asked(client, festival):
    form = {
        "submission": "x" * 20,
        "contact_name": "Trịnh Thị Ngà",
        "phone": "0912345678",
        "coming": "y",
        "birth_year": "1961",
        "step": "workshops",
        "go": "next",
    }
    client.set_cookie("language", "en")

    page = plain(client.post(f"/{festival.slug}/register", data=form).text)

    last = festival.erase_after
    assert f"What you tell us is kept until {last.day} {last:%B %Y} and then erased." in page


def test_it_is_60_days_unless_the_organizer_says_otherwise(festival, sign_in):
    assert (festival.erase_after - festival.last_day).days == 60

    answer = sign_in().post(f"/manage/{festival.slug}/edit", data=typed(festival, keep_days="30"))

    db.session.refresh(festival)
    assert (answer.status_code, festival.keep_days) == (302, 30)


@pytest.mark.parametrize("days", ["", "0", "366", "-1", "viele"])
def test_a_number_that_makes_no_sense_is_refused_at_the_field(festival, sign_in, days):
    answer = sign_in().post(f"/manage/{festival.slug}/edit", data=typed(festival, keep_days=days))

    assert (answer.status_code, festival.keep_days) == (422, 60)


def test_once_people_have_registered_it_only_becomes_shorter(festival, make_household, sign_in):
    make_household()
    db.session.expire_all()
    browser, address = sign_in(), f"/manage/{festival.slug}/edit"

    longer = browser.post(address, data=typed(festival, keep_days="61"))
    shorter = browser.post(address, data=typed(festival, keep_days="59"))

    db.session.refresh(festival)
    assert (longer.status_code, shorter.status_code, festival.keep_days) == (422, 302, 59)
    assert festival.erase_after > today()
