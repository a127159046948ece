"""The designer in a real browser: what is chosen is seen as printed, by itself or by a button, before it is kept."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.live import Live


def is_upright(page: Page) -> bool:
    """Whether both previews are taller than wide."""
    return bool(
        page.evaluate("""() => {
          const drawn = [...document.querySelectorAll("#preview img")];
          return drawn.length === 2 && drawn.every((each) => each.naturalHeight > each.naturalWidth);
        }""")
    )


def test_the_preview_follows_what_is_chosen_and_says_what_cannot_be_printed(
    visit: Callable[..., BrowserContext], live: Live
) -> None:
    page = visit("organizer", locale="en").new_page()
    page.goto(live.at("/manage/{festival}/certificates/designs/{host_design_id}?lang=en"))
    assert not is_upright(page)

    page.get_by_label("A4, upright").check()
    page.wait_for_function(
        "() => [...document.querySelectorAll('#preview img')].every((each) => each.naturalHeight > each.naturalWidth)"
    )
    expect(page.locator("#preview-state")).to_have_text("This is what would be printed.")

    page.get_by_label("Title").fill("{nobody}")
    expect(page.locator("#preview-state")).to_contain_text("Something typed cannot be printed yet")
    assert is_upright(page), "the last page that could be printed stays"

    page.reload()
    assert not is_upright(page), "nothing was kept"
    page.context.close()


def test_without_javascript_a_button_shows_the_page_and_keeps_nothing(
    visit: Callable[..., BrowserContext], live: Live
) -> None:
    page = visit("organizer", locale="en", java_script_enabled=False).new_page()
    page.goto(live.at("/manage/{festival}/certificates/designs/{host_design_id}?lang=en"))

    page.get_by_label("A4, upright").check()
    page.get_by_role("button", name="Show, do not save").click()

    expect(page.get_by_label("A4, upright")).to_be_checked()
    first = page.locator("#preview img").first.bounding_box()
    assert first is not None
    assert first["height"] > first["width"]
    page.goto(live.at("/manage/{festival}/certificates/designs/{host_design_id}?lang=en"))
    expect(page.get_by_label("A4, on its side")).to_be_checked()
    page.context.close()
