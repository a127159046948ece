"""A festival's public list of the files that were handed out: their SHA-256 and whether they still count.

With it anybody can check a PDF without us, and after all personal data is erased. It says nothing about whose they
are: it is in the order of the digests, and a digest gives nothing of the file away.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from festival.certificates.models import Certificate, CertificateFile, PublishedList
from festival.certificates.verification import Validity
from festival.core.clock import now
from festival.core.paging import Page, page_of
from festival.extensions import db
from festival.programme.models import Festival


def publish(festival: Festival) -> bool:
    """Make the list public; False when it was already."""
    if db.session.get(PublishedList, festival.id) is not None:
        return False
    db.session.add(PublishedList(festival_id=festival.id))
    db.session.flush()
    return True


def withdraw(festival: Festival) -> bool:
    """Take the list back; False when there is none."""
    listed = db.session.get(PublishedList, festival.id)
    if listed is None:
        return False
    db.session.delete(listed)
    db.session.flush()
    return True


def published_at(festival: Festival) -> datetime | None:
    """Since when the list is public, or None."""
    listed = db.session.get(PublishedList, festival.id)
    return listed.published_at if listed else None


def find_published(slug: str) -> Festival | None:
    """The festival whose list is public, whatever became of the festival since."""
    return db.session.scalar(
        select(Festival).join(PublishedList, PublishedList.festival_id == Festival.id).where(Festival.slug == slug)
    )


def count_files(festival: Festival) -> int:
    """How many files there are to list."""
    query = select(func.count()).select_from(_files(festival).order_by(None).subquery())
    return db.session.scalar(query) or 0


def page_of_files(festival: Festival, wanted: str, page: str | None) -> Page[CertificateFile]:
    """One page of the list; `wanted` is a whole digest or its beginning."""
    query = _files(festival)
    if wanted:
        query = query.where(CertificateFile.sha256.startswith(wanted.strip().lower()[:64], autoescape=True))
    return page_of(query.options(contains_eager(CertificateFile.certificate)), page)


def as_json(festival: Festival) -> dict[str, Any]:
    """The whole list for other programs."""
    rows = db.session.execute(
        select(CertificateFile.sha256, Certificate.revoked_at, Certificate.replaced_at)
        .join(Certificate, Certificate.id == CertificateFile.certificate_id)
        .where(Certificate.festival_id == festival.id)
        .order_by(CertificateFile.sha256)
    ).all()
    files = [{"sha256": row.sha256, "state": _state(row.revoked_at, row.replaced_at).value} for row in rows]
    since = published_at(festival)
    return {
        "festival": festival.name,
        "issuer": festival.organizer_name,
        "published_at": since.isoformat() if since else None,
        "as_of": now().isoformat(timespec="seconds"),
        "algorithm": "sha-256",
        "files": files,
    }


def _files(festival: Festival) -> Select[CertificateFile]:
    return (
        select(CertificateFile)
        .join(CertificateFile.certificate)
        .where(Certificate.festival_id == festival.id)
        .order_by(CertificateFile.sha256)
    )


def _state(revoked_at: datetime | None, replaced_at: datetime | None) -> Validity:
    if revoked_at is not None:
        return Validity.REVOKED
    return Validity.VALID if replaced_at is None else Validity.REPLACED
