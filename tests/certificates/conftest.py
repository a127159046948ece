"""What the tests of certificates share: letting people in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from festival.checkin.models import Admission
from festival.core.clock import now
from festival.extensions import db
from festival.registration.models import Attendee
from tests import factories


@pytest.fixture
def admit(make_device: Callable[..., factories.PairedDevice]) -> Callable[..., None]:
    """Let people in at an entrance, or at another checkpoint of the device given."""

    def let_in(*attendees: Attendee, paired: factories.PairedDevice | None = None) -> None:
        device = (paired or make_device()).device
        for attendee in attendees:
            admission = Admission(
                attendee_id=attendee.id,
                checkpoint_id=device.checkpoints[0].id,
                device_id=device.id,
                scan_id=uuid4(),
                admitted_at=now(),
            )
            db.session.add(admission)
        db.session.commit()

    return let_in
