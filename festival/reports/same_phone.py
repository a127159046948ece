"""Registrations of one phone number, for the organizer: a family that registered twice, or a helper's own number.

Strangers learn nothing of it (docs/decisions/the-same-number-twice.md); whoever may read registrations sees the number
anyway. A class list gives one number to brothers and sisters, so nothing is judged here, only shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration

MOST_NAMED = 5
"""Others that are named one by one; of a number with more there is the search."""


@dataclass(frozen=True)
class Other:
    """Another registration of the same number."""

    id: int
    contact_name: str


@dataclass(frozen=True)
class SamePhone:
    """How many other registrations have the number, and which, unless there are more than `MOST_NAMED`."""

    count: int
    others: Sequence[Other] = ()


def same_phones(festival: Festival, registrations: Iterable[Registration]) -> dict[int, SamePhone]:
    """For those of these registrations whose number stands in another one too, by their ids: two statements. Cancelled
    ones do not count, nor do those without a number."""
    asked = [row for row in registrations if row.phone and row.cancelled_at is None]
    standing = (
        Registration.festival_id == festival.id,
        Registration.phone.in_({row.phone for row in asked}),
        Registration.cancelled_at.is_(None),
    )
    several = select(Registration.phone, func.count()).where(*standing).group_by(Registration.phone)
    counts = dict(db.session.execute(several.having(func.count() > 1)).all())
    few = [phone for phone, count in counts.items() if count <= MOST_NAMED + 1]
    named: dict[str, list[Other]] = defaultdict(list)
    if few:
        rows = select(Registration.id, Registration.contact_name, Registration.phone).where(
            *standing, Registration.phone.in_(few)
        )
        for row in db.session.execute(rows.order_by(Registration.id)):
            named[row.phone].append(Other(row.id, row.contact_name))
    return {
        row.id: SamePhone(counts[row.phone] - 1, [other for other in named[row.phone] if other.id != row.id])
        for row in asked
        if row.phone in counts
    }
