"""Codes are as large as they have to be: on posters, slips, tickets and labels in millimetres, on screens in pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select, update

from festival.extensions import db
from festival.programme.models import Booth
from tests.e2e.code_sizes import printed, shown
from tests.e2e.live import Live

Visit = Callable[..., BrowserContext]

POSTER_MM, SLIP_MM = 120, 35
WIDE = {"viewport": {"width": 1280, "height": 900}, "is_mobile": False, "has_touch": False}
LONGEST_NAME = "Ngân hàng Nông nghiệp và Phát triển nông thôn Việt Nam, Agribank-chi-nhánh-Hai-Bà-Trưng: mở tài khoản, "
LONGEST_NAME += "chuyển tiền, trả tiền điện nước bằng điện thoại và tránh những cuộc gọi lừa đảo mạo danh."


@pytest.fixture(params=["phone", "desk"])
def organizer(request: pytest.FixtureRequest, visit: Visit) -> Iterator[Page]:
    """A browser of the organizer, small or large."""
    context = visit("organizer", **(WIDE if request.param == "desk" else {}))
    yield context.new_page()
    context.close()


@pytest.fixture(params=["short", "longest"])
def posters(request: pytest.FixtureRequest, live: Live) -> Iterator[str]:
    """The address of all posters; the booths' names are as they are, or as long as can be."""
    with live.app.app_context():
        names = {booth.id: booth.name for booth in db.session.scalars(select(Booth))}
        if request.param == "longest":
            db.session.execute(update(Booth).values(name=LONGEST_NAME))
        db.session.commit()
    yield live.at("/manage/{festival}/door/posters/print")
    with live.app.app_context():
        db.session.execute(update(Booth), [{"id": key, "name": name} for key, name in names.items()])
        db.session.commit()


def test_a_posters_code_is_120_mm_wide_and_each_poster_is_one_sheet(
    organizer: Page, posters: str, tmp_path: Path
) -> None:
    organizer.goto(posters)

    sheets = printed(organizer, tmp_path / "posters.pdf", page_ranges="1-2")

    assert [len(codes) for codes in sheets] == [1, 1]
    for (code,) in sheets:
        assert POSTER_MM <= code.width <= POSTER_MM * 1.1
        assert abs(code.width - code.height) < 0.5


@pytest.mark.parametrize(
    ("path", "drawing"),
    [
        ("/manage/{festival}/door/slips/{slip_id}", ".sheet__slip svg"),
        ("/r/{family}/print", ".sheet__slip svg"),
        ("/r/{family}", ".ticket__code svg"),
    ],
    ids=["blank slips", "family's slips", "tickets"],
)
def test_a_slips_code_is_35_mm_wide(organizer: Page, live: Live, tmp_path: Path, path: str, drawing: str) -> None:
    organizer.goto(live.at(path))
    drawn = organizer.locator(drawing).count()

    codes = [code for sheet in printed(organizer, tmp_path / "slips.pdf") for code in sheet]

    assert len(codes) == drawn > 0
    assert [code for code in codes if not SLIP_MM <= code.width <= SLIP_MM * 1.1] == []


@pytest.mark.parametrize("paper", ["label", "a6", "a4"])
def test_the_code_of_a_walk_ins_ticket_is_at_least_35_mm_wide(
    visit: Visit, live: Live, tmp_path: Path, paper: str
) -> None:
    context = visit("door")
    page = context.new_page()
    page.goto(live.at("/door/walk-ins/{walk_in}/slip") + f"?paper={paper}")

    ((code,),) = printed(page, tmp_path / "ticket.pdf")

    assert code.width >= SLIP_MM
    context.close()


def test_the_pairing_code_fills_most_of_a_phone_and_a_good_part_of_a_desk(organizer: Page, live: Live) -> None:
    organizer.goto(live.at("/manage/{festival}/door/pair"))
    organizer.locator("input[type=text]").first.fill("Cửa A")
    organizer.get_by_role("main").locator("button[type=submit]").last.click()
    place = organizer.locator(".pairing-code")
    place.wait_for()

    assert shown(place).width >= 250


@pytest.mark.parametrize("size", [(360, 740), (1280, 720), (1920, 1080)], ids=str)
def test_a_booths_screen_shows_its_code_as_large_as_two_metres_need(
    visit: Visit, live: Live, size: tuple[int, int]
) -> None:
    context = visit("screen", viewport={"width": size[0], "height": size[1]}, is_mobile=False, has_touch=False)
    page = context.new_page()
    page.goto("/door/")
    page.locator("#booth-qr svg").wait_for()

    assert shown(page.locator("#booth-qr")).width >= 0.5 * min(size)
    context.close()
