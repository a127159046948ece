"""Stamps by the visitor's own phone: the codes of a booth's screen and of its poster."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from sqlalchemy import func, select

from festival.checkin.models import CheckpointKind, Scan, ScanSource
from festival.core.clock import local
from festival.extensions import db, limiter
from festival.programme.models import FestivalStatus
from festival.registration import changing
from festival.registration.links import secret_of
from tests import factories
from tests.conftest import plain
from tests.household.conftest import NOON, all_of, fill, number, on_poster, on_screen, press, stamps_at, wrong_number

pytestmark = pytest.mark.usefixtures("clock")


def test_a_known_family_is_stamped_with_one_tap(phone, household, place):
    address = on_screen(place)
    shown = plain(phone.get(address).text)
    assert all(attendee.name in shown for attendee in household.attendees)

    answer = press(phone, address, all_of(household))

    assert answer.status_code == 200
    assert "A05" in plain(answer.text)
    assert f"/r/{secret_of(household)}#passport" in answer.text
    assert stamps_at(place) == 3
    scan = db.session.scalars(select(Scan)).first()
    assert (scan.source, scan.device_id, scan.verdict) == (ScanSource.VISITOR, None, "admitted")


def test_one_member_is_stamped_and_the_others_stay_to_be_chosen(phone, household, place):
    first, second, _third = household.attendees
    address = on_screen(place)

    answer = press(phone, address, f"one-{first.id}")

    assert stamps_at(place) == 1
    assert f'value="one-{second.id}"' in answer.text
    assert f'value="one-{first.id}"' not in answer.text


def test_the_same_form_sent_twice_is_one_scan(phone, household, place):
    address = on_screen(place)
    form = {**fill(phone.get(address)), "go": all_of(household)}

    answers = [phone.post(address, data=form) for _again in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert stamps_at(place) == 3
    assert db.session.scalar(select(func.count()).select_from(Scan)) == 3


def test_two_phones_of_a_family_at_once_stamp_once(app, phone, household, place):
    other = app.test_client()
    other.get(f"/r/{secret_of(household)}")
    address = on_screen(place)
    forms = [(one, {**fill(one.get(address)), "go": all_of(household)}) for one in (phone, other)]
    db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda form: form[0].post(address, data=form[1]).status_code, forms))

    assert answers == [200, 200]
    assert stamps_at(place) == 3


def test_a_code_of_a_minute_ago_is_worthless(phone, household, place, clock):
    address = on_screen(place)
    clock.forward(seconds=59)
    assert fill(phone.get(address))
    clock.forward(seconds=1)

    page = phone.get(address)
    answer = phone.post(address, data={"go": all_of(household)})

    assert not fill(page)
    assert answer.status_code == 409
    assert stamps_at(place) == 0


def test_a_code_of_the_future_is_worthless(phone, place, clock):
    clock.forward(seconds=-36)

    assert not fill(phone.get(on_screen(place)))


def test_a_page_opened_in_time_may_be_sent_three_minutes_later(phone, household, place, clock):
    address = on_screen(place)
    first, second, _third = household.attendees
    form = fill(phone.get(address))

    clock.forward(minutes=3)
    assert phone.post(address, data={**form, "go": f"one-{first.id}"}).status_code == 200
    clock.forward(seconds=1)
    assert phone.post(address, data={**form, "go": f"one-{second.id}"}).status_code == 409

    assert stamps_at(place) == 1


def test_an_opening_is_good_for_its_own_code_only(phone, household, place, festival, clock):
    booth = factories.make_booth(festival)
    other = factories.make_checkpoint(festival, CheckpointKind.BOOTH, booth_id=booth.id)
    form = fill(phone.get(on_screen(place)))
    old = on_screen(other)
    clock.forward(minutes=2)

    for sent in (form["opening"], form["opening"][:-1] + "x", "", "1.0.a.b", "9" * 300, "a.b.c.d", "²." * 3 + "x"):
        assert phone.post(old, data={"opening": sent, "go": all_of(household)}).status_code == 409, sent
    assert stamps_at(other) == 0


@pytest.mark.parametrize(
    "change", [lambda c: c[:-1] + ("A" if c[-1] != "A" else "B"), lambda c: c[:-1], lambda _c: "/s/A"]
)
def test_a_forged_code_opens_nothing(phone, household, place, change):
    address = change(on_screen(place))

    assert phone.get(address).status_code == 404
    assert phone.post(address, data={"go": all_of(household)}).status_code == 404
    assert phone.get(change(on_poster(place))).status_code == 404


def test_another_festivals_booth_does_not_know_the_family(phone, household, make_festival):
    elsewhere = make_festival()
    booth = factories.make_booth(elsewhere)
    strange = factories.make_checkpoint(elsewhere, CheckpointKind.BOOTH, booth_id=booth.id)
    address = on_screen(strange)

    page = phone.get(address)
    code = household.tickets[1].short_code
    answer = press(phone, address, "ticket", ticket=code)

    assert household.attendees[0].name not in plain(page.text)
    assert answer.status_code == 422
    assert press(phone, address, all_of(household)).status_code == 422
    assert stamps_at(strange) == 0


def test_a_stranger_of_the_family_cannot_be_named(phone, household, place, make_household):
    other = make_household(members=1)

    assert press(phone, on_screen(place), f"one-{other.attendees[0].id}").status_code == 422
    assert stamps_at(place) == 0


def test_a_cancelled_family_gets_no_stamp(phone, household, place):
    changing.cancel(household)
    db.session.commit()

    assert press(phone, on_screen(place), all_of(household)).status_code == 422
    assert press(phone, on_screen(place), "ticket", ticket=household.tickets[1].short_code).status_code == 422
    assert stamps_at(place) == 0


def test_a_renewed_link_is_not_known_any_more(phone, household, place):
    household.link_version += 1
    db.session.commit()

    assert household.attendees[0].name not in plain(phone.get(on_screen(place)).text)


@pytest.mark.parametrize(
    ("opens", "closes", "words"), [(time(13), None, "13:00"), (None, time(11), ""), (time(12), time(13), None)]
)
def test_the_booths_hours_are_kept(phone, household, place, opens, closes, words):
    place.opens, place.closes = opens, closes
    db.session.commit()

    answer = press(phone, on_screen(place), all_of(household))

    assert answer.status_code == (200 if words is None else 422)
    assert stamps_at(place) == (3 if words is None else 0)
    assert (words or "A05") in plain(answer.text)


def test_outside_the_festivals_days_there_is_no_stamp(phone, household, place, clock, festival):
    clock.at = NOON + timedelta(days=3)

    answer = press(phone, on_screen(place, clock.at), all_of(household))

    assert answer.status_code == 422
    assert stamps_at(place) == 0


@pytest.mark.parametrize("status", [FestivalStatus.DRAFT, FestivalStatus.ARCHIVED])
def test_a_festival_that_is_not_public_has_no_stamps(phone, place, festival, status):
    festival.status = status
    db.session.commit()

    assert phone.get(on_screen(place)).status_code == 404


# --- posters -----------------------------------------------------------------------------------------------------


def test_a_poster_counts_with_the_number_of_the_day(phone, household, place):
    address = on_poster(place)

    assert press(phone, address, all_of(household)).status_code == 422
    assert press(phone, address, all_of(household), number=wrong_number(place)).status_code == 422
    assert stamps_at(place) == 0
    first = household.attendees[0]
    answer = press(phone, address, f"one-{first.id}", number=f" {number(place)} ")
    assert answer.status_code == 200
    again = phone.post(address, data={**fill(answer), "go": all_of(household)})
    assert again.status_code == 200
    assert stamps_at(place) == 3


def test_yesterdays_number_does_not_count(phone, household, place):
    yesterday = number(place, local(NOON).date() - timedelta(days=1))
    if yesterday == number(place):
        pytest.skip("the same by chance")

    assert press(phone, on_poster(place), all_of(household), number=yesterday).status_code == 422


def test_five_wrong_numbers_and_even_the_right_one_waits(phone, household, place, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    for _try in range(5):
        assert press(phone, on_poster(place), all_of(household), number=wrong_number(place)).status_code == 422

    answer = press(phone, on_poster(place), all_of(household), number=number(place))

    assert answer.status_code == 422
    assert stamps_at(place) == 0
    limiter.reset()


def test_at_a_poster_nothing_tells_which_of_the_two_was_wrong(client, household, place):
    code = household.tickets[1].short_code
    pages = [
        press(client, on_poster(place), "ticket", ticket=ticket, typed_number=typed)
        for ticket, typed in [(code, wrong_number(place)), ("ABCD2345", number(place)), ("ABCD2345", "")]
    ]

    told = {re.sub(r'value="[^"]*"', "", plain(page.text)) for page in pages}
    assert len(told) == 1
    assert {page.status_code for page in pages} == {422}
    assert press(client, on_poster(place), "ticket", ticket=code, typed_number=number(place)).status_code == 200


def test_a_posters_opening_proves_no_number(phone, household, place):
    address = on_poster(place)
    sent = fill(phone.get(address))["opening"].split(".")
    sent[1] = "1"

    assert phone.post(address, data={"opening": ".".join(sent), "go": all_of(household)}).status_code == 422
