"""Who of the staff has looked at a household's data: written into the audit log, shown to the household itself.

Source: Luật 91/2025/QH15, article 4 (everybody may know how their data are used).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from festival.accounts.audit import record
from festival.accounts.models import AuditEntry, User
from festival.core.clock import now
from festival.extensions import db
from festival.registration.models import Registration

SEEN = "registration.seen"
EXPORTED = "registrations.exported"

ONE_LOOK = timedelta(minutes=10)
"""Who opens a page again within that time has looked once."""

MOST_SHOWN = 200


@dataclass(frozen=True)
class Look:
    """Somebody looked at this household, or took the whole list away (`whole_list`). `who` may be empty: a member of
    staff without a name, or one who is gone."""

    at: datetime
    who: str
    whole_list: bool


def about(registration: Registration) -> ColumnElement[bool]:
    """The entries of the audit log that say who opened this household."""
    return and_(
        AuditEntry.festival_id == registration.festival_id,
        AuditEntry.action == SEEN,
        AuditEntry.after["registration"].as_integer() == registration.id,
    )


def looked_lately(registration: Registration, user: User) -> bool:
    """Whether this look belongs to one that is noted already."""
    seen = select(AuditEntry.id).where(
        about(registration), AuditEntry.user_id == user.id, AuditEntry.at > now() - ONE_LOOK
    )
    return db.session.scalar(seen.limit(1)) is not None


def note_look(registration: Registration) -> None:
    """Note that the signed-in member of staff has opened this household."""
    record(
        SEEN,
        registration.contact_name,
        festival_id=registration.festival_id,
        after={"registration": registration.id},
    )


def looks_at(registration: Registration) -> Sequence[Look]:
    """Every look at this household and every export it was in, the newest first; at most two hundred."""
    exported = (
        (AuditEntry.festival_id == registration.festival_id)
        & (AuditEntry.action == EXPORTED)
        & (AuditEntry.at >= registration.created_at)
    )
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.action, User.name)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(exported | about(registration))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Look(row.at, row.name or "", row.action == EXPORTED) for row in rows]
