"""An organizer at the list of messages."""

from __future__ import annotations

import pytest

from festival.consents.models import Purpose
from festival.extensions import db
from festival.messages import outbox
from tests.messages.conftest import settings_of, sink  # noqa: F401  (fixtures)


@pytest.fixture
def organizer(sign_in):
    return sign_in()


@pytest.fixture
def address(festival):
    return f"/manage/{festival.slug}/messages"


@pytest.fixture
def agreeing(make_household):
    """A household with an address that agreed to reminders."""
    return lambda **values: make_household(
        **{"members": 1, "email": "hoa@festival.example", "consents": {Purpose.REMINDERS: True}, **values}
    )


@pytest.fixture
def put(festival):
    """A message in the outbox, with what the test says about it."""

    def make(event: str = "thử:1", **values: object):
        mail = outbox.Mail(event, "hoa@festival.example", "Vé của gia đình", "Mời bà con…", kind="confirmation")
        row = outbox.put(mail, festival.id)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()
        return row

    return make
