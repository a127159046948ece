"""Two organizers edit the same thing at once: the second is shown the difference, nothing is overwritten unseen."""

from __future__ import annotations

import re
from html import unescape

import pytest

from festival.accounts.models import StaffRole
from festival.extensions import db
from festival.programme.models import Booth, Festival, Workshop, Zone
from tests import factories
from tests.programme.conftest import words_of


@pytest.fixture
def second(sign_in):
    browser = sign_in(StaffRole.ORGANIZER)
    browser.set_cookie("language", "en")
    return browser


@pytest.fixture
def booth(festival):
    return factories.make_booth(festival, code="A01", name="Gian cũ", topic="Y tế số")


def form_of(answer) -> dict[str, str]:
    """The fields of a page's form as a browser would send them back."""
    forms = answer.get_data(as_text=True).split("<form")
    html = next(form for form in forms if 'name="seen"' in form).split("</form>")[0]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            fields[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', html, re.S):
        fields[name] = unescape(text).strip()
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.S):
        fields[name] = re.search(r"<option selected[^>]*value=\"([^\"]*)\"", options)[1]
    return fields


def test_a_form_that_does_not_say_what_it_was_shown_overwrites(organizer, second, at, booth):
    """The race is there: it is only closed by what the form brings back."""
    address = f"{at}/booths/{booth.id}"
    mine, theirs = form_of(second.get(address)), form_of(organizer.get(address))
    organizer.post(address, data=theirs | {"topic": "Dịch vụ công"})

    second.post(address, data={name: value for name, value in mine.items() if name != "seen"})

    assert db.session.get(Booth, booth.id, populate_existing=True).topic == "Y tế số"


def test_who_is_second_sees_the_difference_and_nothing_is_overwritten_unseen(organizer, second, at, booth):
    address = f"{at}/booths/{booth.id}"
    mine, theirs = form_of(second.get(address)), form_of(organizer.get(address))
    organizer.post(address, data=theirs | {"name": "Gian của người thứ nhất"})

    refused = second.post(address, data=mine | {"name": "Gian của tôi", "topic": "Học tập"})

    assert refused.status_code == 409
    assert re.search(r"Gian của người thứ nhất\W+\S.*, \d.*Gian của tôi", words_of(refused)), "by whom, and when"
    unchanged = db.session.get(Booth, booth.id, populate_existing=True)
    assert (unchanged.name, unchanged.topic) == ("Gian của người thứ nhất", "Y tế số")

    again = second.post(address, data=form_of(refused))

    assert again.status_code == 302
    saved = db.session.get(Booth, booth.id, populate_existing=True)
    assert (saved.name, saved.topic) == ("Gian của tôi", "Học tập")


def test_what_only_the_other_one_has_changed_stays(organizer, second, at, booth):
    address = f"{at}/booths/{booth.id}"
    mine, theirs = form_of(second.get(address)), form_of(organizer.get(address))
    organizer.post(address, data=theirs | {"name": "Tên mới"})

    answer = second.post(address, data=mine | {"topic": "Học tập"})

    assert answer.status_code == 302
    saved = db.session.get(Booth, booth.id, populate_existing=True)
    assert (saved.name, saved.topic) == ("Tên mới", "Học tập")


def test_a_page_that_complains_of_something_else_still_knows_what_it_was_shown(organizer, second, at, booth):
    address = f"{at}/booths/{booth.id}"
    mine, theirs = form_of(second.get(address)), form_of(organizer.get(address))
    organizer.post(address, data=theirs | {"name": "Tên mới"})
    complained = second.post(address, data=mine | {"name": "Gian của tôi", "chairs": "many"})
    assert complained.status_code == 422

    refused = second.post(address, data=form_of(complained) | {"chairs": "3"})

    assert refused.status_code == 409


def _made(kind, festival):
    if kind is Festival:
        return festival
    if kind is Workshop:
        return factories.make_workshop(festival)
    zone = Zone(festival_id=festival.id, name="Khu cũ")
    db.session.add(zone)
    db.session.commit()
    return zone


@pytest.mark.parametrize(
    ("kind", "part", "field"), [(Zone, "zones", "name"), (Workshop, "workshops", "title"), (Festival, "", "venue")]
)
def test_zones_workshops_and_the_festival_are_guarded_alike(organizer, second, at, festival, kind, part, field):
    made = _made(kind, festival)
    address = f"{at}/{part}/{made.id}" if part else f"{at}/edit"
    mine, theirs = form_of(second.get(address)), form_of(organizer.get(address))
    assert organizer.post(address, data=theirs | {field: "Của người thứ nhất"}).status_code == 302

    refused = second.post(address, data=mine | {field: "Của tôi"})

    assert refused.status_code == 409
    assert getattr(db.session.get(kind, made.id, populate_existing=True), field) == "Của người thứ nhất"
    assert second.post(address, data=form_of(refused)).status_code == 302
    assert getattr(db.session.get(kind, made.id, populate_existing=True), field) == "Của tôi"


def test_a_page_shown_for_long_saves_what_nobody_else_has_touched(organizer, at, booth):
    """What a form shows is what it brings back: texts of several lines, nothing chosen, an empty number."""
    booth.description = "Dòng một\nDòng hai"
    db.session.commit()
    address = f"{at}/booths/{booth.id}"

    answer = organizer.post(address, data=form_of(organizer.get(address)))

    assert answer.status_code == 302
    assert db.session.get(Booth, booth.id, populate_existing=True).description == "Dòng một\nDòng hai"
