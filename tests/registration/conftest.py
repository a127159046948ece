"""What the tests of registration share."""

from __future__ import annotations

import pytest


@pytest.fixture
def send(client, festival):
    """Sends the registration form of `festival` with these fields."""
    return lambda **typed: client.post(f"/{festival.slug}/register", data=typed)
