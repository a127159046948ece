"""How a family fills in the registration form in a browser, with every tap counted."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from festival.extensions import db
from festival.registration.models import Registration
from tests.e2e.live import Live


@dataclass(frozen=True)
class Relative:
    """One of the others; an empty relation is the one that the form proposes."""

    name: str
    born: str
    relation: str = ""


CONTACT = Relative("Nguyễn Thị Hạnh", "1985")
FAMILY = (
    Relative("Đỗ Văn Hùng", "1983", "spouse"),
    Relative("Đỗ Minh Anh", "2012"),
    Relative("Đỗ Bảo Ngọc", "2017"),
    Relative("Trần Thị Ước", "1955", "parent"),
)
"""A family of five, with their contact person."""


class Finger:
    """Taps on a phone, and counts. A field that has the focus already is typed into without a tap."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, target: Locator) -> None:
        target.tap()
        self.taps += 1

    def type(self, target: Locator, words: str) -> None:
        if not target.evaluate("(field) => field === document.activeElement"):
            self.tap(target)
            expect(target).to_be_focused()
        self.page.keyboard.insert_text(words)  # as the keyboard on a screen does

    def choose(self, target: Locator, value: str) -> None:
        """Two taps: the list opens, and one of it is chosen."""
        target.select_option(value)
        self.taps += 2


def touch(page: Page) -> None:
    """Touch the form, and wait until it can do what it can do with JavaScript."""
    page.locator("#contact_name").tap()
    expect(page.locator("#draft-line")).to_be_visible()


def fill_in(finger: Finger, phone: str, contact: Relative = CONTACT, others: tuple[Relative, ...] = FAMILY) -> None:
    """The first step, up to its button."""
    page = finger.page
    finger.type(page.locator("#contact_name"), contact.name)
    finger.type(page.locator("#phone"), phone)
    finger.type(page.locator("#birth_year"), contact.born)
    for place, person in enumerate(others):
        if place:
            finger.tap(page.locator("button[value=add]"))
            expect(page.locator(f"#members-{place}-name")).to_be_focused()
        finger.type(page.locator(f"#members-{place}-name"), person.name)
        finger.type(page.locator(f"#members-{place}-birth_year"), person.born)
        if person.relation:
            finger.choose(page.locator(f"#members-{place}-relation"), person.relation)


def go_on(finger: Finger, step: str) -> None:
    """Press the step's button, and wait for the step that follows."""
    finger.tap(finger.page.locator(".form__buttons .btn-primary"))
    expect(at_step(finger.page, step)).to_have_count(1)


def at_step(page: Page, step: str) -> Locator:
    """The mark of the step that the page shows."""
    return page.locator(f"#register input[name=step][value={step}]")


def tick_suggestions(finger: Finger) -> int:
    """Tick everything that is suggested; gives how much that is."""
    boxes = finger.page.locator(".suggested input")
    for place in range(boxes.count()):
        finger.tap(boxes.nth(place))
    return boxes.count()


def agree(finger: Finger) -> None:
    """Tick the consents that are needed."""
    for box in finger.page.locator("[id^=consent_]").all()[:3]:
        finger.tap(box)


def registrations_of(live: Live, phone: str) -> int:
    """How many registrations there are with this number (E.164)."""
    with live.app.app_context():
        count = db.session.scalar(select(func.count(Registration.id)).where(Registration.phone == phone))
        db.session.remove()
    return int(count or 0)
