"""Registration by keyboard only: reachable in order, the focus is seen, and errors get it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.live import Live

SEEN = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const drawn = [here, here.closest("label"), here.nextElementSibling].filter(Boolean).some((each) => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  });
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, innerHeight / 2));
  const covered = !at || !(here.contains(at) || at.contains(here) || here.closest("label")?.contains(at));
  return { here: here.outerHTML.slice(0, 120), drawn, covered };
}"""


def tab_to(page: Page, selector: str, at_most: int = 60) -> None:
    """Press Tab until the focus is there; wherever it is on the way, it is seen."""
    for _press in range(at_most):
        page.keyboard.press("Tab")
        seen = page.evaluate(SEEN)
        assert seen["drawn"], f"no visible focus: {seen['here']}"
        assert not seen["covered"], f"the focus is covered: {seen['here']}"
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_the_first_tab_offers_to_skip_to_the_content(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/"))
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()

    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_family_registers_by_keyboard(page: Page, live: Live) -> None:
    page.goto(live.at("/{festival}/register"))
    tab_to(page, "#contact_name")
    page.keyboard.type("Nguyễn Thị Phím")
    tab_to(page, "#phone")
    page.keyboard.type("0912")
    page.keyboard.press("Enter")

    expect(page.locator("#errors")).to_be_focused()
    tab_to(page, "#errors a")
    page.keyboard.press("Enter")
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("0912345672")
    tab_to(page, "#birth_year")
    page.keyboard.type("1984")
    tab_to(page, ".form__buttons [value=next]")
    page.keyboard.press("Enter")

    expect(page.locator("fieldset.pick").first).to_be_visible()
    tab_to(page, "fieldset.pick input")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    tab_to(page, ".form__buttons [value=next]", at_most=200)
    page.keyboard.press("Enter")

    expect(page.locator("#consent_taking_part")).to_be_visible()
    tab_to(page, "#consent_taking_part")
    page.keyboard.press("Space")
    tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")

    expect(page.locator(".ticket")).to_have_count(1)
    expect(page.locator(".under-ticket strong")).to_have_count(1)
