"""One browser and one running installation for all tests that walk through pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState, sync_playwright

from festival.accounts.models import StaffRole
from festival.checkin.pairing import DEVICE_COOKIE
from tests.conftest import PASSWORD
from tests.e2e.camera import PHONE, launch_options
from tests.e2e.live import EMAILS, Live, running


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright can be started only once at a time: every test of a file shares this one.

    Not longer: it keeps an event loop running in this thread, and what signs PDFs starts one of its own.
    """
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser; its camera shows Chromium's test picture."""
    launched = playwright.chromium.launch(**launch_options())
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A running installation with the demo festival."""
    with running(tmp_path_factory.mktemp("live")) as started:
        yield started


@pytest.fixture(scope="session")
def known() -> dict[StaffRole, StorageState]:
    """The cookies of those who have signed in."""
    return {}


@pytest.fixture(scope="module")
def signed_in(
    live: Live, browser: Browser, known: dict[StaffRole, StorageState]
) -> Callable[[StaffRole], StorageState]:
    """The cookies of a member of staff who has signed in, by role; each signs in once."""

    def state(role: StaffRole) -> StorageState:
        if role not in known:
            context = browser.new_context(base_url=live.address)
            page = context.new_page()
            page.goto("/manage/sign-in")
            page.locator("input[type=email]").fill(EMAILS[role])
            page.locator("input[type=password]").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button").first.click()
            page.wait_for_url("**/manage/")
            known[role] = context.storage_state()
            context.close()
        return known[role]

    return state


@pytest.fixture(scope="module")
def visit(
    live: Live, browser: Browser, signed_in: Callable[[StaffRole], StorageState]
) -> Callable[..., BrowserContext]:
    """Makes a fresh phone of a visitor, of an organizer, or paired (door, kiosk, screen); keywords change it."""

    def make(who: str = "visitor", **changes: object) -> BrowserContext:
        roles = {"organizer": StaffRole.OWNER, "door manager": StaffRole.DOOR_MANAGER}
        settings = {**PHONE, "base_url": live.address, "reduced_motion": "reduce", **changes}
        if who in roles:
            settings["storage_state"] = signed_in(roles[who])
        context = browser.new_context(**settings)
        if who in ("door", *live.other_tokens):
            token = live.other_tokens.get(who, live.device_token)
            cookie = {"name": DEVICE_COOKIE, "value": token, "domain": "127.0.0.1", "path": "/door"}
            context.add_cookies([cookie])
        return context

    return make


@pytest.fixture
def page(visit: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A visitor's phone."""
    context = visit()
    yield context.new_page()
    context.close()
