"""The form on a phone that loses its network: nothing typed is lost, and what is sent later registers once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.live import Live
from tests.e2e.registering import (
    CONTACT,
    FAMILY,
    Finger,
    agree,
    at_step,
    fill_in,
    go_on,
    registrations_of,
    tick_suggestions,
    touch,
)

Visit = Callable[..., BrowserContext]
KEPT = "() => Object.entries(localStorage).filter(([key]) => key.startsWith('draft:')).map(([, draft]) => draft).join()"
SOON = 15_000
"""Longer than the pauses between two attempts grow in these tests."""


@pytest.fixture
def form(visit: Visit, live: Live) -> Iterator[Page]:
    """A phone that shows the form, touched once."""
    context = visit()
    page = context.new_page()
    page.goto(live.at("/{festival}/register"))
    touch(page)
    yield page
    context.close()


def says(page: Page, what: str) -> object:
    return page.locator(f"[data-draft-says={what}]")


def test_a_network_cut_between_two_steps_is_waited_for(form: Page, live: Live) -> None:
    finger = Finger(form)
    fill_in(finger, "0912345700")
    form.context.set_offline(True)
    finger.tap(form.locator(".form__buttons .btn-primary"))
    expect(says(form, "offline")).to_be_visible()
    expect(form.locator("#contact_name")).to_have_value(CONTACT.name)
    form.locator("#email").fill("hanh@example.vn")

    form.context.set_offline(False)
    expect(at_step(form, "workshops")).to_have_count(1, timeout=SOON)
    expect(form.locator("#register [name=email]")).to_have_value("hanh@example.vn")
    tick_suggestions(finger)
    go_on(finger, "consents")
    agree(finger)
    form.context.set_offline(True)
    finger.tap(form.locator("button[value=send]"))
    expect(says(form, "offline")).to_be_visible()
    assert registrations_of(live, "+84912345700") == 0
    form.context.set_offline(False)

    expect(form.locator(".ticket")).to_have_count(2 + len(FAMILY), timeout=SOON)
    expect(form.locator(".flash")).to_contain_text("Xong rồi!")
    assert registrations_of(live, "+84912345700") == 1
    assert form.evaluate(KEPT) == ""


def test_an_answer_that_was_lost_on_the_way_is_asked_for_again_and_registers_once(form: Page, live: Live) -> None:
    finger = Finger(form)
    fill_in(finger, "0912345701", others=())
    go_on(finger, "workshops")
    go_on(finger, "consents")
    form.locator("#consent_taking_part").check()
    lost = 0

    def lose(route: Route) -> None:
        nonlocal lost
        route.fetch()
        lost += 1
        route.abort() if lost < 3 else route.fallback()

    form.route("**/register", lose)
    finger.tap(form.locator("button[value=send]"))

    expect(form.locator(".ticket")).to_have_count(1, timeout=SOON)
    assert lost == 3
    assert registrations_of(live, "+84912345701") == 1


def test_a_busy_server_is_asked_again_later(form: Page) -> None:
    finger = Finger(form)
    fill_in(finger, "0912345702", others=())
    answers = iter((503, 429))

    def be_busy(route: Route) -> None:
        status = next(answers, None)
        route.fulfill(status=status) if status else route.fallback()

    form.route("**/register", be_busy)
    finger.tap(form.locator(".form__buttons .btn-primary"))
    expect(says(form, "busy")).to_be_visible()

    expect(at_step(form, "workshops")).to_have_count(1, timeout=SOON)


def test_the_page_of_a_cafes_network_is_not_taken_for_an_answer(form: Page) -> None:
    finger = Finger(form)
    fill_in(finger, "0912345703", others=())
    form.route("**/register", lambda route: route.fulfill(status=200, body="<h1>Wi-Fi</h1>", content_type="text/html"))
    finger.tap(form.locator(".form__buttons .btn-primary"))

    expect(says(form, "offline")).to_be_visible()
    expect(form.locator("#contact_name")).to_have_value(CONTACT.name)


def test_a_page_that_was_open_for_hours_is_sent_with_a_fresh_mark(form: Page) -> None:
    finger = Finger(form)
    fill_in(finger, "0912345704", others=())
    form.context.clear_cookies()

    go_on(finger, "workshops")


def test_a_reload_brings_everything_back(form: Page) -> None:
    finger = Finger(form)
    fill_in(finger, "0912345705")
    form.reload()
    expect(says(form, "back")).to_be_visible()
    for place, person in enumerate(FAMILY):
        expect(form.locator(f"#members-{place}-name")).to_have_value(person.name)
        expect(form.locator(f"#members-{place}-relation")).to_have_value(person.relation or "child")

    go_on(finger, "workshops")
    ticked = tick_suggestions(finger)
    form.reload()
    expect(at_step(form, "workshops")).to_have_count(1)
    expect(form.locator("fieldset.pick input:checked")).to_have_count(ticked)


def test_a_browser_that_was_closed_asks_first_and_shows_nobodys_name(visit: Visit, form: Page, live: Live) -> None:
    fill_in(Finger(form), "0912345706")
    form.context.set_offline(True)
    form.locator(".form__buttons .btn-primary").tap()
    expect(says(form, "offline")).to_be_visible()

    later = visit(storage_state=form.context.storage_state()).new_page()
    later.goto(live.at("/{festival}/register"))
    expect(says(later, "found")).to_be_visible()
    assert CONTACT.name not in later.locator("body").inner_text()
    expect(later.locator("#contact_name")).to_have_value("")
    later.locator("[data-draft-resumes]").tap()
    expect(at_step(later, "workshops")).to_have_count(1)
    later.context.close()


def test_a_draft_that_is_somebody_elses_is_erased_by_a_tap(visit: Visit, form: Page, live: Live) -> None:
    fill_in(Finger(form), "0912345707", others=())
    later = visit(storage_state=form.context.storage_state()).new_page()
    later.goto(live.at("/{festival}/register"))
    later.locator("[data-draft-says=found] [data-draft-erases]").tap()
    expect(says(later, "found")).to_be_hidden()

    assert later.evaluate(KEPT) == ""
    later.context.close()


def test_a_shared_device_keeps_nothing(form: Page) -> None:
    form.locator("#contact_name").fill(CONTACT.name)
    assert CONTACT.name in form.evaluate(KEPT)
    form.locator("#draft-shared").check()
    form.locator("#phone").fill("0912345708")
    assert form.evaluate(KEPT) == ""

    form.reload()
    expect(form.locator("#draft-shared")).to_be_checked()
    expect(form.locator("#contact_name")).to_have_value("")


def test_a_draft_is_forgotten_after_a_week_on_whatever_page(form: Page, live: Live) -> None:
    form.locator("#contact_name").fill(CONTACT.name)
    form.evaluate("""() => {
      for (const key of Object.keys(localStorage)) {
        const draft = JSON.parse(localStorage.getItem(key));
        localStorage.setItem(key, JSON.stringify({ ...draft, saved: draft.saved - 8 * 24 * 3600 * 1000 }));
      }
    }""")
    form.goto(live.at("/{festival}/"), wait_until="networkidle")

    assert form.evaluate(KEPT) == ""
