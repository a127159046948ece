"""A family of five registers on a small phone: few taps, no JavaScript, large type, every name right."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from markupsafe import escape
from playwright.sync_api import BrowserContext, Page, expect

from festival.core.text import fold
from tests.e2e.inspection import AXE, TOO_WIDE
from tests.e2e.live import Live
from tests.e2e.registering import (
    CONTACT,
    FAMILY,
    Finger,
    Relative,
    agree,
    at_step,
    fill_in,
    go_on,
    tick_suggestions,
    touch,
)
from tests.hard_names import AS_TYPED

Visit = Callable[..., BrowserContext]
MOST_TAPS = 40


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_family_of_five_registers_in_under_forty_taps(visit: Visit, live: Live, scripts: bool) -> None:
    page = visit(java_script_enabled=scripts).new_page()
    page.goto(live.at("/{festival}/register"))
    finger = Finger(page)

    fill_in(finger, "0912 345 690" if scripts else "0912 345 691")
    go_on(finger, "workshops")
    assert tick_suggestions(finger) == 1 + len(FAMILY)
    go_on(finger, "consents")
    agree(finger)
    finger.tap(page.locator("button[value=send]"))

    expect(page.locator(".ticket")).to_have_count(2 + len(FAMILY))
    names = page.locator(".ticket__name").all_inner_texts()
    assert {CONTACT.name, *(person.name for person in FAMILY)} <= set(names)
    expect(page.locator(".under-ticket strong")).to_have_count(1 + len(FAMILY))
    assert finger.taps < MOST_TAPS, finger.taps
    page.context.close()


def test_people_are_added_and_taken_out_at_once(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    touch(page)
    for place in range(1, 11):
        page.locator("button[value=add]").tap()
        expect(page.locator(f"#members-{place}-name")).to_be_focused()
    expect(page.locator("button[value=add]")).to_be_hidden()
    expect(page.locator("#enough-people")).to_be_visible()

    page.locator("#coming").uncheck()
    expect(page.locator("button[value=add]")).to_be_visible()
    page.locator("#members-2-name").fill("Ở lại")
    page.locator("button[value=remove-1]").tap()
    expect(page.locator("fieldset.member")).to_have_count(10)
    expect(page.locator("fieldset.member legend").nth(1)).to_have_text("Người thứ 3")
    expect(page.locator("#members-2-name")).to_be_focused()
    page.locator("button[value=add]").tap()
    expect(page.locator("#members-11-name")).to_be_focused()


def test_vietnamese_keyboards_compose_undisturbed(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    keyboard = page.context.new_cdp_session(page)
    touch(page)
    for composing in ("N", "Ng", "Ngu", "Nguy", "Nguye", "Nguyê", "Nguyễ", "Nguyễn"):
        keyboard.send(
            "Input.imeSetComposition",
            {"text": composing, "selectionStart": len(composing), "selectionEnd": len(composing)},
        )
        assert page.locator("#contact_name").input_value() == composing
    keyboard.send("Input.insertText", {"text": "Nguyễn "})
    page.keyboard.type("Ân")

    assert page.locator("#contact_name").input_value() == "Nguyễn Ân"
    assert "Nguyễn Ân" in str(page.evaluate("Object.values(localStorage).join()"))


ATTRIBUTES = {
    "#contact_name": {"autocomplete": "name", "autocapitalize": "words", "spellcheck": "false", "enterkeyhint": "next"},
    "#phone": {"autocomplete": "tel", "type": "tel", "inputmode": "tel", "enterkeyhint": "next"},
    "#email": {"autocomplete": "email", "type": "email", "inputmode": "email", "autocapitalize": "none"},
    "#birth_year": {"autocomplete": "bday-year", "inputmode": "numeric", "enterkeyhint": "next"},
    "#members-0-name": {"autocomplete": "off", "autocapitalize": "words", "spellcheck": "false"},
    "#members-0-birth_year": {"autocomplete": "off", "inputmode": "numeric", "enterkeyhint": "done"},
}


def test_the_phone_knows_what_each_field_wants(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    for field, wanted in ATTRIBUTES.items():
        given = {name: page.locator(field).get_attribute(name) for name in wanted}
        assert given == wanted, field


CUT = """() => [...document.querySelectorAll("main *, .header *")].filter((each) => {
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  if (!each.checkVisibility() || each.closest("svg, .visually-hidden, .not-for-people, .nav")) return false;
  const scrolls = each.matches("input, textarea, select");
  const hides = !scrolls && ["hidden", "clip"].includes(style.overflowX) && each.scrollWidth > each.clientWidth + 1;
  return hides || box.right > document.documentElement.clientWidth + 1 || box.left < -1;
}).map((each) => each.outerHTML.slice(0, 150))"""
ZOOMS = {
    "a phone at 200 %": {"viewport": {"width": 180, "height": 370}, "device_scale_factor": 2},
    "a laptop at 200 %": {"viewport": {"width": 640, "height": 400}, "is_mobile": False},
    "a laptop at 400 %": {"viewport": {"width": 320, "height": 256}, "is_mobile": False},
    "very large text": {"extra": "?text=largest"},
}


@pytest.mark.parametrize("zoom", ZOOMS)
def test_nothing_is_cut_or_wide_when_the_page_is_enlarged(visit: Visit, live: Live, zoom: str) -> None:
    changes = dict(ZOOMS[zoom])
    extra = str(changes.pop("extra", ""))
    page = visit(**changes).new_page()

    def look() -> None:
        assert page.evaluate(TOO_WIDE) == []
        assert page.evaluate(CUT) == []

    page.goto(live.at("/{festival}/register") + extra)
    finger = Finger(page)
    look()
    page.locator(".form__buttons .btn-primary").tap()
    expect(page.locator("#errors")).to_be_visible()
    look()
    fill_in(finger, "0912345692")
    look()
    go_on(finger, "workshops")
    look()
    tick_suggestions(finger)
    go_on(finger, "consents")
    look()
    page.context.close()


def test_high_contrast_is_seen_by_weak_eyes(visit: Visit, live: Live) -> None:
    """Every text at 7:1 (WCAG 2.2, 1.4.6), by day and by night."""
    enhanced = """async () => (await axe.run(document, { runOnly: ["color-contrast-enhanced"],
      rules: { "color-contrast-enhanced": { enabled: true } } })).violations
      .flatMap((found) => found.nodes.map((node) => node.html.slice(0, 150)))"""
    for scheme in ("light", "dark"):
        page = visit(color_scheme=scheme).new_page()
        page.goto(live.at("/{festival}/register?contrast=high"))
        for path in (
            "/{festival}/",
            "/{festival}/programme",
            "/{festival}/register",
            "/r/{family}",
            "/c/{certificate}",
        ):
            page.goto(live.at(path))
            page.evaluate(AXE)
            assert page.evaluate(enhanced) == [], (scheme, path)
        page.goto(live.at("/{festival}/register"))
        page.locator(".form__buttons .btn-primary").tap()
        expect(page.locator("#errors")).to_be_visible()
        page.evaluate(AXE)
        assert page.evaluate(enhanced) == [], scheme
        page.context.close()


def test_the_switches_work_without_javascript_and_lose_nothing(visit: Visit, live: Live) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(live.at("/{festival}/register"))
    page.locator("#contact_name").fill("Nguyễn Thị Nửa")
    page.locator(".appearance summary").tap()
    page.locator(".appearance__choice--largest").tap()
    expect(page.locator("#contact_name")).to_have_value("Nguyễn Thị Nửa")
    expect(page.locator("html")).to_have_attribute("data-text", "largest")
    page.locator("button.language").tap()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#contact_name")).to_have_value("Nguyễn Thị Nửa")

    page.goto(live.at("/{festival}/"))
    expect(page.locator("html")).to_have_attribute("data-text", "largest")
    page.locator(".appearance summary").tap()
    page.locator(".appearance__choice--normal").first.tap()
    expect(page.locator("html")).not_to_have_attribute("data-text", "largest")
    assert "?" not in page.url
    page.context.close()


def test_forty_hard_names_come_back_exactly(visit: Visit, live: Live) -> None:
    page = visit().new_page()
    families = {}
    for number, names in enumerate(AS_TYPED[start : start + 10] for start in range(0, len(AS_TYPED), 10)):
        page.goto(live.at("/{festival}/register"))
        people = [Relative(name, "1985") for name in names]
        finger = Finger(page)
        fill_in(finger, f"091234580{number}", people[0], tuple(people[1:]))
        go_on(finger, "workshops")
        go_on(finger, "consents")
        page.locator("#consent_taking_part").check()
        page.locator("button[value=send]").tap()
        expect(page.locator(".ticket")).to_have_count(1 + len(names))
        shown = [text.strip() for text in page.locator(".ticket__name").all_text_contents()]
        wanted = [unicodedata.normalize("NFC", name) for name in names]
        assert [name for name in wanted if name not in shown] == []
        families |= dict.fromkeys(wanted, wanted[0])
    page.context.close()

    organizer = visit("organizer")
    for name, contact in families.items():
        found = organizer.request.get(live.at("/manage/{festival}/registrations"), params={"q": fold(name)}).text()
        assert escape(contact) in found, name
    organizer.close()


def test_the_phones_way_back_leads_one_step_back(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    touch(page)
    finger = Finger(page)
    fill_in(finger, "0912345693")
    go_on(finger, "workshops")
    go_on(finger, "consents")

    page.go_back()
    expect(at_step(page, "workshops")).to_have_count(1)
    page.go_back()
    expect(page.locator("#members-3-name")).to_have_value(FAMILY[3].name)
