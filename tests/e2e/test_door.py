"""The door in a real browser with a fake camera: pair, scan, admitted; again: already admitted, with time and door."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import qrcode
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect
from pyzbar import pyzbar

from festival import create_app
from festival.accounts.models import StaffRole
from festival.accounts.staff import give_role, make_user
from festival.extensions import db
from tests import factories
from tests.checkin.conftest import pass_of, qr_of, tickets_of
from tests.conftest import PASSWORD, make_settings
from tests.e2e.camera import PHONE, launch_options, video_of
from tests.e2e.server import serving
from tests.postgres import _free_port
from tests.tables import make_tables


@dataclass(frozen=True)
class House:
    """A running installation: a festival with an entrance, two households, an organizer."""

    app: Flask
    address: str
    slug: str
    ticket_text: str
    ticket_name: str
    pass_text: str
    member_names: tuple[str, ...]
    stranger_code: str


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    address = f"http://127.0.0.1:{_free_port()}"
    app = create_app(make_settings(tmp_path, public_url=address))
    with app.app_context():
        make_tables()
        festival = factories.make_festival()
        factories.make_checkpoint(festival)
        user = make_user("cua@phuongthunghiem.vn", "Cán bộ thử", PASSWORD)
        give_role(user, db.session.get_one(factories.Organization, festival.organization_id), StaffRole.DOOR_MANAGER)
        one = factories.make_household(festival, members=1)
        family = factories.make_household(festival, members=4)
        db.session.commit()
        made = House(
            app=app,
            address=address,
            slug=festival.slug,
            ticket_text=qr_of(tickets_of(one)[0], festival),
            ticket_name=one.attendees[0].name,
            pass_text=qr_of(pass_of(family), festival),
            member_names=tuple(person.name for person in family.attendees),
            stranger_code="ABCD2345",
        )
        db.session.remove()
    with serving(app):
        yield made


@pytest.fixture
def browser_seeing(playwright: Playwright, tmp_path: Path) -> Iterator[Callable[[str], Browser]]:
    """A browser whose camera sees a QR code with that text."""
    opened: list[Browser] = []

    def see(text: str) -> Browser:
        number = len(opened)
        picture = tmp_path / f"qr-{number}.png"
        qrcode.make(text, box_size=6).save(str(picture))
        video = video_of(picture, tmp_path / f"camera-{number}.y4m")
        opened.append(playwright.chromium.launch(**launch_options(video)))
        return opened[-1]

    yield see
    for browser in opened:
        browser.close()


def pairing_address(house: House, browser: Browser, tmp_path: Path) -> str:
    """The organizer signs in and makes a pairing code; what its QR says is read by a decoder that is not ours."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{house.address}/manage/{house.slug}/door?lang=en")
    page.get_by_label("E-mail").fill("cua@phuongthunghiem.vn")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{house.address}/manage/{house.slug}/door/pair?lang=en")
    page.get_by_label("Name of the door").fill("Cửa A")
    page.get_by_role("button", name="Show the pairing code").click()
    picture = tmp_path / "pairing.png"
    page.locator(".pairing-code svg").screenshot(path=picture)
    (found,) = pyzbar.decode(Image.open(picture))
    context.close()
    return str(found.data.decode())


def paired_phone(house: House, browser: Browser, tmp_path: Path, context: BrowserContext | None = None) -> Page:
    address = pairing_address(house, browser, tmp_path)
    assert address.startswith(f"{house.address}/door/pair/")
    page = (context or browser.new_context(**PHONE)).new_page()
    page.goto(f"{address}?lang=en")
    page.get_by_label("Your name").fill("Chị Lan")
    page.get_by_role("button", name="Pair this phone").click()
    page.wait_for_url("**/door/")
    return page


def test_pair_a_phone_scan_a_ticket_and_scan_it_again(
    house: House, browser_seeing: Callable[[str], Browser], tmp_path: Path
) -> None:
    page = paired_phone(house, browser_seeing(house.ticket_text), tmp_path)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)

    page.get_by_role("button", name="Start scanning").click()
    verdict = page.locator("#verdict")
    expect(verdict).to_be_visible()
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    expect(page.locator("#verdict-name")).to_have_text(house.ticket_name)
    expect(verdict).to_be_hidden()

    # The code stays in view: it is not scanned again, not even after more than three seconds.
    page.wait_for_timeout(3500)
    expect(verdict).to_be_hidden()

    page.reload()
    page.get_by_role("button", name="Start scanning").click()
    expect(page.locator("#verdict-word")).to_have_text("Already in")
    assert re.fullmatch(r"\d\d:\d\d, Cửa A", page.locator("#verdict-first").inner_text())
    page.get_by_role("button", name="Next one").click()
    expect(verdict).to_be_hidden()
    assert problems == []


def test_a_household_pass_lists_its_people_and_lets_the_rest_in_by_one_tap(
    house: House, browser_seeing: Callable[[str], Browser], tmp_path: Path
) -> None:
    page = paired_phone(house, browser_seeing(house.pass_text), tmp_path)
    page.get_by_role("button", name="Start scanning").click()
    people = page.locator("#household-people li")
    expect(people).to_have_count(4)

    page.get_by_role("button", name=f"Let in: {house.member_names[1]}").click()
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    expect(page.locator("#verdict-name")).to_have_text(house.member_names[1])

    page.reload()
    page.get_by_role("button", name="Start scanning").click()
    expect(people).to_have_count(4)
    expect(people.nth(1)).to_contain_text("Cửa A")
    page.get_by_role("button", name="Let in the other 3").click()
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    expect(page.locator("#verdict-list li")).to_have_count(3)


def test_the_camera_goes_on_when_the_reader_dies(
    house: House, browser_seeing: Callable[[str], Browser], tmp_path: Path
) -> None:
    """As on a cheap phone that runs out of memory: another reader is started."""
    browser = browser_seeing(house.ticket_text)
    context = browser.new_context(**PHONE, service_workers="block")
    started: list[str] = []

    def die_once(route: Route) -> None:
        started.append(route.request.url)
        if len(started) > 1:
            route.continue_()
            return
        dying = "postMessage({ ready: true }); onmessage = () => { throw new Error('out of memory'); };"
        route.fulfill(body=dying, content_type="text/javascript")

    context.route("**/decoder-worker.js*", die_once)
    page = paired_phone(house, browser, tmp_path, context)
    page.get_by_role("button", name="Start scanning").click()

    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    assert len(started) == 2


def test_without_any_list_no_answer_is_said_plainly_and_the_next_try_is_the_same_scan(
    house: House, browser_seeing: Callable[[str], Browser], tmp_path: Path
) -> None:
    browser = browser_seeing("nothing")
    context = browser.new_context(**PHONE)
    context.route("**/door/api/roster*", lambda route: route.abort())
    page = paired_phone(house, browser, tmp_path, context)
    sent: list[str] = []
    page.on(
        "request",
        lambda request: sent.append(request.post_data_json["scans"][0]["id"]) if "scans" in request.url else None,
    )
    page.route("**/door/api/scans", lambda route: route.abort())
    for _ in range(2):
        page.get_by_label("Short code").fill(house.stranger_code)
        page.get_by_role("button", name="Check").click()
        expect(page.locator("#verdict-word")).to_have_text("No answer from the server. Scan again.")
        page.get_by_role("button", name="Next one").click()

    page.unroute("**/door/api/scans")
    page.get_by_label("Short code").fill(house.stranger_code)
    page.get_by_role("button", name="Check").click()

    expect(page.locator("#verdict-word")).to_have_text("Not known")
    assert len(sent) == 3
    assert len(set(sent)) == 1


def test_names_hand_held_scanners_and_pictures_work_without_a_camera(
    house: House, browser_seeing: Callable[[str], Browser], tmp_path: Path
) -> None:
    page = paired_phone(house, browser_seeing("https://example.com/a-stranger's-code"), tmp_path)
    word, close = page.locator("#verdict-word"), page.get_by_role("button", name="Next one")

    page.get_by_role("button", name="Name").click()
    page.locator("#finder-name").fill(house.member_names[1].lower())
    page.get_by_role("button", name="Find").click()
    page.locator("#finder-people button").first.click()
    expect(word).to_have_text("Welcome!")
    expect(page.locator("#verdict-name")).to_have_text(house.member_names[1])

    page.locator("h1").evaluate("document.activeElement.blur()")
    page.keyboard.type(house.ticket_text)
    page.keyboard.press("Enter")
    expect(page.locator("#verdict-name")).to_have_text(house.ticket_name)

    page.locator("#picture").set_input_files(tmp_path / "qr-0.png")
    expect(word).to_have_text("Not known")
    close.click()
    picture = tmp_path / "ticket.png"
    qrcode.make(house.ticket_text).save(str(picture))
    page.locator("#picture").set_input_files(picture)
    expect(word).to_have_text("Already in")


def test_a_revoked_phone_is_told_so(house: House, browser_seeing: Callable[[str], Browser], tmp_path: Path) -> None:
    page = paired_phone(house, browser_seeing("nothing"), tmp_path)
    expect(page.locator("#bar-synced")).to_contain_text("Updated at")
    with house.app.app_context():
        device = db.session.query(factories.Device).one()
        device.revoked_at = device.paired_at
        db.session.commit()

    page.evaluate("window.dispatchEvent(new Event('online'))")  # else it looks again within 15 seconds
    expect(page.locator("#verdict-word")).to_have_text("This phone was taken off the door.")
    page.get_by_role("button", name="Next one").click()

    expect(page.get_by_role("heading", name="This phone is not paired yet")).to_be_visible()
