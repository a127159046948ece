"""A booth's screen that makes its codes by itself, a visitor who reads one, and a kiosk that faces visitors."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import qrcode
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from pyzbar import pyzbar
from sqlalchemy import func, select

from festival import create_app
from festival.checkin import pairing, stamping
from festival.checkin.models import Admission, CheckpointKind, Device, DeviceMode
from festival.core.clock import now
from festival.extensions import db
from festival.registration.links import secret_of
from tests import factories
from tests.checkin.conftest import pass_of, qr_of, tickets_of
from tests.conftest import make_settings
from tests.e2e.camera import PHONE, launch_options, video_of
from tests.e2e.server import serving
from tests.postgres import _free_port
from tests.tables import make_tables

TABLET = {"viewport": {"width": 800, "height": 1180}, "locale": "vi-VN"}


@dataclass(frozen=True)
class House:
    """A running installation: a booth with its screen, an entrance with its kiosk, a family and one person alone."""

    app: Flask
    address: str
    booth: int
    entrance: int
    tokens: dict[str, str]
    link: str
    pass_text: str
    names: tuple[str, ...]
    short_code: str
    alone: str

    def admitted(self, checkpoint: int) -> int:
        with self.app.app_context():
            query = select(func.count()).select_from(Admission).where(Admission.checkpoint_id == checkpoint)
            return db.session.scalar(query) or 0

    def revoke(self, mode: DeviceMode) -> None:
        with self.app.app_context():
            pairing.revoke(db.session.scalars(select(Device).where(Device.mode == mode)).one())
            db.session.commit()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    address = f"http://127.0.0.1:{_free_port()}"
    app = create_app(make_settings(tmp_path, public_url=address))
    with app.app_context():
        make_tables()
        festival = factories.make_festival()
        booth = factories.make_booth(festival, code="A05", name="Gian hàng số")
        place = factories.make_checkpoint(festival, CheckpointKind.BOOTH, name="A05 Gian hàng số", booth_id=booth.id)
        entrance = factories.make_checkpoint(festival)
        tokens = {}
        for mode, where in ((DeviceMode.SCREEN, place), (DeviceMode.KIOSK, entrance)):
            paired = factories.make_device(festival, name=mode.value, checkpoints=[where])
            paired.device.mode = mode
            tokens[mode.value] = paired.token
        family = factories.make_household(festival, members=3)
        alone = factories.make_household(festival, members=1, contact_name="Trần Văn Một")
        db.session.commit()
        made = House(
            app=app,
            address=address,
            booth=place.id,
            entrance=entrance.id,
            tokens=tokens,
            link=f"/r/{secret_of(family)}",
            pass_text=qr_of(pass_of(family), festival),
            names=tuple(person.name for person in family.attendees),
            short_code=tickets_of(alone)[0].short_code,
            alone=alone.attendees[0].name,
        )
        db.session.remove()
    with serving(app):
        yield made


@pytest.fixture
def browser_seeing(playwright: Playwright, tmp_path: Path) -> Iterator[Callable[..., Browser]]:
    """A browser whose camera sees a QR code with that text, or a grey table."""
    opened: list[Browser] = []

    def see(text: str = "") -> Browser:
        picture = tmp_path / f"seen-{len(opened)}.png"
        if text:
            qrcode.make(text, box_size=6).save(str(picture))
        else:
            Image.new("L", (300, 300), 128).save(picture)
        opened.append(playwright.chromium.launch(**launch_options(video_of(picture, picture.with_suffix(".y4m")))))
        return opened[-1]

    yield see
    for browser in opened:
        browser.close()


def paired(browser: Browser, house: House, mode: str) -> BrowserContext:
    context = browser.new_context(**TABLET, base_url=house.address)
    cookie = {"name": pairing.DEVICE_COOKIE, "value": house.tokens[mode], "domain": "127.0.0.1", "path": "/door"}
    context.add_cookies([cookie])
    return context


def read_screen(page: Page) -> str:
    """What a phone's camera reads off the screen."""
    page.locator("#booth-qr svg").wait_for()
    picture = Image.open(io.BytesIO(page.locator("#booth-qr").screenshot()))
    (found,) = pyzbar.decode(picture)
    return str(found.data.decode())


def test_a_visitor_reads_the_screen_and_is_stamped_also_while_the_screen_is_offline(
    browser: Browser, house: House
) -> None:
    context = paired(browser, house, "screen")
    screen = context.new_page()
    screen.goto("/door/")
    read_screen(screen)
    screen.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    screen.reload()
    text = read_screen(screen)

    assert text.startswith(f"{house.address.upper()}/S/")
    read = stamping.read_stamp_code(text.rpartition("/")[2])
    with house.app.app_context():
        assert read is not None
        assert stamping.judge_code(read, now()) is stamping.CodeState.FRESH
    phone = browser.new_context(**PHONE, base_url=house.address, java_script_enabled=False)
    page = phone.new_page()
    page.goto(house.link)
    page.goto(text.replace("HTTP://", "http://"))
    page.locator("button[value^=all-]").click()
    expect(page.locator("h1")).to_contain_text("A05")
    expect(page.locator(".stamped-person")).to_have_count(3)
    assert house.admitted(house.booth) == 3
    page.get_by_role("link", name=re.compile("sổ đóng dấu|All stamps", re.IGNORECASE)).click()
    expect(page.locator(".stamp-cell--stamped")).to_have_count(3)
    phone.close()
    context.close()


def test_the_screen_shows_the_number_of_the_day_to_its_host_only_when_asked(browser: Browser, house: House) -> None:
    context = paired(browser, house, "screen")
    page = context.new_page()
    page.goto("/door/")
    read_screen(page)
    with house.app.app_context():
        number = stamping.number_of_the_day(stamping.key_of(house.booth), factories.today())

    assert number not in page.locator("main").inner_text()
    page.locator("#booth-host").click()
    expect(page.locator("#booth-number")).to_have_text(number)
    context.close()


def test_a_revoked_screen_makes_no_more_codes(browser: Browser, house: House) -> None:
    context = paired(browser, house, "screen")
    page = context.new_page()
    page.goto("/door/")
    read_screen(page)
    house.revoke(DeviceMode.SCREEN)
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(page.locator("#booth-status")).not_to_be_empty()
    expect(page.locator("#booth-qr svg")).to_have_count(0)
    assert page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))") == []
    context.close()


def test_a_family_checks_itself_in_at_the_kiosk_and_it_returns_to_its_start(
    browser_seeing: Callable[..., Browser], house: House
) -> None:
    context = paired(browser_seeing(house.pass_text), house, "kiosk")
    page = context.new_page()
    page.goto("/door/")
    people = page.locator("#household-people")
    expect(people).to_be_visible(timeout=20_000)
    for name in house.names:
        expect(people).to_contain_text(name.split()[-1])
        expect(page.locator("body")).not_to_contain_text(name)

    page.locator("#household-all").click()
    expect(page.locator("#verdict")).to_be_visible()
    expect(page.locator("#verdict-face")).to_have_class(re.compile("verdict--admitted"))
    expect(page.locator("#verdict")).to_be_hidden(timeout=10_000)
    assert house.admitted(house.entrance) == 3
    context.close()


def test_a_short_code_is_typed_at_the_kiosk_with_large_keys(
    browser_seeing: Callable[..., Browser], house: House
) -> None:
    context = paired(browser_seeing(), house, "kiosk")
    page = context.new_page()
    page.goto("/door/")
    page.locator("#start").wait_for(state="hidden", timeout=20_000)
    page.locator("#kiosk-keys-open").click()
    for key in house.short_code[:4]:
        page.locator(f"[data-key='{key}']").click()
    page.locator("#typed [type=submit]").click()
    expect(page.locator("#kiosk-hint")).not_to_be_empty()
    for key in house.short_code[4:]:
        page.locator(f"[data-key='{key}']").click()
    box = page.locator("[data-key='2']").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 64
    page.locator("#typed [type=submit]").click()

    expect(page.locator("#verdict-name")).to_have_text(house.alone.split()[-1])
    expect(page.locator("#verdict")).to_be_hidden(timeout=10_000)
    assert house.admitted(house.entrance) == 1
    context.close()


def test_the_kiosk_returns_to_its_start_when_a_family_walks_away(
    browser_seeing: Callable[..., Browser], house: House
) -> None:
    context = paired(browser_seeing(house.pass_text), house, "kiosk")
    page = context.new_page()
    page.clock.install()
    page.goto("/door/")
    people = page.locator("#household")
    expect(people).to_be_visible(timeout=20_000)
    page.clock.run_for(19_000)
    expect(people).to_be_visible()
    page.clock.run_for(2_000)
    expect(people).to_be_hidden()
    assert house.admitted(house.entrance) == 0
    context.close()


def test_the_kiosk_forgets_a_code_that_was_typed_by_half(browser_seeing: Callable[..., Browser], house: House) -> None:
    context = paired(browser_seeing(), house, "kiosk")
    page = context.new_page()
    page.clock.install()
    page.goto("/door/")
    page.locator("#start").wait_for(state="hidden", timeout=20_000)

    page.locator("#kiosk-keys-open").click()
    page.locator("[data-key='7']").click()
    page.clock.run_for(15_000)
    page.locator("[data-key='K']").click()  # still there: the time begins anew
    page.clock.run_for(15_000)
    expect(page.locator("#code")).to_have_value("7K")
    page.clock.run_for(6_000)
    expect(page.locator("#kiosk-keys")).to_be_hidden()
    page.locator("#kiosk-keys-open").click()
    expect(page.locator("#code")).to_have_value("")
    context.close()


def test_the_kiosk_judges_without_a_network_and_sends_it_later(
    browser_seeing: Callable[..., Browser], house: House
) -> None:
    context = paired(browser_seeing(house.pass_text), house, "kiosk")
    page = context.new_page()
    page.goto("/door/")
    expect(page.locator("#household-all")).to_be_visible(timeout=20_000)
    context.set_offline(True)
    page.locator("#household-all").click()
    expect(page.locator("#verdict-face")).to_have_class(re.compile("verdict--admitted"))
    assert house.admitted(house.entrance) == 0

    context.set_offline(False)
    page.wait_for_timeout(500)
    for _try in range(40):
        if house.admitted(house.entrance) == 3:
            break
        page.wait_for_timeout(500)
    assert house.admitted(house.entrance) == 3
    context.close()


def test_nothing_leads_out_of_the_kiosk_but_the_other_language(
    browser_seeing: Callable[..., Browser], house: House
) -> None:
    context = paired(browser_seeing(), house, "kiosk")
    page = context.new_page()
    page.goto("/door/")
    page.locator("#start").wait_for(state="hidden", timeout=20_000)

    links = page.eval_on_selector_all("a[href]", "all => all.map((one) => one.getAttribute('href'))")
    assert links == ["#main", "?lang=en"]
    assert page.locator("form[action]").count() == 0
    assert page.locator("#unpair").count() == 0
    context.close()
