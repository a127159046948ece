"""Taking certificates back, and giving new ones in their place. Each has its reason; numbers and codes stay used."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from sqlalchemy import update

from festival.certificates.holders import holder_of
from festival.certificates.issuing import take_turn, write
from festival.certificates.models import Certificate
from festival.core.clock import now
from festival.core.text import mask_name, tidy
from festival.extensions import db
from festival.programme.models import FestivalStatus


class ReplaceOutcome(enum.Enum):
    """What came of giving a new one in place of a certificate."""

    REPLACED = "replaced"
    REPLACED_BEFORE = "replaced_before"
    ERASED = "erased"
    """The names are erased: there is nobody to give a new one to."""


@dataclass(frozen=True)
class ReplaceResult:
    """The outcome, and the new certificate."""

    outcome: ReplaceOutcome
    certificate: Certificate | None = None


def revoke(certificate: Certificate, reason: str) -> bool:
    """Take a certificate back; gives False when that was done before, or a new one has taken its place."""
    changed = db.session.scalar(
        update(Certificate)
        .where(Certificate.id == certificate.id, Certificate.revoked_at.is_(None), Certificate.replaced_at.is_(None))
        .values(revoked_at=now(), revoke_reason=tidy(reason))
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(certificate)
    return changed is not None


def replace(certificate: Certificate, reason: str, name: str = "") -> ReplaceResult:
    """Give a new certificate in place of this one, valid or revoked, whether or not it would be earned today.

    It says what the design says now, under `name` or the name as it stood. The old one is valid no longer. The caller
    commits.
    """
    festival = take_turn(certificate.festival_id)
    if festival.status is FestivalStatus.ARCHIVED or is_erased(certificate):
        return ReplaceResult(ReplaceOutcome.ERASED)
    taken = db.session.scalar(
        update(Certificate)
        .where(Certificate.id == certificate.id, Certificate.replaced_at.is_(None))
        .values(replaced_at=now(), replace_reason=tidy(reason))
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        return ReplaceResult(ReplaceOutcome.REPLACED_BEFORE)
    holder = holder_of(certificate)
    (new,) = write(festival, certificate.design, [holder], {holder.id: tidy(name) or certificate.name})
    db.session.refresh(certificate)
    certificate.replaced_by_id = new.id
    db.session.flush()
    return ReplaceResult(ReplaceOutcome.REPLACED, new)


def is_erased(certificate: Certificate) -> bool:
    """Whether only the masked name is left: the household's data, or the whole festival's, were erased."""
    if certificate.festival.status is FestivalStatus.ARCHIVED:
        return True
    return "*" in certificate.name and mask_name(certificate.name) == certificate.name


def is_valid(certificate: Certificate) -> bool:
    """Neither taken back nor replaced."""
    return certificate.revoked_at is None and certificate.replaced_at is None
