"""Who of the staff has looked at a household's data: written into the audit log, shown to the household itself.

A look is at households (their page, a message to them, or found by a search), or at a list in which they may stand, or
the taking of the whole list. `festival/looking.py` says which page is what.
Source: Luật 91/2025/QH15, article 4 (everybody may know how their data are used).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from festival.accounts.audit import record
from festival.accounts.models import AuditEntry, User
from festival.core.clock import at_local, local, now
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Registration

SEEN = "registration.seen"
EXPORTED = "registrations.exported"
LISTED = "registrations.listed"

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


@dataclass(frozen=True)
class ListLook:
    """Somebody has opened lists in which this household may stand: on how many days, and when last."""

    who: str
    days: int
    last_at: datetime


def about(registration: Registration) -> ColumnElement[bool]:
    """The entries of the audit log that say who looked at this household."""
    return and_(
        AuditEntry.festival_id == registration.festival_id,
        AuditEntry.action == SEEN,
        AuditEntry.after["registration"].as_integer() == registration.id,
    )


def unnoted(festival: Festival, registration_ids: Collection[int], user: User) -> list[int]:
    """Those of these households that the user has not looked at within `ONE_LOOK`."""
    noted = db.session.scalars(
        select(AuditEntry.after["registration"].as_integer()).where(
            AuditEntry.festival_id == festival.id,
            AuditEntry.action == SEEN,
            AuditEntry.user_id == user.id,
            AuditEntry.at > now() - ONE_LOOK,
        )
    )
    return sorted(set(registration_ids) - set(noted))


def note_looks(festival: Festival, registration_ids: Collection[int]) -> None:
    """Note that the signed-in member of staff has seen these households; the caller commits."""
    rows = select(Registration.id, Registration.contact_name).where(
        Registration.festival_id == festival.id, Registration.id.in_(registration_ids)
    )
    for row in db.session.execute(rows.order_by(Registration.id)):
        record(SEEN, row.contact_name, festival_id=festival.id, after={"registration": row.id})


def list_noted(festival: Festival, user: User) -> bool:
    """Whether it is noted already that the user has opened lists today."""
    day = local(now()).date()
    noted = select(AuditEntry.id).where(
        AuditEntry.festival_id == festival.id,
        AuditEntry.action == LISTED,
        AuditEntry.user_id == user.id,
        AuditEntry.at >= at_local(day, datetime.min.time()),
    )
    return db.session.scalar(noted.limit(1)) is not None


def note_list(festival: Festival) -> None:
    """Note, once a day, that the signed-in member of staff opens lists of people; the caller commits."""
    record(LISTED, festival.name, festival_id=festival.id)


def looks_at(registration: Registration) -> Sequence[Look]:
    """Every look at this household and every export it was in, the newest first; at most two hundred."""
    exported = _here(registration, EXPORTED)
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.action, User.name)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(exported | about(registration))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(MOST_SHOWN)
    )
    return [Look(row.at, row.name or "", row.action == EXPORTED) for row in rows]


def list_looks_at(registration: Registration) -> Sequence[ListLook]:
    """Who has opened lists since this household registered, the latest first. A day on which it registered counts
    whole, so nobody is left out."""
    last = func.max(AuditEntry.at)
    rows = db.session.execute(
        select(User.name, func.count(AuditEntry.id).label("days"), last.label("last_at"))
        .select_from(AuditEntry)
        .outerjoin(User, User.id == AuditEntry.user_id)
        .where(_here(registration, LISTED, at_local(local(registration.created_at).date(), datetime.min.time())))
        .group_by(AuditEntry.user_id, User.name)
        .order_by(last.desc())
        .limit(MOST_SHOWN)
    )
    return [ListLook(row.name or "", row.days, row.last_at) for row in rows]


def _here(registration: Registration, action: str, since: datetime | None = None) -> ColumnElement[bool]:
    """Entries of this kind that were made since the household is there."""
    return and_(
        AuditEntry.festival_id == registration.festival_id,
        AuditEntry.action == action,
        AuditEntry.at >= (since or registration.created_at),
    )
