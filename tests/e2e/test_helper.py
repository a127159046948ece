"""A volunteer at a kitchen table, in a real browser: many in a row, without a network, and after the link was ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.helping.links import end_link, make_link, secret_of
from festival.registration.models import HelperLink, LinkKind, Registration
from tests.e2e.live import Live

ROWS = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("festival-helper");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const rows = opening.result.transaction("queue").objectStore("queue").getAll();
    rows.onsuccess = () => {
      opening.result.close();
      resolve(rows.result.map((row) => new TextDecoder("latin1").decode(row.sealed)));
    };
  };
})"""
KEY_CAN_BE_READ = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("festival-helper");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const key = opening.result.transaction("keys").objectStore("keys").get("own");
    key.onsuccess = () => { opening.result.close(); resolve(key.result.extractable); };
  };
})"""
KEPT_PAGES = """async () => {
  const texts = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (new URL(request.url).pathname.startsWith("/helper/")) texts.push(await (await cache.match(request)).text());
    }
  }
  return texts;
}"""


@dataclass(frozen=True)
class Table:
    """A kitchen table: the helper's page, and its link."""

    page: Page
    context: BrowserContext
    link: int
    address: str
    live: Live

    def write(self, name: str, year: str = "1948") -> None:
        self.page.fill("#contact_name", name)
        self.page.fill("#birth_year", year)
        self.page.check("#consent_taking_part")
        self.page.click(".form__buttons button")

    def registered(self) -> list[str]:
        with self.live.app.app_context():
            names = db.session.scalars(
                select(Registration.contact_name)
                .where(Registration.helper_link_id == self.link)
                .order_by(Registration.id)
            ).all()
            db.session.remove()
        return list(names)

    def end(self, hours_ago: float = 0) -> None:
        with self.live.app.app_context():
            link = db.session.get_one(HelperLink, self.link)
            end_link(link)
            link.ended_at = now() - timedelta(hours=hours_ago)
            db.session.commit()
            db.session.remove()

    def come_home(self) -> None:
        """The page was closed on the way; it is opened again where there is a network."""
        self.page.goto("about:blank")
        self.context.set_offline(False)
        self.page.goto(self.address)

    def wait_until_installed(self) -> None:
        for _ in range(300):
            if self.page.evaluate(KEPT_PAGES):
                return
            self.page.wait_for_timeout(100)
        pytest.fail("the page was not kept for a start without a network")


@pytest.fixture
def table(live: Live, visit: Callable[..., BrowserContext]) -> Iterator[Table]:
    with live.app.app_context():
        festival = db.session.scalars(select(Festival).where(Festival.slug == live.places["festival"])).one()
        link = make_link(festival, LinkKind.GROUP, "Tổ dân phố 9", "Chị Mai", None)
        db.session.commit()
        number, address = link.id, f"/helper/{secret_of(link)}"
        db.session.remove()
    context = visit()
    page = context.new_page()
    page.goto(address)
    yield Table(page, context, number, address, live)
    context.close()


def test_one_after_the_other_with_a_network(table: Table) -> None:
    for name in ("Nguyễn Thị Một", "Nguyễn Thị Hai"):
        table.write(name)
        expect(table.page.locator(".helper-done__name")).to_have_text(name)
        expect(table.page.locator(".helper-done__code")).to_contain_text(" ")
        expect(table.page.locator("#contact_name")).to_be_focused()
        expect(table.page.locator("#contact_name")).to_have_value("")
        assert not table.page.is_checked("#consent_taking_part")

    assert table.registered() == ["Nguyễn Thị Một", "Nguyễn Thị Hai"]
    table.page.goto(f"{table.address}/today")
    expect(table.page.get_by_role("main")).to_contain_text("Nguyễn Thị Hai")


def test_what_is_missing_is_said_and_nothing_typed_is_lost(table: Table) -> None:
    table.page.fill("#contact_name", "Nguyễn Thị Ba")
    table.page.click(".form__buttons button")

    expect(table.page.locator("#problems [role=alert]")).to_be_focused()
    expect(table.page.locator("#contact_name")).to_have_value("Nguyễn Thị Ba")
    assert table.registered() == []


def test_without_a_network_they_are_kept_sealed_and_sent_once_later(table: Table) -> None:
    table.wait_until_installed()
    table.context.set_offline(True)
    for name in ("Nguyễn Thị Tư", "Nguyễn Thị Năm"):
        table.write(name)
        expect(table.page.locator(".helper-done--kept .helper-done__name")).to_have_text(name)
    expect(table.page.locator("#connection")).to_contain_text("2 hộ")
    rows = table.page.evaluate(ROWS)
    assert len(rows) == 2
    assert not any("Nguy" in row or "1948" in row for row in rows)
    assert table.page.evaluate(KEY_CAN_BE_READ) is False

    table.page.reload()  # the phone was put away and taken out again, still without a network
    expect(table.page.locator("#connection")).to_contain_text("2 hộ")
    table.write("Nguyễn Thị Sáu")
    table.context.set_offline(False)
    expect(table.page.locator("#connection")).to_be_hidden(timeout=30_000)

    assert sorted(table.registered()) == ["Nguyễn Thị Năm", "Nguyễn Thị Sáu", "Nguyễn Thị Tư"]
    assert table.page.evaluate(ROWS) == []
    expect(table.page.locator(".helper-done__code").first).to_be_visible()


def test_a_lost_answer_registers_nobody_twice(table: Table) -> None:
    lost = []

    def lose_the_first(route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())  # the server has taken it
        route.abort()

    table.page.route("**/api/registrations", lose_the_first)
    table.write("Nguyễn Thị Bảy")
    expect(table.page.locator(".helper-done--kept")).to_be_visible()

    table.page.click("#send-now")

    expect(table.page.locator("#connection")).to_be_hidden()
    assert table.registered() == ["Nguyễn Thị Bảy"]


def test_no_page_that_is_kept_names_anybody(table: Table) -> None:
    table.wait_until_installed()
    table.write("Nguyễn Thị Tám")
    expect(table.page.locator(".helper-done__name")).to_be_visible()
    table.page.goto(f"{table.address}/today")
    table.page.goto(table.address)
    table.page.wait_for_timeout(500)

    assert not any("Nguyễn Thị Tám" in text for text in table.page.evaluate(KEPT_PAGES))


def test_an_ended_link_takes_what_waits_and_the_device_forgets_all(table: Table) -> None:
    table.wait_until_installed()
    table.context.set_offline(True)
    table.write("Nguyễn Thị Chín")
    expect(table.page.locator(".helper-done--kept")).to_be_visible()
    table.end()

    table.come_home()
    expect(table.page.locator("#handed-in")).to_contain_text("đã được nộp")

    assert table.registered() == ["Nguyễn Thị Chín"]
    table.page.wait_for_function("async () => (await indexedDB.databases()).length === 0")
    assert table.page.evaluate(KEPT_PAGES) == []


def test_a_day_after_the_end_what_waits_is_wiped_and_not_taken(table: Table) -> None:
    table.wait_until_installed()
    table.context.set_offline(True)
    table.write("Nguyễn Thị Mười")
    expect(table.page.locator(".helper-done--kept")).to_be_visible()
    table.end(hours_ago=25)

    table.come_home()

    expect(table.page.locator("#handed-in")).not_to_be_empty()
    assert table.registered() == []
    table.page.wait_for_function("async () => (await indexedDB.databases()).length === 0")  # the words come first


def test_without_javascript_it_is_a_form_like_any_other(table: Table, visit: Callable[..., BrowserContext]) -> None:
    context = visit(java_script_enabled=False)
    page = context.new_page()
    page.goto(table.address)
    page.fill("#contact_name", "Nguyễn Thị Mai")
    page.fill("#birth_year", "1950")
    page.locator("#add-person button").click()
    page.fill("[name='members-0-name']", "Đỗ Văn Mai")
    page.fill("[name='members-0-birth_year']", "1948")
    page.check("#consent_taking_part")
    page.locator(".form__buttons button").click()

    expect(page.locator(".helper-done__name")).to_have_text(["Nguyễn Thị Mai", "Đỗ Văn Mai"])
    assert table.registered() == ["Nguyễn Thị Mai"]
    context.close()
