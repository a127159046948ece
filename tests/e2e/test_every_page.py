"""Every page, looked at by axe-core on a small phone in Vietnamese; some also in English, wide, and in the dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.chosen_pages import FORMS, SAMPLE
from tests.e2e.inspection import Watch, findings
from tests.e2e.live import Live
from tests.e2e.pages import ALL, NOT_PAGES, NOWHERE, Place

Visit = Callable[..., BrowserContext]


def name_of(place: Place) -> str:
    return f"{place.who}:{place.path}" if place.who != "visitor" else place.path


class Phones:
    """One open page a kind of visitor, kept over many tests."""

    def __init__(self, visit: Visit, **settings: object) -> None:
        self.visit, self.settings = visit, settings
        self.known: dict[str, tuple[Page, Watch]] = {}

    def of(self, who: str) -> tuple[Page, Watch]:
        if who not in self.known:
            page = self.visit(who, **self.settings).new_page()
            self.known[who] = (page, Watch(page))
        return self.known[who]

    def close(self) -> None:
        for page, _watch in self.known.values():
            page.context.close()

    def look(self, live: Live, place: Place, **query: str) -> None:
        """Open the page and expect nothing wrong."""
        page, watch = self.of(place.who)
        path = place.path + "".join(f"{'&' if '?' in place.path else '?'}{key}={value}" for key, value in query.items())
        answer = page.goto(live.at(path))
        assert answer is not None
        assert answer.status == place.status
        assert page.locator("html").get_attribute("lang") == query.get("lang", "vi")
        assert page.locator("h1").count() == 1
        assert findings(page) + watch.taken() == []


@pytest.fixture(scope="module")
def phones(visit: Visit) -> Iterator[Phones]:
    opened = Phones(visit)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def wide_screens(visit: Visit) -> Iterator[Phones]:
    opened = Phones(visit, viewport={"width": 1280, "height": 900}, is_mobile=False, has_touch=False)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def dark_phones(visit: Visit) -> Iterator[Phones]:
    opened = Phones(visit, color_scheme="dark")
    yield opened
    opened.close()


@pytest.mark.parametrize("place", ALL, ids=name_of)
def test_a_page_on_a_phone(phones: Phones, live: Live, place: Place) -> None:
    phones.look(live, place)


@pytest.mark.parametrize("place", SAMPLE, ids=name_of)
def test_a_page_in_english_on_a_wide_screen(wide_screens: Phones, live: Live, place: Place) -> None:
    wide_screens.look(live, place, lang="en")


@pytest.mark.parametrize("place", SAMPLE, ids=name_of)
def test_a_page_in_the_dark(dark_phones: Phones, live: Live, place: Place) -> None:
    dark_phones.look(live, place)


@pytest.mark.parametrize("place", FORMS, ids=name_of)
def test_a_form_sent_empty_says_what_is_wrong(phones: Phones, live: Live, place: Place) -> None:
    page, watch = phones.of(place.who)
    page.goto(live.at(place.path))
    send_empty(page)

    expect(page.locator("#errors")).to_be_focused()
    assert page.locator("#errors li").count()
    assert findings(page) + watch.taken() == []


def send_empty(page: Page) -> None:
    """Empty the fields of the page's form and send it, as a browser without checks of its own would."""
    page.locator("main form:has(.field)").first.evaluate("""(form) => {
      for (const field of form.querySelectorAll("input:not([type=hidden]), textarea")) {
        if (["checkbox", "radio"].includes(field.type)) field.checked = false;
        else if (field.type !== "color") field.value = "";  // a colour is never empty
      }
      form.noValidate = true;
      (form.querySelector(".form__buttons [value=next]") ?? form.querySelector("button")).click();
    }""")


def test_the_steps_of_registration(phones: Phones, live: Live) -> None:
    page, watch = phones.of("visitor")
    page.goto(live.at("/{festival}/register"))
    page.locator("#contact_name").fill("Nguyễn Thị Thử")
    page.locator("#phone").fill("0912 345 670")
    page.locator("#birth_year").fill("1984")
    page.locator("#members-0-name").fill("Nguyễn Minh Họa")
    page.locator("#members-0-birth_year").fill("2016")
    page.locator("button[value=add]").click()
    assert page.locator("#members-1-name").is_visible()
    assert findings(page) + watch.taken() == []
    page.locator("button[value=remove-1]").click()

    page.locator(".form__buttons [value=next]").click()
    expect(page.locator("fieldset.pick").nth(10)).to_be_visible()
    assert findings(page) + watch.taken() == []

    # The same workshop twice at once cannot be: everything of one room and time of the first two is ticked.
    first, second = overlapping(page)
    page.locator(f"[name=session-{first}][value=c]").check()
    page.locator(f"[name=session-{second}][value=c]").check()
    page.locator(".form__buttons [value=next]").click()
    expect(page.locator("#errors")).to_be_focused()
    assert findings(page) + watch.taken() == []

    page.locator(f"[name=session-{second}][value=c]").uncheck()
    page.locator(".form__buttons [value=next]").click()
    expect(page.locator("#consent_taking_part")).to_be_visible()
    assert page.locator("input:checked").count() == 0
    assert findings(page) + watch.taken() == []

    page.locator("button[value=send]").click()
    expect(page.locator("#errors")).to_be_focused()
    assert findings(page) + watch.taken() == []
    page.evaluate("localStorage.clear()")  # no draft for the tests that follow


def overlapping(page: Page) -> tuple[str, str]:
    """Two sessions on the page with free seats that begin at the same time."""
    times: dict[str, str] = {}
    for choice in page.locator("fieldset.pick:has(input[value=c]:enabled)").all():
        begins = choice.locator(".session__time").inner_text()
        number = str(choice.get_attribute("id")).removeprefix("s-")
        if begins in times:
            return times[begins], number
        times[begins] = number
    raise AssertionError("the demo has no two sessions at the same time")


def test_the_pairing_code(phones: Phones, live: Live) -> None:
    page, watch = phones.of("organizer")
    page.goto(live.at("/manage/{festival}/door/pair"))
    page.locator("main input[type=text]").first.fill("Cửa A")
    page.locator("main input[type=checkbox]").first.check()
    page.locator("main form button").last.click()

    expect(page.locator(".pairing-code svg")).to_be_visible()
    assert findings(page) + watch.taken() == []


def test_the_door_says_its_verdicts(phones: Phones, live: Live) -> None:
    page, watch = phones.of("door")
    page.goto(live.at("/door/"))
    for code in (live.places["short_code"], live.places["short_code"], "ABCD2345"):
        page.locator("#code").fill(code)
        page.locator("#typed button").click()
        expect(page.locator("#verdict-word")).not_to_be_empty()
        expect(page.locator("#verdict")).to_be_visible()
        assert findings(page) + watch.taken() == []
        page.locator("#verdict-close").click()


def test_a_file_that_is_too_large_is_answered_by_a_page(phones: Phones, live: Live, tmp_path: Path) -> None:
    page, watch = phones.of("organizer")
    page.goto(live.at("/manage/import"))
    with (tmp_path / "to.xlsx").open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    page.locator("input[type=file]").set_input_files(tmp_path / "to.xlsx")
    page.locator("main form button").first.click()

    expect(page.locator("h1")).to_have_text("Tệp này quá lớn")
    assert findings(page) + watch.taken() == []


def test_the_inspection_finds_what_is_planted(phones: Phones, live: Live) -> None:
    page, watch = phones.of("visitor")
    page.goto(live.at("/{festival}/register"))
    page.evaluate("""() => {
      document.querySelector("main form").insertAdjacentHTML("afterbegin", `
        <img src="https://elsewhere.example/a.png"><p style="color: red">a</p>
        <p class="planted">b</p><a href="/">c</a><a href="/">d</a><button class="btn btn-primary">e</button>`);
      const planted = document.querySelector(".planted"), button = document.querySelector(".planted ~ button");
      planted.style.width = "999px";
      planted.nextElementSibling.style.fontSize = "8px";
      button.style.minHeight = button.style.padding = "0";
    }""")
    found = "\n".join(findings(page) + watch.taken())

    for planted in ("image-alt", "target-size", "px wide in a window", "px high", "Content Security Policy"):
        assert planted in found


def test_every_endpoint_that_answers_a_page_is_visited(live: Live) -> None:
    addresses = live.app.url_map.bind("127.0.0.1")
    paths = {place.path.format_map(live.places).partition("?")[0] for place in ALL if place != NOWHERE}
    visited = {str(addresses.match(path)[0]) for path in paths}
    pages = {str(rule.endpoint) for rule in live.app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert pages - visited - set(NOT_PAGES) == set()
    assert set(NOT_PAGES) - pages == set()
