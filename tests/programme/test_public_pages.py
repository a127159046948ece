"""The public pages: what residents see, what strangers must not see, and that no address breaks anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from festival.accounts.models import StaffRole
from festival.core.clock import today
from festival.extensions import db
from festival.programme.models import BoothStatus, Festival, FestivalStatus
from tests import factories
from tests.conftest import plain

Maker = Callable[..., factories.Session]


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.status
    return answer.text


def statements(client: FlaskClient, address: str) -> int:
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    db.session.remove()
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        page(client, address)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(seen)


def test_the_first_page_is_the_home_of_the_only_festival(client: FlaskClient, festival: Festival) -> None:
    answer = client.get("/?lang=en")
    assert (answer.status_code, answer.location) == (302, f"/{festival.slug}/?lang=en")


def test_the_first_page_lists_several_and_finds_a_ward_without_marks(client: FlaskClient, make_festival: Maker) -> None:
    ward = factories.make_ward()
    make_festival(name="Ngày hội Hai Bà Trưng", ward_code=ward.code)
    make_festival(name="Ngày hội nơi khác")
    make_festival(name="Ngày hội nháp", status=FestivalStatus.DRAFT)
    everything = page(client, "/")
    assert "Ngày hội Hai Bà Trưng" in everything
    assert "Ngày hội nơi khác" in everything
    assert "nháp" not in everything
    found = page(client, "/?q=HAI+ba+trung")
    assert "Ngày hội Hai Bà Trưng" in found
    assert "nơi khác" not in found
    assert "No festival found" in page(client, "/?q=%25&lang=en")


def test_the_first_page_is_friendly_when_there_is_nothing(client: FlaskClient) -> None:
    assert "No festival has been announced yet" in page(client, "/?lang=en")


@pytest.mark.parametrize(
    "path", ["/", "/programme", "/programme.ics", "/programme.json", "/booths/A01", "/workshops/1"]
)
def test_a_draft_is_not_there_for_strangers(client: FlaskClient, make_festival: Maker, path: str) -> None:
    draft = make_festival(status=FestivalStatus.DRAFT, name="Ngày hội bí mật")
    assert "bí mật" not in page(client, f"/{draft.slug}{path}", 404)


def test_staff_see_their_draft_and_no_cache_keeps_it(sign_in: Callable[..., FlaskClient], make_festival: Maker) -> None:
    draft = make_festival(status=FestivalStatus.DRAFT)
    browser = sign_in(StaffRole.ORGANIZER)
    assert draft.name in page(browser, f"/{draft.slug}/")
    assert browser.get(f"/{draft.slug}/programme.json").headers["Cache-Control"] == "private, no-store"


def test_home_says_when_where_and_how(client: FlaskClient, make_festival: Maker) -> None:
    soon = make_festival(first_day=today() + timedelta(days=12), last_day=today() + timedelta(days=12))
    factories.make_booth(soon, topic="An toàn số")
    words = plain(page(client, f"/{soon.slug}/?lang=en"))
    for expected in ("12 days to go", "00:01–23:59", soon.venue, "Register the whole family", "An toàn số 1 booth"):
        assert expected in words


def test_home_does_not_offer_what_is_closed(client: FlaskClient, make_festival: Maker) -> None:
    over = make_festival(first_day=date(2025, 10, 10), last_day=date(2025, 10, 10), status=FestivalStatus.CLOSED)
    words = plain(page(client, f"/{over.slug}/?lang=en"))
    assert "This festival is over" in words
    assert "Register the whole family" not in words


@pytest.mark.parametrize(("typed", "found"), [("dinh danh", True), ("ĐỊNH DANH", True), ("do", True), ("zzz", False)])
def test_search_does_not_mind_marks(
    client: FlaskClient, festival: Festival, make_session: Maker, typed: str, found: bool
) -> None:
    make_session(title="Định danh cùng cô Đỗ")
    factories.make_booth(festival, name="Định danh cùng cô Đỗ")
    for show in ("", "&show=booths"):
        text = page(client, f"/{festival.slug}/programme?q={typed}{show}")
        assert ("Định danh cùng cô Đỗ" in text) is found


def test_words_that_stand_together_go_before_words_apart(
    client: FlaskClient, festival: Festival, make_session: Maker
) -> None:
    make_session(title="Định danh điện tử")
    make_session(title="Dành cho gia đình")
    together = page(client, f"/{festival.slug}/programme?q=dinh+danh")
    assert "Định danh điện tử" in together
    assert "Dành cho gia đình" not in together
    assert "Định danh điện tử" in page(client, f"/{festival.slug}/programme?q=tu+dinh")


def test_filters_narrow_the_sessions(client: FlaskClient, festival: Festival, make_session: Maker) -> None:
    make_session(title="Sáng sớm", start=time(8), end=time(9))
    make_session(title="Buổi chiều", start=time(13), end=time(14), capacity=1, seats_taken=1)
    make_session(title="Buổi tối", start=time(18), end=time(19), day=today())
    elderly = factories.make_workshop(festival, title="Cho ông bà", audience="Người cao tuổi")
    make_session(workshop=elderly, start=time(8), end=time(9), booth_id=factories.make_booth(festival, topic="AI").id)
    titles = ("Sáng sớm", "Buổi chiều", "Buổi tối", "Cho ông bà")

    def shown(query: str) -> set[str]:
        text = page(client, f"/{festival.slug}/programme?{query}")
        return {title for title in titles if title in text}

    assert shown("time=morning") == {"Sáng sớm", "Cho ông bà"}
    assert shown("time=afternoon") == {"Buổi chiều"}
    assert shown("time=evening") == {"Buổi tối"}
    assert shown(f"day={today().isoformat()}") == {"Buổi tối"}
    assert shown("free=1") == {"Sáng sớm", "Buổi tối", "Cho ông bà"}
    assert shown("audience=Người+cao+tuổi") == {"Cho ông bà"}
    assert shown("topic=AI") == {"Cho ông bà"}


@pytest.mark.parametrize(
    "query",
    [
        "q=%25%27%22%3Cscript%3Ealert(1)%3C/script%3E",
        "q=%00%ff%f0%9f%98%80",
        "q=" + "a" * 5000,
        "q=" + "a+" * 500,
        "q=_",
        "q=%5C",
        "topic=%27;DROP+TABLE+festivals&audience[]=1",
        "time=midnight&day=9999-99-99&free=yes",
        "day=0001-01-01&time=morning",
        "day=9999-12-31&time=evening",
        "show=%3Cb%3E&by=nonsense&page=-1",
        "q=1&q=2&lang=xx",
    ],
)
def test_hostile_filters_do_nothing_bad(
    client: FlaskClient, festival: Festival, make_session: Maker, query: str
) -> None:
    make_session()
    for address in (
        f"/{festival.slug}/programme?{query}",
        f"/{festival.slug}/programme?show=booths&{query}",
        f"/?{query}",
    ):
        answer = client.get(address)
        assert answer.status_code in (200, 302)
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/booths/NONE",
        "/booths/%27%3B--",
        "/workshops/0",
        "/workshops/99999999999999999999999",
        "/programme.ics?session=99999999999",
        "/programme.ics?session=-1",
        "/programme.ics?session=%C2%B2",
    ],
)
def test_what_is_not_there_is_404(client: FlaskClient, festival: Festival, path: str) -> None:
    page(client, f"/{festival.slug}{path}", 404)


def test_another_festivals_things_are_not_shown(client: FlaskClient, make_festival: Maker, make_session: Maker) -> None:
    other = make_festival()
    session = make_session()
    booth = factories.make_booth(make_festival(), code="X99")
    page(client, f"/{other.slug}/workshops/{session.workshop_id}", 404)
    page(client, f"/{other.slug}/booths/{booth.code}", 404)
    page(client, f"/{other.slug}/programme.ics?session={session.id}", 404)


def test_only_approved_booths_are_shown(client: FlaskClient, festival: Festival) -> None:
    factories.make_booth(festival, code="Z01", name="Gian hàng chưa duyệt", status=BoothStatus.APPLIED)
    page(client, f"/{festival.slug}/booths/Z01", 404)
    assert "chưa duyệt" not in page(client, f"/{festival.slug}/programme?show=booths")


def test_seats_are_told_in_words(client: FlaskClient, festival: Festival, make_session: Maker) -> None:
    for taken in (8, 18, 20):
        make_session(seats_taken=taken)
    words = plain(page(client, f"/{festival.slug}/programme?lang=en"))
    for expected in ("12 seats left", "Only 2 seats left", "Full"):
        assert expected in words


def test_a_workshop_offers_its_sessions_and_links_to_go_on(
    client: FlaskClient, festival: Festival, make_session: Maker
) -> None:
    workshop = factories.make_workshop(festival, learn_more_url="https://example.vn/bai-hoc")
    session = make_session(workshop=workshop)
    text = page(client, f"/{festival.slug}/workshops/{workshop.id}")
    assert f"/{festival.slug}/register?session={session.id}" in text
    assert "https://example.vn/bai-hoc" in text
    assert "https://binhdanhocvuso.gov.vn/" in text


def test_a_link_that_is_no_web_address_is_not_shown(client: FlaskClient, festival: Festival) -> None:
    workshop = factories.make_workshop(festival, learn_more_url="javascript:alert(1)")
    assert "javascript:" not in page(client, f"/{festival.slug}/workshops/{workshop.id}")


def test_the_number_of_statements_does_not_grow(client: FlaskClient, festival: Festival, make_session: Maker) -> None:
    def add(count: int) -> None:
        for number in range(count):
            make_session(start=time(8 + number), end=time(9 + number))
            factories.make_booth(festival)

    add(2)
    addresses = ["/", "/programme", "/programme?show=booths&by=topic", "/programme.json", "/programme.ics"]
    before = [statements(client, f"/{festival.slug}{address}") for address in addresses]
    add(10)
    assert [statements(client, f"/{festival.slug}{address}") for address in addresses] == before
    assert max(before) <= 6


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_public_page_has_what_readers_of_pages_need(
    client: FlaskClient, festival: Festival, make_session: Maker, language: str
) -> None:
    workshop_id = make_session().workshop_id
    code = factories.make_booth(festival).code
    for path in ("/", "/programme", "/programme?show=booths", f"/booths/{code}", f"/workshops/{workshop_id}"):
        text = page(client, f"/{festival.slug}{path}{'&' if '?' in path else '?'}lang={language}")
        assert f'<html lang="{language}">' in text
        assert text.count("<h1") == 1
        assert 'href="#main"' in text
        assert 'name="description"' in text
        assert 'rel="canonical"' in text
        assert "style=" not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=", text)


def test_the_language_switch_keeps_the_filters_and_is_remembered(client: FlaskClient, festival: Festival) -> None:
    text = page(client, f"/{festival.slug}/programme?q=AI&free=1")
    assert "?q=AI&amp;free=1&amp;lang=en" in text
    page(client, f"/{festival.slug}/?lang=en")
    assert '<html lang="en">' in page(client, f"/{festival.slug}/")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 410, 413, 415, 422, 429, 500, 503])
def test_error_pages_say_what_to_do_next(client: FlaskClient, code: int, language: str) -> None:
    from flask import render_template

    with client.application.test_request_context(f"/?lang={language}"):
        text = render_template("errors/error.html", code=code)
    assert text.count("<h1") == 1
    assert str(code) in text


def test_the_look_shows_every_component(client: FlaskClient) -> None:
    for face in ("public", "manage", "door", "nonsense"):
        assert "K7MP X3QD" in page(client, f"/manage/look?face={face}")
