"""Writing and reading the ledger of consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from festival.consents.models import Consent, Purpose
from festival.consents.texts import BY_PURPOSE
from festival.core.clock import now
from festival.core.prepared import PreparedRows
from festival.extensions import Base, db

_ROWS = PreparedRows(
    Base.metadata.tables[Consent.__tablename__],
    ("registration_id", "purpose", "text_version", "language", "given", "given_by", "at"),
)


def write(
    registration_id: int, answers: Mapping[Purpose, bool], given_by: str | Mapping[Purpose, str], language: str
) -> None:
    """Add one row for each purpose that was asked, also for those that were refused. `given_by` is one name for all
    of them, or each one's own."""
    at = now()
    rows = [
        {
            "registration_id": registration_id,
            "purpose": purpose,
            "text_version": BY_PURPOSE[purpose].version,
            "language": language,
            "given": given,
            "given_by": given_by if isinstance(given_by, str) else given_by[purpose],
            "at": at,
        }
        for purpose, given in answers.items()
    ]
    if rows:
        _ROWS.insert(rows)


def history(registration_id: int) -> Sequence[Consent]:
    """Every answer there ever was, the oldest first: nothing is ever changed, only added."""
    rows = select(Consent).where(Consent.registration_id == registration_id).order_by(Consent.at, Consent.id)
    return db.session.scalars(rows).all()


def current(registration_id: int) -> dict[Purpose, bool]:
    """The latest answer to each purpose that was asked."""
    return {row.purpose: row.given for row in history(registration_id)}


def agreed(purpose: Purpose, registration_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """As SQL, about the registration whose id that column is: its latest answer to the purpose is yes."""
    latest = (
        select(func.max(Consent.id))
        .where(Consent.registration_id == registration_id, Consent.purpose == purpose)
        .correlate(registration_id.class_)
        .scalar_subquery()
    )
    return exists(select(Consent.id).where(Consent.id == latest, Consent.given))
