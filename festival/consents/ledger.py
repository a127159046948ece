"""Writing and reading the ledger of consents."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from festival.consents.models import Consent, Purpose
from festival.consents.texts import BY_PURPOSE
from festival.extensions import db


def write(registration_id: int, answers: Mapping[Purpose, bool], given_by: str, language: str) -> None:
    """Add one row for each purpose that was asked, also for those that were refused."""
    for purpose, given in answers.items():
        db.session.add(
            Consent(
                registration_id=registration_id,
                purpose=purpose,
                text_version=BY_PURPOSE[purpose].version,
                language=language,
                given=given,
                given_by=given_by,
            )
        )


def current(registration_id: int) -> dict[Purpose, bool]:
    """The latest answer to each purpose that was asked."""
    rows = db.session.scalars(
        select(Consent).where(Consent.registration_id == registration_id).order_by(Consent.at, Consent.id)
    )
    return {row.purpose: row.given for row in rows}
