"""Issuing: one certificate of a design for each holder, numbers without gaps, what it says frozen.

Whoever issues takes the festival's row first, so that numbers are given one after the other; a transaction that fails
or dies gives its numbers back, because the counter is part of it.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from festival.certificates.criteria import Standing, earned_now, standing_of
from festival.certificates.designs import edition_of, gives_participation, standard_design
from festival.certificates.details import details_of
from festival.certificates.holders import Holder, column_for, column_of, in_print_order, load, name_for, type_of
from festival.certificates.models import Certificate, CertificateKind, Design
from festival.core.clock import now
from festival.core.secrets import short_code
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus


class IssueOutcome(enum.Enum):
    """What came of asking for a certificate."""

    ISSUED = "issued"
    ALREADY_ISSUED = "already_issued"
    REVOKED = "revoked"
    """There was one, and the organizer took it back: asking again gives no second one."""
    NOT_EARNED = "not_earned"
    NOT_OFFERED = "not_offered"
    """The design is put away, of another festival or for other holders; or the names are erased."""


@dataclass(frozen=True)
class IssueResult:
    """The outcome, and the certificate where there is one. `standing` says why there is none."""

    outcome: IssueOutcome
    standing: Standing | None
    certificate: Certificate | None = None


def find_certificate(holder: Holder, design: Design | None = None) -> Certificate | None:
    """The holder's certificate by `design`, issued or revoked, but not one that was replaced. Without a design: the
    one of participation."""
    query = (
        select(Certificate)
        .join(Design, Design.id == Certificate.design_id)
        .where(column_for(holder) == holder.id, Certificate.replaced_at.is_(None))
        .order_by(Design.id)
        .limit(1)
    )
    if design is None:
        query = query.where(Design.kind == CertificateKind.PARTICIPATION)
    else:
        query = query.where(Design.id == design.id)
    return db.session.scalar(query)


def issue(holder: Holder, design: Design | None = None) -> IssueResult:
    """Give `holder` a certificate if it is earned and there is none yet: without a design, that of participation.

    The caller commits.
    """
    festival = None
    if design is None:
        if not gives_participation(holder.festival_id):
            return IssueResult(IssueOutcome.NOT_OFFERED, None)
        festival = take_turn(holder.festival_id)  # the first to ask makes the design
        design = standard_design(festival)
    if not _is_offered(design, holder):
        return IssueResult(IssueOutcome.NOT_OFFERED, None)
    if (there := find_certificate(holder, design)) is not None:
        return _found(there)
    standing = standing_of(holder, design)
    if standing is not Standing.EARNED:
        return IssueResult(IssueOutcome.NOT_EARNED, standing)
    festival = festival or take_turn(holder.festival_id)
    if (there := find_certificate(holder, design)) is not None:  # somebody was quicker
        return _found(there)
    (certificate,) = write(festival, design, [holder])
    return IssueResult(IssueOutcome.ISSUED, Standing.ISSUED, certificate)


def issue_to(design: Design, ids: Sequence[int]) -> int:
    """A certificate for each of these holders who has none yet, numbered in this order; gives how many were issued.

    That they have earned it was found by the caller, who commits. A handful of statements, however many they are.
    """
    festival = take_turn(design.festival_id)
    if festival.status is FestivalStatus.ARCHIVED:
        return 0
    column = column_of(design.kind)
    have = set(
        db.session.scalars(
            select(column).where(Certificate.design_id == design.id, Certificate.replaced_at.is_(None), column.in_(ids))
        )
    )
    holders = load(design.kind, [each for each in ids if each not in have])
    write(festival, design, [holder for holder in holders if holder.festival_id == festival.id])
    return len(holders)


def issue_to_all(festival: Festival, design: Design | None = None) -> int:
    """A certificate for everyone who has earned one and has none, numbered in the order of printing, at one stroke.

    Gives how many were issued. The caller commits. For many at a time there are runs (`runs.py`).
    """
    take_turn(festival.id)
    design = design or standard_design(festival)
    waiting = waiting_for(design)
    return issue_to(design, waiting) if waiting else 0


def waiting_for(design: Design, chosen: Collection[int] | None = None) -> list[int]:
    """The holders who have earned a certificate by `design` and have none, in the order of printing; `chosen`: only of
    those."""
    earned = earned_now(design, chosen)
    return in_print_order(design.kind, design.festival_id, earned) if earned else []


def take_turn(festival_id: int) -> Festival:
    """Wait until nobody else issues for this festival, until the end of the transaction.

    PostgreSQL locks the row; SQLite has one writer anyway (BEGIN IMMEDIATE in `extensions`).
    """
    return db.session.execute(
        select(Festival)
        .where(Festival.id == festival_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one()


def write(
    festival: Festival, design: Design, holders: Sequence[Holder], names: dict[int, str] | None = None
) -> list[Certificate]:
    """New certificates with the next numbers, for who has none; the festival's turn was taken. `names`: others than
    the holders' own, by id."""
    if not holders:
        return []
    edition, first, at = edition_of(design), _take_numbers(festival, len(holders)), now()
    details = details_of(design, edition, [holder.id for holder in holders])
    column = column_of(design.kind).key
    written = []
    for number, holder in enumerate(holders, first):
        written.append(
            Certificate(
                festival_id=festival.id,
                design_id=design.id,
                edition_id=edition.id,
                number=number,
                serial=f"{number:04d}/{festival.first_day.year}/CN",
                code=short_code(),
                name=(names or {}).get(holder.id) or name_for(holder),
                details=details.get(holder.id, {}),
                issued_at=at,
                **{column: holder.id},
            )
        )
    db.session.add_all(written)
    db.session.flush()
    return written


def _found(certificate: Certificate) -> IssueResult:
    if certificate.revoked_at is None:
        return IssueResult(IssueOutcome.ALREADY_ISSUED, Standing.ISSUED, certificate)
    return IssueResult(IssueOutcome.REVOKED, Standing.REVOKED, certificate)


def _is_offered(design: Design, holder: Holder) -> bool:
    return (
        design.archived_at is None
        and design.festival_id == holder.festival_id
        and isinstance(holder, type_of(design.kind))
        and design.festival.status is not FestivalStatus.ARCHIVED
    )


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
