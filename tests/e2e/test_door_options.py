"""At the scanner: letting out, undoing, finding people with and without a network, the skill shown, coming nearer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from festival import create_app
from festival.checkin.models import Admission, CheckpointKind, Scan, ShownSkill
from festival.checkin.pairing import DEVICE_COOKIE
from festival.extensions import db
from tests import factories
from tests.checkin.conftest import tickets_of
from tests.conftest import make_settings
from tests.e2e.camera import PHONE
from tests.e2e.server import serving
from tests.postgres import _free_port
from tests.tables import make_tables


@dataclass(frozen=True)
class House:
    """A running festival with an entrance and a booth, two women of one name, and a phone paired for both places."""

    app: Flask
    address: str
    token: str
    codes: tuple[str, str]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    address = f"http://127.0.0.1:{_free_port()}"
    app = create_app(make_settings(tmp_path_factory.mktemp("options"), public_url=address))
    with app.app_context():
        make_tables()
        festival = factories.make_festival()
        entrance = factories.make_checkpoint(festival)
        booth = factories.make_booth(festival, skills="Cài VNeID\nGọi 115")
        stand = factories.make_checkpoint(festival, CheckpointKind.BOOTH, name="Gian A01", booth_id=booth.id)
        token = factories.make_device(festival, checkpoints=[entrance, stand]).token
        families = [
            factories.make_household(festival, members=2, contact_name="Lê Văn Sáu", phone="+84912345678"),
            factories.make_household(festival, members=1, contact_name="Vũ Thị Bảy", phone="+84387651999"),
        ]
        for family, year in zip(families, (1954, 1987), strict=True):
            family.attendees[0].name, family.attendees[0].birth_year = "Đỗ Thị Định", year
        db.session.commit()
        codes = (tickets_of(families[0])[0].short_code, tickets_of(families[1])[0].short_code)
        made = House(app, address, token, codes)
        db.session.remove()
    with serving(app):
        yield made


@pytest.fixture
def phone(house: House, browser: Browser) -> Iterator[Page]:
    """The phone with its roster; the house is empty."""
    with house.app.app_context():
        for table in (ShownSkill, Admission, Scan):
            db.session.query(table).delete()
        db.session.commit()
        db.session.remove()
    context = browser.new_context(**{**PHONE, "base_url": house.address, "reduced_motion": "reduce"})
    context.add_cookies([{"name": DEVICE_COOKIE, "value": house.token, "domain": "127.0.0.1", "path": "/door"}])
    page = context.new_page()
    with page.expect_response("**/door/api/roster*"):
        page.goto("/door/?lang=en")
    expect(page.locator("#direction")).to_be_visible()
    yield page
    context.close()


def type_code(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Check").click()


def expect_verdict(page: Page, word: str) -> None:
    expect(page.locator("#verdict-word")).to_have_text(word)
    page.locator("#verdict-close").click()


def cut(page: Page, off: bool) -> BrowserContext:
    context = page.context
    context.set_offline(off)
    page.evaluate("off => dispatchEvent(new Event(off ? 'offline' : 'online'))", off)
    return context


def test_letting_out_says_goodbye_until_another_place_is_chosen(house: House, phone: Page) -> None:
    type_code(phone, house.codes[0])
    expect_verdict(phone, "Welcome!")

    phone.get_by_role("button", name="Out", exact=True).click()
    expect(phone.locator("#scanner")).to_have_attribute("data-direction", "out")
    type_code(phone, house.codes[0])
    expect_verdict(phone, "Goodbye!")
    expect(phone.get_by_role("button", name="Out", exact=True)).to_have_attribute("aria-pressed", "true")

    phone.locator("#checkpoint").select_option(label="Gian A01")
    expect(phone.locator("#direction")).to_be_hidden()
    phone.locator("#checkpoint").select_option(label="Cổng chính")
    expect(phone.get_by_role("button", name="In", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(phone.locator("#scanner")).to_have_attribute("data-direction", "in")


def undo_last(page: Page, reason: str) -> None:
    page.get_by_role("button", name="Just scanned").click()
    page.get_by_role("button", name="Undo: Đỗ Thị Định").first.click()
    page.get_by_label(reason).check()
    page.locator("#undo-form").get_by_role("button", name="Undo").click()


def test_a_scan_is_undone_with_a_reason_and_the_person_may_come_in_again(house: House, phone: Page) -> None:
    type_code(phone, house.codes[0])
    expect_verdict(phone, "Welcome!")

    phone.get_by_role("button", name="Just scanned").click()
    phone.get_by_role("button", name="Undo: Đỗ Thị Định").click()
    phone.locator("#undo-form").get_by_role("button", name="Undo").click()
    expect(phone.locator("#undo-problem")).to_contain_text("Choose a reason")
    phone.get_by_label("Something else").check()
    phone.get_by_label("What happened?").fill("Quay về lấy mũ")
    phone.locator("#undo-form").get_by_role("button", name="Undo").click()
    expect(phone.locator(".undo__taken")).to_contain_text("Undone")
    expect(phone.get_by_role("button", name="Undo: Đỗ Thị Định")).to_have_count(0)
    phone.locator("#undo-close").click()

    with house.app.app_context():
        (scan,) = db.session.scalars(select(Scan)).all()
        assert (scan.undo_reason, scan.undone_at is not None) == ("Quay về lấy mũ", True)
        assert db.session.scalars(select(Admission)).all() == []
        db.session.remove()
    type_code(phone, house.codes[0])
    expect_verdict(phone, "Welcome!")


def test_undoing_without_a_network_is_kept_and_done_when_it_is_back(house: House, phone: Page) -> None:
    cut(phone, True)
    type_code(phone, house.codes[1])
    expect_verdict(phone, "Welcome!")
    undo_last(phone, "Did not go through")
    expect(phone.locator(".undo__taken")).to_contain_text("Kept")

    cut(phone, False)

    expect(phone.locator(".undo__taken")).to_contain_text("Undone", timeout=20_000)
    with house.app.app_context():
        (scan,) = db.session.scalars(select(Scan)).all()
        assert scan.undo_reason == "Did not go through"
        db.session.remove()


def find(page: Page, words: str) -> None:
    page.locator("#finder-name").fill(words)
    page.locator("#finder-name").press("Enter")


def test_two_of_one_name_are_told_apart_online_and_offline(house: House, phone: Page) -> None:
    phone.locator("#find").click()
    people = phone.locator("#finder-people button")
    find(phone, "do dinh")
    expect(people).to_have_count(2)
    expect(people.nth(0)).to_contain_text("born 1954 · phone …678")
    expect(people.nth(0)).to_contain_text("Family of Lê Văn Sáu")
    expect(people.nth(1)).to_contain_text("born 1987 · phone …999")
    find(phone, "5678")
    expect(people).to_have_count(2)
    find(phone, "định")
    expect(phone.locator("#finder-status")).to_contain_text("two words")
    expect(people).to_have_count(0)

    cut(phone, True)
    find(phone, "định 1954")
    expect(people).to_have_count(1)
    expect(people.nth(0)).to_contain_text("born 1954 · phone …678")
    expect(people.nth(0)).to_contain_text("same family: Đỗ Văn Mẫu")
    expect(phone.locator("#finder-status")).to_contain_text("may be old")
    find(phone, "dinh 51999")
    expect(people).to_have_count(1)
    expect(people.nth(0)).to_contain_text("born 1987")
    people.nth(0).click()
    expect_verdict(phone, "Welcome!")


def test_people_are_reached_with_the_keyboard(house: House, phone: Page) -> None:
    phone.locator("#find").press("Enter")
    find(phone, "do dinh")
    expect(phone.locator("#finder-people button")).to_have_count(2)
    phone.locator("#finder-name").focus()
    for _key in range(2):
        phone.keyboard.press("ArrowDown")
    expect(phone.locator("#finder-people button").nth(1)).to_be_focused()
    phone.keyboard.press("Enter")
    expect_verdict(phone, "Welcome!")
    for box in phone.locator("#finder-people button").all():
        assert (box.bounding_box() or {"height": 48})["height"] >= 48


def test_the_skill_shown_stays_chosen_and_is_kept(house: House, phone: Page) -> None:
    expect(phone.locator("#skills")).to_be_hidden()
    expect(phone.locator("#day-number")).to_be_hidden()
    phone.locator("#checkpoint").select_option(label="Gian A01")
    phone.locator("#skills summary").click()
    phone.get_by_role("button", name="Gọi 115").click()
    for code in house.codes:
        type_code(phone, code)
        expect_verdict(phone, "Welcome!")
    expect(phone.locator("#skill-chosen")).to_have_text("Gọi 115")
    expect(phone.locator("#day-number-digits")).to_have_text(re.compile(r"^\d\d$"))  # for visitors at the poster

    phone.locator("#skills summary").click()
    phone.get_by_role("button", name="No skill").click()
    expect(phone.locator("#skill-chosen")).to_have_text("No skill")
    with house.app.app_context():
        assert sorted(shown.skill for shown in db.session.scalars(select(ShownSkill))) == ["Gọi 115", "Gọi 115"]
        db.session.remove()
