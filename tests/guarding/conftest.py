"""A flood as a script makes it, and the two presses that release it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from festival.registration.models import Registration
from tests import factories


@pytest.fixture
def flood(festival) -> Callable[..., list[Registration]]:
    """Twenty households of one address within minutes, as a script made them."""

    def make(count: int = 20, origin: str = "f" * 32, **values: object) -> list[Registration]:
        return [
            factories.make_household(
                festival,
                **{"members": 1, "contact_name": f"Máy {n}", "phone": f"+849{n:08}", "origin": origin, **values},
            )
            for n in range(count)
        ]

    return make


def release(browser, festival, first_id: int, **data: object):
    """Press, look at what will be released, press again."""
    address = f"/manage/{festival.slug}/floods/{first_id}"
    asked = browser.post(address, data=data)
    seen = re.search(r'name="seen" value="([^"]+)"', asked.text)
    return browser.post(address, data={**data, "seen": seen[1]}) if seen else asked
