"""The phone that works without a network, in a real browser: it starts, scans, keeps, sends and forgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect

from festival import create_app
from festival.checkin import pairing
from festival.checkin.models import Device
from festival.checkin.pairing import DEVICE_COOKIE
from festival.core.clock import now
from festival.extensions import db
from festival.registration import changing
from tests import factories
from tests.checkin.conftest import pass_of, qr_of, tickets_of
from tests.conftest import make_settings
from tests.e2e.camera import PHONE, launch_options
from tests.e2e.offline_phone import (
    ALL_AT_ONCE,
    HOURS_WRONG,
    LEFT,
    ROWS,
    Gate,
    Yard,
    cookie_of,
    scan,
    scans_of,
    wait_until_ready,
)
from tests.e2e.server import serving
from tests.postgres import _free_port
from tests.tables import make_tables


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    address = f"http://127.0.0.1:{_free_port()}"
    app = create_app(make_settings(tmp_path_factory.mktemp("yard"), public_url=address))
    with app.app_context():
        make_tables()
    with serving(app):
        yield Yard(app, address)


@pytest.fixture
def gate(yard: Yard) -> Gate:
    with yard.app.app_context():
        festival = factories.make_festival()
        paired = factories.make_device(festival)
        homes = [
            factories.make_household(festival, members=1, contact_name=name)
            for name in ("Trần Văn Một", "Lê Thị Hai", "Phạm Văn Ba")
        ]
        family = factories.make_household(festival, members=4)
        made = Gate(
            token=paired.token,
            device=paired.device.id,
            festival=festival.id,
            tickets=tuple(qr_of(tickets_of(home)[0], festival) for home in homes),
            names=tuple(home.attendees[0].name for home in homes),
            registrations=tuple(home.id for home in homes),
            family=qr_of(pass_of(family), festival),
        )
        db.session.remove()
    return made


@pytest.fixture
def phone(yard: Yard, gate: Gate, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the scanner on a phone that is paired, ready to start without a network."""
    opened: list[BrowserContext] = []

    def open_scanner(before: str = "", installed: bool = False) -> Page:
        context = browser.new_context(**PHONE, base_url=yard.address)
        opened.append(context)
        context.add_cookies([cookie_of(gate.token)])
        page = context.new_page()
        if before:
            page.add_init_script(f"({before})()")
        page.goto("/door/?lang=en")
        wait_until_ready(page, installed=installed)
        return page

    yield open_scanner
    for context in opened:
        context.close()


def test_it_starts_with_no_network_even_after_the_browser_was_closed_and_sends_each_scan_once(
    yard: Yard, gate: Gate, playwright: Playwright, tmp_path: Path
) -> None:
    def open_browser() -> BrowserContext:
        settings = {**launch_options(), **PHONE, "base_url": yard.address}
        return playwright.chromium.launch_persistent_context(str(tmp_path / "profile"), **settings)

    context = open_browser()
    context.add_cookies([cookie_of(gate.token)])
    page = context.new_page()
    page.goto("/door/?lang=en")
    wait_until_ready(page, installed=True)
    context.close()

    context = open_browser()
    context.set_offline(True)
    page = context.new_page()
    page.goto("/door/")
    expect(page.locator("#bar-connection")).to_have_text("No network, the phone still scans.")
    before = now()
    for ticket, name in zip(gate.tickets[:2], gate.names[:2], strict=True):
        scan(page, ticket)
        expect(page.locator("#verdict-word")).to_have_text("Welcome!")
        expect(page.locator("#verdict-name")).to_have_text(name)
    scan(page, gate.tickets[0])
    expect(page.locator("#verdict-word")).to_have_text("Already in")
    page.locator("#verdict-close").click()
    expect(page.locator("#bar-waiting")).to_have_text("3 scans wait to be sent.")
    after = now()

    page.reload()
    expect(page.locator("#bar-waiting")).to_have_text("3 scans wait to be sent.")
    scan(page, gate.tickets[1])
    expect(page.locator("#verdict-word")).to_have_text("Already in")
    context.set_offline(False)
    expect(page.locator("#bar-waiting")).to_have_text("", timeout=15_000)
    expect(page.locator("#bar-connection")).to_contain_text("Connected")
    expect(page.locator("#notices")).to_be_empty()
    context.close()

    rows = scans_of(yard, gate)
    assert [row.shown for row in rows] == ["admitted", "admitted", "already_admitted", "already_admitted"]
    assert [row.passed for row in rows] == [True, True, False, False]
    assert all(row.offline for row in rows)
    assert all(before <= row.scanned_at <= after for row in rows[:3])


def test_a_family_comes_in_without_a_network_by_one_tap(yard: Yard, gate: Gate, phone: Callable[..., Page]) -> None:
    page = phone()
    page.context.set_offline(True)
    page.evaluate("text => { document.getElementById('code').value = text; }", gate.family)
    page.keyboard.press("Enter")
    people = page.locator("#household-people li")
    expect(people).to_have_count(4)
    people.nth(1).get_by_role("button").click()
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    page.locator("#verdict-close").click()

    page.evaluate("text => { document.getElementById('code').value = text; }", gate.family)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Let in the other 3").click()
    expect(page.locator("#verdict-list li")).to_have_count(3)
    page.context.set_offline(False)
    expect(page.locator("#bar-waiting")).to_have_text("", timeout=15_000)

    assert sum(row.passed and row.attendee_id is not None for row in scans_of(yard, gate)) == 4


def test_what_the_server_says_otherwise_later_names_the_person(
    yard: Yard, gate: Gate, phone: Callable[..., Page]
) -> None:
    page = phone()
    page.context.set_offline(True)
    with yard.app.app_context():
        changing.cancel(db.session.get_one(factories.Registration, gate.registrations[0]))
        db.session.commit()
        db.session.remove()
    scan(page, gate.tickets[0])
    expect(page.locator("#verdict-word")).to_have_text("Welcome!")
    expect(page.locator("#verdict")).to_be_hidden()

    page.context.set_offline(False)

    expect(page.locator("#notices")).to_contain_text(gate.names[0], timeout=15_000)
    expect(page.locator("#notices")).to_contain_text("The door showed")


def test_a_scan_that_the_server_breaks_on_is_put_aside_and_the_others_are_sent(
    yard: Yard, gate: Gate, phone: Callable[..., Page]
) -> None:
    page = phone()
    page.context.set_offline(True)
    for ticket in gate.tickets:
        scan(page, ticket)
    bad = gate.tickets[1].rpartition("/")[2]

    def break_on_it(route: Route) -> None:
        if bad in (route.request.post_data or ""):
            route.fulfill(status=500, json={"error": "broken"})
        else:
            route.continue_()

    page.route("**/door/api/scans", break_on_it)
    page.context.set_offline(False)

    expect(page.locator("#bar-aside")).to_have_text("1 put aside.", timeout=20_000)
    expect(page.locator("#bar-waiting")).to_have_text("")
    assert len(scans_of(yard, gate)) == 2
    page.locator("#bar").click()
    expect(page.locator("#details-aside")).to_contain_text(gate.names[1])

    page.unroute("**/door/api/scans")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#details-said")).to_have_text("Everything is sent.", timeout=15_000)
    assert len(scans_of(yard, gate)) == 3


def test_a_clock_two_hours_wrong_is_put_right(yard: Yard, gate: Gate, phone: Callable[..., Page]) -> None:
    page = phone(before=HOURS_WRONG)
    page.context.set_offline(True)
    before = now()
    scan(page, gate.tickets[0])
    after = now()
    page.context.set_offline(False)
    expect(page.locator("#bar-waiting")).to_have_text("", timeout=15_000)

    (row,) = scans_of(yard, gate)
    slack = timedelta(seconds=2)
    assert before - slack <= row.scanned_at <= after + slack
    assert row.raw_scanned_at is not None
    assert abs(row.raw_scanned_at - (row.scanned_at - timedelta(hours=2))) < slack
    page.locator("#bar").click()
    expect(page.locator("#details-clock")).to_contain_text("2 h slow")


def test_a_revoked_phone_hands_in_its_scans_and_then_holds_nothing(
    yard: Yard, gate: Gate, phone: Callable[..., Page]
) -> None:
    page = phone(installed=True)
    page.context.set_offline(True)
    scan(page, gate.tickets[0])
    expect(page.locator("#bar-waiting")).to_have_text("1 scan waits to be sent.")
    with yard.app.app_context():
        pairing.revoke(db.session.get_one(Device, gate.device))
        db.session.commit()
        db.session.remove()
    page.context.set_offline(False)

    expect(page.locator("#verdict-more")).to_have_text("All names and scans were removed from it.", timeout=20_000)
    left = page.evaluate(LEFT)
    assert left == {"databases": [], "caches": [], "workers": 0, "remembered": 0}
    assert [row.verdict for row in scans_of(yard, gate)] == ["admitted"]
    page.get_by_role("button", name="Next one").click()
    expect(page.get_by_role("heading", name="This phone is not paired yet")).to_be_visible()


def test_a_phone_whose_cookie_got_lost_keeps_its_scans_sealed_until_it_is_paired_again(
    yard: Yard, gate: Gate, phone: Callable[..., Page]
) -> None:
    page = phone(installed=True)
    page.context.set_offline(True)
    scan(page, gate.tickets[0])
    page.locator("#verdict-close").click()
    page.context.clear_cookies(name=DEVICE_COOKIE)
    page.context.set_offline(False)

    expect(page.locator("#verdict-more")).to_contain_text("1 scans wait on this phone", timeout=20_000)
    assert page.evaluate(ROWS, "queue") == 1
    assert page.evaluate(ROWS, "roster") == page.evaluate(ROWS, "recent") == page.evaluate(ROWS, "meta") == 0
    assert page.evaluate("caches.keys()") == []
    page.get_by_role("button", name="Next one").click()
    expect(page.locator("#left-over")).to_contain_text("1 scans wait on this phone")
    assert scans_of(yard, gate) == []

    page.context.add_cookies([cookie_of(gate.token)])
    page.goto("/door/?lang=en")
    expect(page.locator("#bar-synced")).to_contain_text("Updated at", timeout=15_000)
    assert [row.verdict for row in scans_of(yard, gate)] == ["admitted"]


def test_codes_typed_while_the_phone_is_starting_wait_for_their_turn(
    yard: Yard, gate: Gate, phone: Callable[..., Page]
) -> None:
    page = phone()
    page.reload(wait_until="commit")
    page.wait_for_load_state("domcontentloaded")
    page.evaluate(ALL_AT_ONCE, list(gate.tickets))

    expect(page.locator("#bar-waiting")).to_have_text("", timeout=15_000)
    expect(page.locator("#verdict-name")).to_have_text(gate.names[-1])
    for _ in range(100):
        if len(scans_of(yard, gate)) == len(gate.tickets):
            break
        page.wait_for_timeout(100)
    assert [row.verdict for row in scans_of(yard, gate)] == ["admitted"] * len(gate.tickets)


def test_two_tabs_are_one_scanner(yard: Yard, gate: Gate, phone: Callable[..., Page]) -> None:
    page = phone()
    other = page.context.new_page()
    other.goto("/door/?lang=en")
    expect(other.get_by_role("heading", name="The scanner is open in another tab")).to_be_visible()

    with other.expect_navigation():
        other.get_by_role("button", name="Scan here").click()

    wait_until_ready(other, installed=False)
    expect(page.get_by_role("heading", name="The scanner is open in another tab")).to_be_visible()
    expect(other.locator("#elsewhere")).to_be_hidden()
    scan(other, gate.tickets[0])
    expect(other.locator("#verdict-word")).to_have_text("Welcome!")


def test_the_phone_unpairs_only_when_nothing_waits_and_leaves_nothing(
    yard: Yard, gate: Gate, phone: Callable[..., Page]
) -> None:
    page = phone(installed=True)
    page.context.set_offline(True)
    scan(page, gate.tickets[0])
    page.locator("#verdict-close").click()
    page.locator("#bar").click()
    page.get_by_role("button", name="Unpair this phone").click()
    expect(page.locator("#details-said")).to_have_text("1 scans must be sent first.")
    page.get_by_label("Who has this phone in hand").fill("Anh Tư")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#details-said")).to_have_text("Saved here; sent as soon as there is a network.")

    expect(page.locator("#on-duty")).to_have_text("Anh Tư")
    with page.expect_response("**/door/api/on-duty"):
        page.context.set_offline(False)
    expect(page.locator("#details-waiting")).to_have_text("Nothing", timeout=15_000)
    page.get_by_role("button", name="Unpair this phone").click()

    expect(page.get_by_role("heading", name="This phone is not paired yet")).to_be_visible()
    assert page.evaluate(LEFT) == {"databases": [], "caches": [], "workers": 0, "remembered": 0}
    with yard.app.app_context():
        device = db.session.get_one(Device, gate.device)
        assert (device.on_duty, device.revoked_at is not None) == ("Anh Tư", True)
        db.session.remove()
