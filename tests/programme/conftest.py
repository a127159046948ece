"""What the tests of the organizer's pages share: a signed-in organizer and the address of the festival."""

from __future__ import annotations

import pytest

from tests.conftest import plain


@pytest.fixture
def at(festival):
    return f"/manage/{festival.slug}"


def words_of(answer) -> str:
    return plain(answer.get_data(as_text=True))
