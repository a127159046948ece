"""What is held about a household's certificates: its own and each person's, those that count no longer too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from festival.certificates.models import Certificate, CertificateFile, Correction
from festival.extensions import db
from festival.privacy.held import HeldCertificate, HeldCorrection, HeldFile
from festival.registration.models import Registration

HeldByPerson: TypeAlias = dict[int | None, tuple[HeldCertificate, ...]]


def certificates_held(registration: Registration) -> HeldByPerson:
    """By the person's id; the whole family's stand under None. Three statements."""
    people = [person.id for person in registration.attendees]
    rows = db.session.scalars(
        select(Certificate)
        .where(or_(Certificate.attendee_id.in_(people), Certificate.registration_id == registration.id))
        .options(joinedload(Certificate.design))
        .order_by(Certificate.number)
    ).all()
    ids = [row.id for row in rows]
    corrections, files = _corrections(ids), _files(ids)
    found: dict[int | None, list[HeldCertificate]] = defaultdict(list)
    for row in rows:
        held = HeldCertificate(
            kind=row.design.kind.value,
            design=row.design.name,
            serial=row.serial,
            code=row.code,
            name=row.name,
            details=row.details,
            issued_at=row.issued_at,
            revoked_at=row.revoked_at,
            revoke_reason=row.revoke_reason or "",
            replaced_at=row.replaced_at,
            replace_reason=row.replace_reason or "",
            corrections=tuple(corrections[row.id]),
            files=tuple(files[row.id]),
        )
        found[row.attendee_id].append(held)
    return {key: tuple(found[key]) for key in (None, *people)}


def _corrections(ids: Sequence[int]) -> dict[int, list[HeldCorrection]]:
    found: dict[int, list[HeldCorrection]] = defaultdict(list)
    query = select(Correction).where(Correction.certificate_id.in_(ids)).order_by(Correction.id)
    for row in db.session.scalars(query):
        held = HeldCorrection(row.wanted_name, row.asked_at, row.decided_at, row.approved, row.answer or "")
        found[row.certificate_id].append(held)
    return found


def _files(ids: Sequence[int]) -> dict[int, list[HeldFile]]:
    """Without reading their bytes."""
    found: dict[int, list[HeldFile]] = defaultdict(list)
    kept = CertificateFile.content.is_not(None)
    query = select(CertificateFile.certificate_id, CertificateFile.sha256, CertificateFile.made_at, kept)
    for row in db.session.execute(query.where(CertificateFile.certificate_id.in_(ids)).order_by(CertificateFile.id)):
        found[row[0]].append(HeldFile(row[1], row[2], row[3]))
    return found
