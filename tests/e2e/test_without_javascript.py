"""The public pages and all that a household does, on a phone without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.live import Live
from tests.e2e.pages import PUBLIC


@pytest.fixture
def page(visit: Callable[..., BrowserContext]) -> Iterator[Page]:
    context = visit(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_every_public_page_is_there(page: Page, live: Live) -> None:
    for place in PUBLIC:
        answer = page.goto(live.at(place.path))
        assert answer is not None
        assert answer.ok
        expect(page.locator("h1")).to_be_visible()
        assert page.locator("main :is(a, button):visible").count()


def test_the_programme_is_searched(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/programme"))
    page.locator("main input[type=search]").fill("dinh danh")
    page.locator("main input[type=search]").press("Enter")

    page.get_by_role("link", name=re.compile(r"^Gian hàng \(\d")).click()
    expect(page.locator("main")).to_contain_text("Kích hoạt định danh điện tử")


def test_a_family_registers_changes_and_cancels(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    page.locator("#contact_name").fill("Nguyễn Thị Thử")
    page.locator("#phone").fill("091")
    page.locator("#birth_year").fill("1984")
    page.locator(".form__buttons [value=next]").click()
    expect(page.locator("#errors")).to_contain_text("Số điện thoại cần 10 chữ số")
    expect(page.locator("#contact_name")).to_have_value("Nguyễn Thị Thử")

    page.locator("#phone").fill("0912 345 671")
    page.locator("#members-0-name").fill("Nguyễn Minh Họa")
    page.locator("#members-0-birth_year").fill("2016")
    page.locator(".form__buttons [value=next]").click()
    page.locator("fieldset.pick input[value=c]:enabled").first.check()
    page.locator(".form__buttons [value=next]").click()
    for box in ("taking_part", "children", "childrens_own"):
        page.locator(f"#consent_{box}").check()
    page.locator("button[value=send]").click()
    expect(page.locator(".ticket")).to_have_count(3)
    family = page.url

    page.goto(f"{family}/members")
    page.locator("#name").fill("Trần Văn Mẫu")
    page.locator("#birth_year").fill("1950")
    page.locator("#relation").select_option("parent")
    page.locator(".form__buttons button").click()
    expect(page.locator(".ticket")).to_have_count(4)

    page.goto(f"{family}/sessions")
    page.locator("fieldset.pick input:checked").uncheck()
    page.locator("fieldset.pick").nth(3).locator("input:enabled").last.check()
    page.locator(".form__buttons button").click()
    expect(page.locator(".under-ticket strong")).to_have_count(1)

    page.goto(f"{family}/cancel")
    page.locator(".form__buttons button").click()
    page.goto(family)
    expect(page.locator("h1")).to_have_text("Đăng ký này đã hủy")
    expect(page.locator(".ticket")).to_have_count(0)
