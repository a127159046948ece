"""Accounts that nobody uses are closed by themselves: one that is forgotten is one that nobody watches.

A session lasts twelve hours, so whoever works signs in; an account into which nobody has signed in for 45 days lets
nobody in until an owner of its organization says so, or gives it a new password.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from festival.accounts.audit import record
from festival.accounts.models import User
from festival.core.clock import now

IDLE_AFTER = timedelta(days=45)


def is_idle(user: User, at: datetime) -> bool:
    """Whether nobody has signed in for too long. One of before this was noted counts from its next sign-in."""
    return user.last_active_at is not None and at - user.last_active_at > IDLE_AFTER


def let_in_again(user: User, organization: str) -> None:
    """The account may be signed in to once more, at the wish of an owner of that organization. The caller commits."""
    user.last_active_at = now()
    record("staff.let_in_again", user.email, after={"organization": organization})
