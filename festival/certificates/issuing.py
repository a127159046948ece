"""Issuing: one certificate a person, numbers without gaps, what it says frozen.

Whoever issues first takes the festival's row, so that numbers are given one after the other; a transaction that fails
gives its numbers back, because the counter is part of it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, false, func, select, update

from festival.certificates.criteria import Standing, admitted_at_an_entrance, standing_of
from festival.certificates.designs import edition_of, standard_design
from festival.certificates.models import Certificate, Edition
from festival.core.clock import now
from festival.core.secrets import short_code
from festival.core.text import tidy
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Ward
from festival.registration.models import Attendee, Registration

PRINT_ORDER = (Ward.folded.is_(None), Ward.folded, Attendee.name_key, Attendee.id)
"""By ward, then as names are sorted here; households whose ward is not known come last."""


class IssueOutcome(enum.Enum):
    """What came of asking for a certificate."""

    ISSUED = "issued"
    ALREADY_ISSUED = "already_issued"
    REVOKED = "revoked"
    """There was one, and the organizer took it back: no second one is made."""
    NOT_EARNED = "not_earned"


@dataclass(frozen=True)
class IssueResult:
    """The outcome, and the certificate where there is one. `standing` says why there is none."""

    outcome: IssueOutcome
    standing: Standing
    certificate: Certificate | None = None


def find_certificate(attendee: Attendee) -> Certificate | None:
    """The person's certificate, issued or revoked."""
    return db.session.scalar(select(Certificate).where(Certificate.attendee_id == attendee.id))


def issue(attendee: Attendee) -> IssueResult:
    """Give `attendee` a certificate if it is earned and there is none yet. The caller commits."""
    standing = standing_of(attendee)
    if standing is Standing.EARNED:
        festival = _take_turn(attendee.festival_id)
        standing = standing_of(attendee)
    match standing:
        case Standing.EARNED:
            certificate = _certificate(_edition(festival), attendee, _take_numbers(festival, 1), festival)
            db.session.add(certificate)
            db.session.flush()
            return IssueResult(IssueOutcome.ISSUED, Standing.ISSUED, certificate)
        case Standing.ISSUED:
            return IssueResult(IssueOutcome.ALREADY_ISSUED, standing, find_certificate(attendee))
        case Standing.REVOKED:
            return IssueResult(IssueOutcome.REVOKED, standing, find_certificate(attendee))
        case _:
            return IssueResult(IssueOutcome.NOT_EARNED, standing)


def issue_to_all(festival: Festival) -> int:
    """A certificate for everyone who has earned one and has none, numbered in the order of printing.

    Gives how many were issued. The caller commits.
    """
    _take_turn(festival.id)
    waiting = db.session.scalars(
        select(Attendee)
        .where(_waiting(festival))
        .join(Registration, Registration.id == Attendee.registration_id)
        .outerjoin(Ward, Ward.code == Registration.ward_code)
        .order_by(*PRINT_ORDER)
    ).all()
    if not waiting:
        return 0
    first, edition = _take_numbers(festival, len(waiting)), _edition(festival)
    db.session.add_all(
        _certificate(edition, attendee, first + place, festival) for place, attendee in enumerate(waiting)
    )
    db.session.flush()
    return len(waiting)


def count_waiting(festival: Festival) -> int:
    """How many people have earned a certificate and have none yet."""
    return db.session.execute(select(func.count(Attendee.id)).where(_waiting(festival))).scalar_one()


def revoke(certificate: Certificate, reason: str) -> bool:
    """Take a certificate back; gives False when that was done before. Its number and its code stay used."""
    changed = db.session.scalar(
        update(Certificate)
        .where(Certificate.id == certificate.id, Certificate.revoked_at.is_(None))
        .values(revoked_at=now(), revoke_reason=tidy(reason))
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(certificate)
    return changed is not None


def _waiting(festival: Festival) -> ColumnElement[bool]:
    if festival.status is FestivalStatus.ARCHIVED:  # the names are erased
        return false()
    has_one = exists(select(Certificate.id).where(Certificate.attendee_id == Attendee.id))
    return (Attendee.festival_id == festival.id) & ~has_one & admitted_at_an_entrance()


def _take_turn(festival_id: int) -> Festival:
    """Wait until nobody else issues for this festival, until the end of the transaction.

    PostgreSQL locks the row; SQLite has one writer anyway (BEGIN IMMEDIATE in `extensions`).
    """
    return db.session.execute(
        select(Festival)
        .where(Festival.id == festival_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _take_numbers(festival: Festival, count: int) -> int:
    """The first of `count` new numbers."""
    last = db.session.execute(
        update(Festival)
        .where(Festival.id == festival.id)
        .values(certificates_issued=Festival.certificates_issued + count)
        .returning(Festival.certificates_issued)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    db.session.expire(festival, ["certificates_issued"])
    return last - count + 1


def _edition(festival: Festival) -> Edition:
    return edition_of(standard_design(festival))


def _certificate(edition: Edition, attendee: Attendee, number: int, festival: Festival) -> Certificate:
    return Certificate(
        festival_id=festival.id,
        design_id=edition.design_id,
        edition_id=edition.id,
        attendee_id=attendee.id,
        number=number,
        serial=f"{number:04d}/{festival.first_day.year}/CN",
        code=short_code(),
        name=tidy(attendee.name),
        issued_at=now(),
    )
