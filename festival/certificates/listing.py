"""The organizer's list of certificates: searched, filtered, counted by design."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from festival.certificates.models import Certificate, CertificateFile, CertificateKind, Design, IssueRun
from festival.core.paging import Page, asked_id, page_of
from festival.core.secrets import read_code
from festival.core.text import fold, like_pattern, tidy
from festival.extensions import db
from festival.programme.models import Booth, Festival
from festival.registration.models import Attendee, Registration

RUNS_SHOWN = 5


class Shown(enum.Enum):
    """Which certificates the list shows."""

    ALL = ""
    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"


@dataclass(frozen=True)
class Counts:
    """Certificates in figures. What was taken back counts as revoked, also when a new one was given."""

    valid: int
    revoked: int
    replaced: int

    @property
    def issued(self) -> int:
        """All numbers that were given."""
        return self.valid + self.revoked + self.replaced


@dataclass(frozen=True)
class DesignLine:
    """A design and what was issued by it."""

    design: Design
    counts: Counts


_VALID = Certificate.revoked_at.is_(None) & Certificate.replaced_at.is_(None)
_REVOKED = Certificate.revoked_at.is_not(None)
_REPLACED = Certificate.revoked_at.is_(None) & Certificate.replaced_at.is_not(None)
_CONDITIONS = {Shown.VALID: _VALID, Shown.REVOKED: _REVOKED, Shown.REPLACED: _REPLACED}


def designs_of(festival: Festival) -> Sequence[DesignLine]:
    """The festival's designs with their figures; those that were put away only if something was issued by them. Two
    statements."""
    rows = db.session.execute(
        select(Certificate.design_id, *(_count(condition) for condition in (_VALID, _REVOKED, _REPLACED)))
        .where(Certificate.festival_id == festival.id)
        .group_by(Certificate.design_id)
    )
    counted = {row[0]: Counts(row[1], row[2], row[3]) for row in rows}
    designs = db.session.scalars(select(Design).where(Design.festival_id == festival.id).order_by(Design.id))
    return [
        DesignLine(design, counted.get(design.id, Counts(0, 0, 0)))
        for design in designs
        if design.archived_at is None or design.id in counted
    ]


def counts(lines: Sequence[DesignLine]) -> Counts:
    """The figures of all designs together."""
    return Counts(*(sum(getattr(line.counts, name) for line in lines) for name in ("valid", "revoked", "replaced")))


def find_certificates(
    festival: Festival, wanted: str, shown: Shown, page: str | None, design_id: int | None = None
) -> Page[Certificate]:
    """One page of the list, newest number first. `wanted` is a name, a serial or a code, with or without marks."""
    query = (
        select(Certificate)
        .outerjoin(Attendee, Attendee.id == Certificate.attendee_id)
        .outerjoin(Booth, Booth.id == Certificate.booth_id)
        .where(Certificate.festival_id == festival.id)
        .options(
            joinedload(Certificate.design),
            joinedload(Certificate.attendee).joinedload(Attendee.registration).joinedload(Registration.ward),
            joinedload(Certificate.registration).joinedload(Registration.ward),
            joinedload(Certificate.booth),
        )
        .order_by(Certificate.number.desc())
    )
    if wanted := tidy(wanted):
        query = query.where(_fits(wanted))
    if shown is not Shown.ALL:
        query = query.where(_CONDITIONS[shown])
    if design_id is not None:
        query = query.where(Certificate.design_id == design_id)
    return page_of(query, page)


def chosen_design(festival: Festival, asked: str) -> Design | None:
    """The design that an address asks for, if it is one of this festival."""
    try:
        return find_design(festival, asked_id(asked))
    except ValueError:
        return None


def find_design(festival: Festival, design_id: int) -> Design | None:
    """A design of this festival, or None."""
    return db.session.scalar(select(Design).where(Design.id == design_id, Design.festival_id == festival.id))


def find_certificate_by_id(festival: Festival, certificate_id: int) -> Certificate | None:
    """A certificate of this festival, or None."""
    return db.session.scalar(
        select(Certificate).where(Certificate.id == certificate_id, Certificate.festival_id == festival.id)
    )


def replaced_one(certificate: Certificate) -> Certificate | None:
    """The older certificate in whose place this one was given."""
    return db.session.scalar(select(Certificate).where(Certificate.replaced_by_id == certificate.id))


def files_of(certificate: Certificate) -> Sequence[CertificateFile]:
    """The files of it that were handed out, the oldest first."""
    query = select(CertificateFile).where(CertificateFile.certificate_id == certificate.id)
    return db.session.scalars(query.order_by(CertificateFile.id)).all()


def last_runs(festival: Festival) -> Sequence[IssueRun]:
    """The newest issuing runs."""
    query = select(IssueRun).where(IssueRun.festival_id == festival.id).options(joinedload(IssueRun.design))
    return db.session.scalars(query.order_by(IssueRun.id.desc()).limit(RUNS_SHOWN)).all()


def find_run(festival: Festival, run_id: int) -> IssueRun | None:
    """A run of this festival, or None."""
    query = select(IssueRun).where(IssueRun.id == run_id, IssueRun.festival_id == festival.id)
    return db.session.scalar(query.options(joinedload(IssueRun.design)))


def page_of_holders(design: Design, waiting: Sequence[int], wanted: str, page: str | None) -> Page[object]:
    """One page of those who qualify by `design` and wait, by name; `wanted` is part of a name."""
    pattern = like_pattern(fold(wanted)) if tidy(wanted) else None
    if design.kind is CertificateKind.HOST:
        booths = select(Booth).where(Booth.id.in_(waiting)).order_by(Booth.code)
        return page_of(booths.where(Booth.folded.like(pattern, escape="\\")) if pattern else booths, page)
    if design.kind is CertificateKind.HOUSEHOLD:
        families = select(Registration).where(Registration.id.in_(waiting)).order_by(Registration.contact_name)
        return page_of(families.where(_has_member(Registration.id, pattern)) if pattern else families, page)
    people = (
        select(Attendee)
        .where(Attendee.id.in_(waiting))
        .options(joinedload(Attendee.registration).joinedload(Registration.ward))
        .order_by(Attendee.name_key, Attendee.id)
    )
    return page_of(people.where(Attendee.folded_name.like(pattern, escape="\\")) if pattern else people, page)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _fits(wanted: str) -> ColumnElement[bool]:
    pattern = like_pattern(fold(wanted))
    return or_(
        Attendee.folded_name.like(pattern, escape="\\"),
        Booth.folded.like(pattern, escape="\\"),
        _has_member(Certificate.registration_id, pattern),
        Certificate.name.like(like_pattern(wanted), escape="\\"),
        Certificate.serial.like(like_pattern(wanted), escape="\\"),
        Certificate.code == read_code(wanted),
    )


def _has_member(registration_id: Any, pattern: str | None) -> ColumnElement[bool]:
    member = select(Attendee.id).where(Attendee.registration_id == registration_id)
    return exists(member.where(Attendee.folded_name.like(pattern or "%", escape="\\")).correlate_except(Attendee))
