"""The day's figures keep themselves fresh in the browser, can be stopped, and say when they no longer are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from festival.checkin.models import Checkpoint, CheckpointKind, Scan
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee
from tests.e2e.inspection import findings
from tests.e2e.live import Live

SECONDS = 21_000


@pytest.fixture
def day(live: Live, visit: Callable[..., BrowserContext]) -> Iterator[Page]:
    """The organizer looks at today, in English; the page's clock stands still until it is told to go on."""
    context = visit("organizer", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.clock.install()
    page.goto(live.at("/manage/{festival}/?lang=en"))
    yield page
    context.close()


def let_one_in(live: Live, direction: str = "in") -> None:
    with live.app.app_context():
        festival = db.session.scalars(select(Festival).where(Festival.slug == live.places["festival"])).one()
        entrance = db.session.scalars(
            select(Checkpoint.id).where(
                Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.ENTRANCE
            )
        ).first()
        known = select(Scan.attendee_id).where(Scan.attendee_id.is_not(None))
        person = db.session.scalars(
            select(Attendee.id).where(Attendee.festival_id == festival.id, Attendee.id.not_in(known))
        ).first()
        db.session.add(
            Scan(
                id=uuid4(),
                festival_id=festival.id,
                checkpoint_id=entrance,
                attendee_id=person,
                direction=direction,
                scanned_at=now() - timedelta(seconds=1),
                verdict="admitted",
                passed=True,
                answer={},
            )
        )
        db.session.commit()


def inside(page: Page) -> int:
    return int(page.locator(".headcount__now strong").inner_text())


def test_the_figures_refresh_by_themselves_and_can_be_stopped(live: Live, day: Page) -> None:
    before = inside(day)
    let_one_in(live)
    day.clock.run_for(SECONDS)
    expect(day.locator(".headcount__now strong")).to_have_text(str(before + 1))
    assert findings(day) == []

    day.get_by_role("button", name="Stop updating").click()
    let_one_in(live)
    day.clock.run_for(3 * SECONDS)
    expect(day.locator(".headcount__now strong")).to_have_text(str(before + 1))

    day.get_by_role("button", name="Go on updating").click()
    expect(day.locator(".headcount__now strong")).to_have_text(str(before + 2))


def test_a_table_that_somebody_reads_with_the_keyboard_stays_as_it_is(live: Live, day: Page) -> None:
    table = day.get_by_role("region", name="Sessions")
    table.focus()
    let_one_in(live)
    day.clock.run_for(SECONDS)

    expect(table).to_be_focused()


def test_without_a_connection_the_page_says_so_and_tries_again(live: Live, day: Page) -> None:
    day.context.set_offline(True)
    day.clock.run_for(SECONDS)
    expect(day.locator("#fresh-state")).to_have_text("No connection. Trying again.")

    day.context.set_offline(False)
    day.clock.run_for(SECONDS)
    expect(day.locator("#fresh-state")).to_contain_text("As of")


def test_who_has_been_signed_out_is_told(live: Live, day: Page) -> None:
    day.context.clear_cookies()
    day.clock.run_for(SECONDS)

    expect(day.locator("#fresh-state")).to_have_text("You have been signed out. Reload the page.")
