"""From the design to a phone that checks the paper: 600 people of the demo get theirs, printed, and one is revoked."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from huey import Huey
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from festival.accounts.models import StaffRole
from festival.certificates import runs
from festival.certificates.models import Certificate, IssueRun
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.links import secret_of
from tests.certificates.crowd import crowd_inside
from tests.conftest import PASSWORD
from tests.e2e.camera import PHONE
from tests.e2e.inspection import findings
from tests.e2e.live import EMAILS, Live, running

PEOPLE = 600


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demo, and 600 people more who have been let in."""
    with running(tmp_path_factory.mktemp("crowded")) as live:
        with live.app.app_context():
            festival = db.session.scalars(select(Festival).where(Festival.slug == live.places["festival"])).one()
            crowd_inside(festival, PEOPLE)
            db.session.remove()
        yield live


@pytest.fixture
def issuer(crowded: Live, browser: Browser) -> Iterator[Page]:
    """An organizer at a desk, in English."""
    context = browser.new_context(base_url=crowded.address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/manage/sign-in?lang=en")
    page.locator("input[type=email]").fill(EMAILS[StaffRole.OWNER])
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/manage/")
    yield page
    context.close()


@pytest.fixture
def phone(crowded: Live, browser: Browser) -> Iterator[Page]:
    """A resident's, in English."""
    context: BrowserContext = browser.new_context(**PHONE, base_url=crowded.address)
    context.add_cookies([{"name": "language", "value": "en", "url": crowded.address}])
    yield context.new_page()
    context.close()


@pytest.fixture
def worker(crowded: Live) -> Iterator[Callable[[], None]]:
    """The queue's worker, started when the test says so."""
    huey: Huey = crowded.app.extensions["huey"]
    started = []

    def start() -> None:
        consumer = huey.create_consumer(workers=1, periodic=False, initial_delay=0.1, max_delay=0.2)
        consumer.start()
        started.append(consumer)

    yield start
    for consumer in started:
        consumer.stop(graceful=True)


def some_batches(live: Live, count: int) -> None:
    """What a worker does that is killed then: so many batches of the run that waits, and silence."""
    with live.app.app_context():
        run_id = runs._claim(now())
        assert run_id is not None
        run = db.session.get_one(IssueRun, run_id)
        waiting = runs.waiting_for(run.design, None)
        runs._set_total(run, len(waiting))
        for start in range(0, count * runs.BATCH, runs.BATCH):
            runs._issue_batch(run_id, run.design_id, waiting[start : start + runs.BATCH])
        db.session.remove()


def one_of_the_crowd(live: Live) -> tuple[str, str, str, int]:
    """A family's secret, its member's certificate: code, name, id."""
    with live.app.app_context():
        found = db.session.scalars(select(Certificate).where(Certificate.name == "Đỗ Văn Số 7")).one()
        assert found.attendee is not None
        return secret_of(found.attendee.registration), found.code, found.name, found.id


def test_from_the_design_to_a_phone_that_checks_the_paper(
    crowded: Live,
    issuer: Page,
    phone: Page,
    worker: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    at = crowded.at("/manage/{festival}/certificates")
    issuer.goto(crowded.at("/manage/{festival}/certificates/designs/{design_id}"))
    issuer.locator("#title").fill("GIẤY CHỨNG NHẬN")
    expect(issuer.locator("#preview img").first).to_be_visible()
    expect(issuer.get_by_text("This is what would be printed.")).to_be_visible()
    issuer.get_by_role("button", name="Save", exact=True).click()
    expect(issuer.locator("#title")).to_have_value("GIẤY CHỨNG NHẬN")

    issuer.goto(crowded.at("/manage/{festival}/certificates/designs/{design_id}/issue"))
    issuer.get_by_role("button", name="Issue to all").click()
    expect(issuer.get_by_text("The worker begins in a moment.")).to_be_visible()
    assert findings(issuer) == []
    some_batches(crowded, 3)  # the page follows without being reloaded
    expect(issuer.get_by_text("300 of")).to_be_visible(timeout=15_000)
    assert findings(issuer) == []
    monkeypatch.setattr(runs, "LEASE", timedelta(seconds=-1))  # as when half a minute has passed
    worker()
    expect(issuer.get_by_text("certificates were issued")).to_be_visible(timeout=60_000)

    file = issuer.request.get(f"{at}/print.pdf")
    with pikepdf.open(io.BytesIO(file.body())) as pdf:
        assert len(pdf.pages) >= PEOPLE

    secret, code, name, certificate_id = one_of_the_crowd(crowded)
    phone.goto(f"/r/{secret}/certificates")
    assert findings(phone) == []
    opened = phone.request.get(phone.get_by_role("link", name=name).first.get_attribute("href") or "")
    assert opened.body().startswith(b"%PDF-")
    phone.goto(f"/c/{code}")
    expect(phone.get_by_text("This certificate is valid")).to_be_visible()
    phone.get_by_label("Full name on the paper").fill(name)
    phone.get_by_role("button", name="Compare").tap()
    expect(phone.get_by_text("The paper matches")).to_be_visible()
    assert findings(phone) == []

    paper = tmp_path / "chung-nhan.pdf"
    paper.write_bytes(opened.body())
    phone.goto("/c/")
    phone.locator("input[type=file]").set_input_files(paper)
    phone.get_by_role("button", name="Check the file").tap()
    expect(phone.get_by_text("The file is genuine")).to_be_visible()
    assert findings(phone) == []

    issuer.goto(f"{at}/{certificate_id}/revoke")
    issuer.locator("input[name=reason]").fill("Cấp nhầm người")
    issuer.get_by_role("button", name="Revoke").click()
    phone.goto(f"/c/{code}")
    expect(phone.get_by_text("It no longer counts")).to_be_visible()
    phone.goto(f"/r/{secret}/certificates")
    expect(phone.get_by_text("taken back")).to_be_visible()


def test_a_file_is_dropped_anywhere_on_the_page(crowded: Live, phone: Page) -> None:
    phone.goto("/c/")
    phone.evaluate(
        """() => {
            const given = new DataTransfer();
            given.items.add(new File(["hello"], "chung-nhan.pdf", { type: "application/pdf" }));
            const event = { bubbles: true, cancelable: true, dataTransfer: given };
            document.body.dispatchEvent(new DragEvent("drop", event));
        }"""
    )

    expect(phone.get_by_text("Not a certificate")).to_be_visible()
