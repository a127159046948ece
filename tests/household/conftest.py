"""A booth that stamps, a family and its phone, and the clock of the stamps' pages."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from festival.checkin import stamping
from festival.checkin.models import Admission, Checkpoint, CheckpointKind
from festival.core.clock import local, today
from festival.extensions import db
from festival.household import stamps
from festival.registration.links import secret_of
from tests import factories

NOON = datetime.fromisoformat(f"{today().isoformat()}T12:00:00+07:00")


@pytest.fixture
def clock(monkeypatch):
    """The clock of the stamps' pages stands at noon until a test moves it."""

    class Clock:
        at = NOON

        def forward(self, **much):
            self.at += timedelta(**much)

    made = Clock()
    monkeypatch.setattr(stamps, "now", lambda: made.at)
    return made


@pytest.fixture
def place(festival) -> Checkpoint:
    """The checkpoint of booth A05."""
    booth = factories.make_booth(festival, code="A05", name="Gian hàng số")
    return factories.make_checkpoint(festival, CheckpointKind.BOOTH, name="A05", booth_id=booth.id)


@pytest.fixture
def household(make_household):
    return make_household(members=3)


@pytest.fixture
def phone(client, household, place):
    """A phone that has opened the family's link."""
    assert client.get(f"/r/{secret_of(household)}").status_code == 200
    return client


def on_screen(place: Checkpoint, at: datetime = NOON) -> str:
    return f"/S/{stamping.screen_code(stamping.key_of(place.id), place.id, stamping.window_of(at))}"


def on_poster(place: Checkpoint) -> str:
    return f"/s/{stamping.poster_code(place.id).lower()}"


def number(place: Checkpoint, day: date | None = None) -> str:
    return stamping.number_of_the_day(stamping.key_of(place.id), day or local(NOON).date())


def wrong_number(place: Checkpoint) -> str:
    return str(int(number(place)) % 90 + 10)


def fill(page) -> dict[str, str]:
    """The hidden fields of the page's first form."""
    found = re.search(r'name="opening" value="([^"]+)"', page.text)
    return {"opening": found[1]} if found else {}


def press(phone, address: str, go: str, **more: str):
    return phone.post(address, data={**fill(phone.get(address)), "go": go, **more})


def all_of(household) -> str:
    return f"all-{household.id}"


def stamps_at(place: Checkpoint) -> int:
    db.session.rollback()
    query = select(func.count()).select_from(Admission).where(Admission.checkpoint_id == place.id)
    return db.session.scalar(query) or 0
