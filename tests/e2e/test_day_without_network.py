"""A whole morning without a network: three phones, two hundred tickets, walk-ins, a ticket that was revoked meanwhile,
a page that is reloaded and a browser that is killed. Afterwards every scan is on the server once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time as clock
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from sqlalchemy import func, select

from festival import create_app
from festival.checkin import conflicts
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, Scan
from festival.checkin.pairing import DEVICE_COOKIE
from festival.core.clock import now, today
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.models import Booking, Registration, Ticket
from tests import factories, invariants
from tests.checkin.conftest import qr_of, tickets_of
from tests.conftest import make_settings
from tests.e2e.camera import PHONE, launch_options
from tests.e2e.server import serving
from tests.postgres import _free_port
from tests.tables import make_tables

TICKETS, SEATS = 120, 5
SHARES = (range(80), range(60, 120), range(10, 70))
"""Which tickets each phone scans: 200 scans, of which 80 are of somebody whom another phone has let in too."""

# A hand-held scanner: it types a code and presses Enter, whatever stands on the screen. The word on the screen is read
# once it is there; nobody waits for the network.
SCAN_ALL = """async (codes) => {
  const field = document.getElementById("code"), form = document.getElementById("typed");
  const word = document.getElementById("verdict-word"), screen = document.getElementById("verdict");
  const seen = [];
  for (const code of codes) {
    screen.close();
    word.textContent = "";
    field.value = code;
    form.requestSubmit();
    const began = performance.now();
    while (!(screen.open && word.textContent) && performance.now() - began < 5000) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    seen.push(word.textContent);
  }
  screen.close();
  return seen;
}"""


@dataclass(frozen=True)
class Morning:
    """A running installation, three phones, the texts of the tickets, and who has booked nothing."""

    app: Flask
    address: str
    festival: int
    entrance: int
    session_door: int
    tokens: tuple[str, ...]
    codes: tuple[str, ...]
    revoked: int


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    address = f"http://127.0.0.1:{_free_port()}"
    app = create_app(make_settings(tmp_path, public_url=address))
    with app.app_context():
        make_tables()
        festival = factories.make_festival(capacity=TICKETS + 31)
        session = factories.make_session(festival, day=today(), start=clock(0, 2), end=clock(23, 58), capacity=SEATS)
        entrance = factories.make_checkpoint(festival)
        room = factories.make_checkpoint(
            festival, CheckpointKind.SESSION, name="Lớp VNeID", session_id=session.id, walk_ins=True
        )
        phones = [
            factories.make_device(festival, name=f"Cửa {letter}", checkpoints=[entrance, room]) for letter in "ABC"
        ]
        homes = [
            factories.make_household(festival, members=10, phone=f"+8491200{number:04}")
            for number in range(TICKETS // 10)
        ]
        tickets = [ticket for home in homes for ticket in tickets_of(home)]
        made = Morning(
            app=app,
            address=address,
            festival=festival.id,
            entrance=entrance.id,
            session_door=room.id,
            tokens=tuple(phone.token for phone in phones),
            codes=tuple(qr_of(ticket, festival) for ticket in tickets),
            revoked=tickets[5].id,
        )
        db.session.remove()
    with serving(app):
        yield made


def ready(page: Page) -> None:
    expect(page.locator("#bar-synced")).to_contain_text("Updated at", timeout=20_000)
    page.wait_for_function(
        """async () => {
          await navigator.serviceWorker.ready;
          return navigator.serviceWorker.controller !== null && Boolean(await caches.match("/door/"));
        }""",
        timeout=20_000,
    )


def started(page: Page) -> None:
    """What is kept on the phone has been read: from now on it scans."""
    page.wait_for_function("() => performance.getEntriesByName('door ready').length > 0", timeout=20_000)


def open_phone(context: BrowserContext, morning: Morning, token: str) -> Page:
    cookie: Any = {"name": DEVICE_COOKIE, "value": token, "domain": "127.0.0.1", "path": "/door", "httpOnly": True}
    context.add_cookies([{**cookie, "sameSite": "Strict", "expires": time.time() + 86_400}])
    page = context.new_page()
    page.goto(f"{morning.address}/door/?lang=en")
    ready(page)
    return page


def write_down(page: Page, name: str) -> None:
    """A walk-in, typed."""
    page.locator("#walk-in-open").click()
    page.locator("#walk-in-name").fill(name)
    page.locator("#walk-in-birth_year").fill("1958")
    page.locator("#walk-in-consents input:visible").first.check()
    page.get_by_role("button", name="Write down and let in").click()
    expect(page.locator("#walk-in-done")).to_be_visible()
    expect(page.locator("#walk-in-code svg")).to_be_visible()
    page.locator("#walk-in-back").click()


def at_the_session(page: Page, morning: Morning) -> None:
    page.locator("#checkpoint").select_option(str(morning.session_door))


def all_sent(page: Page) -> None:
    expect(page.locator("#bar-waiting")).to_have_text("", timeout=60_000)
    expect(page.locator("#bar-aside")).to_have_text("")
    expect(page.locator("#bar-connection")).to_contain_text("Connected")


def test_a_morning_without_a_network_loses_nothing(morning: Morning, playwright: Playwright, tmp_path: Path) -> None:
    folders = [tmp_path / f"phone-{number}" for number in range(3)]
    options = launch_options()

    def switch_on(number: int) -> BrowserContext:
        return playwright.chromium.launch_persistent_context(folders[number], **options, **PHONE)

    phones = [switch_on(number) for number in range(3)]
    pages = [open_phone(phone, morning, token) for phone, token in zip(phones, morning.tokens, strict=True)]
    for phone in phones:
        phone.set_offline(True)
    with morning.app.app_context():
        db.session.get_one(Ticket, morning.revoked).revoked_at = now()
        db.session.commit()
        db.session.remove()

    for page, share in zip(pages, SHARES, strict=True):
        words = page.evaluate(SCAN_ALL, [morning.codes[number] for number in share])
        assert set(words) == {"Welcome!"}

    # The second phone's page is reloaded, the third's browser is killed; both go on without a network.
    pages[1].reload()
    started(pages[1])
    expect(pages[1].locator("#bar-waiting")).to_contain_text("60")
    phones[2].close()
    phones[2] = switch_on(2)
    phones[2].set_offline(True)
    pages[2] = phones[2].pages[0] if phones[2].pages else phones[2].new_page()
    pages[2].goto(f"{morning.address}/door/")
    started(pages[2])
    expect(pages[2].locator("#bar-waiting")).to_contain_text("60")
    again = pages[2].evaluate(SCAN_ALL, [morning.codes[10], morning.codes[119]])
    assert again == ["Already in", "Welcome!"]

    for number, page in enumerate(pages[:2]):
        write_down(page, f"Nguyễn Văn Khách {number}")
    full = 0
    for page, share in zip(pages, (range(20, 24), range(24, 28), range(28, 32)), strict=True):
        at_the_session(page, morning)
        words = page.evaluate(SCAN_ALL, [morning.codes[number] for number in share])
        assert set(words) <= {"Welcome!", "Full"}
        full += words.count("Full")
    assert full >= 12 - SEATS

    for phone in phones:
        phone.set_offline(False)
    for page in pages:
        all_sent(page)

    with morning.app.app_context():
        _look_at_the_server(morning, phones=len(pages), full=full)
        db.session.remove()
    for phone in phones:
        phone.close()


def _look_at_the_server(morning: Morning, *, phones: int, full: int) -> None:
    festival = db.session.get_one(Festival, morning.festival)
    entrance = select(Scan).where(Scan.checkpoint_id == morning.entrance)
    kept = db.session.scalars(entrance).all()
    # 200 scans, two more by the phone whose browser was killed, and the two walk-ins.
    assert len(kept) == sum(len(share) for share in SHARES) + 2 + 2
    assert all(scan.offline for scan in kept)
    # The one ticket was revoked by hand; everything else fits together.
    assert invariants.broken() == [f"ticket {morning.revoked} (ticket) is void, unlike its owner"]

    earliest = dict(
        db.session.execute(
            select(Scan.attendee_id, func.min(Scan.scanned_at))
            .where(Scan.checkpoint_id == morning.entrance, Scan.passed, Scan.ticket_id != morning.revoked)
            .group_by(Scan.attendee_id)
        ).all()
    )
    admitted = dict(
        db.session.execute(
            select(Admission.attendee_id, Admission.admitted_at).where(Admission.checkpoint_id == morning.entrance)
        ).all()
    )
    assert admitted == earliest
    assert len(admitted) == TICKETS - 1 + 2

    twice = conflicts.find_pairs(festival, morning.entrance)
    assert len(twice) == sum(len(share) for share in SHARES) + 1 - TICKETS
    described = conflicts.describe(twice)
    assert all(one.first.door != one.second.door and one.first.at < one.second.at for one in described)
    (doubtful,) = conflicts.doubtful_entries(festival, morning.entrance)
    assert doubtful.entry.verdict == "revoked"

    walk_ins = db.session.scalars(select(Registration).where(Registration.walk_in)).all()
    assert sorted(one.contact_name for one in walk_ins) == ["Nguyễn Văn Khách 0", "Nguyễn Văn Khách 1"]
    session = db.session.scalars(select(Session)).one()
    assert session.seats_taken <= SEATS
    seated = db.session.scalar(select(func.count()).select_from(Booking)) or 0
    assert seated == 12 - full
    assert festival.places_taken <= festival.capacity
    assert db.session.scalar(select(func.count()).select_from(Device)) == phones
    assert db.session.scalar(select(func.count()).select_from(Checkpoint)) == 2
