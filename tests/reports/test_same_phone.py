"""Registrations with the same phone number are marked for the organizer, with the way to the other one."""

from __future__ import annotations

import pytest

from festival.core.clock import now
from festival.extensions import db
from festival.reports.same_phone import MOST_NAMED, Other, same_phones
from tests.conftest import plain

PHONE = "+84912345678"


@pytest.fixture
def twice(make_household):
    return [make_household(phone=PHONE, contact_name=name) for name in ("Trần Thị Hoa", "Hoa Trần")]


def test_two_with_one_number_name_each_other_and_others_are_not_marked(festival, twice, make_household):
    other = make_household(phone="+84977777777")
    first, second = twice

    found = same_phones(festival, [first, second, other])

    assert found.keys() == {first.id, second.id}
    assert (found[first.id].count, list(found[first.id].others)) == (1, [Other(second.id, "Hoa Trần")])
    assert list(found[second.id].others) == [Other(first.id, "Trần Thị Hoa")]


def test_a_cancelled_one_another_festival_and_none_at_all_are_no_others(festival, twice, make_festival, make_household):
    first, second = twice
    second.cancelled_at = now()
    no_phone = [make_household(phone="") for _ in range(2)]
    make_household(festival=make_festival(), phone=PHONE)
    db.session.commit()

    assert same_phones(festival, [first, second, *no_phone]) == {}


def test_of_a_number_with_many_only_how_many_is_said(festival, make_household):
    rows = [make_household(phone=PHONE) for _ in range(MOST_NAMED + 2)]

    same = same_phones(festival, rows)[rows[0].id]

    assert (same.count, list(same.others)) == (MOST_NAMED + 1, [])


def test_the_list_and_the_page_lead_to_the_other_one(festival, twice, make_household, sign_in):
    first, second = twice
    alone = make_household(phone="+84977777777")
    browser, at = sign_in(), f"/manage/{festival.slug}/registrations"

    rows, page = browser.get(at).text, browser.get(f"{at}/{first.id}").text

    assert "trùng số: Hoa Trần" in plain(rows)
    assert "trùng số: Trần Thị Hoa" in plain(rows)
    assert plain(rows).count("trùng số") == 2
    assert "Số điện thoại này có ở 1 lượt đăng ký khác nữa." in plain(page)
    assert f'href="{at}/{second.id}"' in page
    assert "Số điện thoại này" not in plain(browser.get(f"{at}/{alone.id}").text)
