"""What floods are found by is forgotten after two weeks: the digest of an address, and of a helper's device."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import CursorResult, or_, update

from festival.core.clock import now
from festival.extensions import db
from festival.registration.models import Registration

KEPT_FOR = timedelta(days=14)


def forget_old_origins() -> int:
    """Forget them and commit: a job of the worker. Gives how many registrations had one."""
    result = db.session.execute(
        update(Registration)
        .where(
            Registration.created_at <= now() - KEPT_FOR,
            or_(Registration.origin.is_not(None), Registration.helped_on.is_not(None)),
        )
        .values(origin=None, helped_on=None, changed_at=Registration.changed_at)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return result.rowcount if isinstance(result, CursorResult) else 0
