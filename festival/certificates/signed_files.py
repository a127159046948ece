"""Signed files: made once, kept, and handed out again byte for byte; and what the pages say about signatures."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pikepdf
from sqlalchemy import ColumnElement, exists, func, select

from festival.certificates.models import Certificate, CertificateFile, Design, FileSource, SigningKey
from festival.certificates.signatures_in import Integrity, signatures_in
from festival.certificates.signing import NotSigned, SigningProblem, sign_pdf
from festival.extensions import db, stop_reading

_WITH_CONTENT = (FileSource.EXTERNAL, FileSource.SIGNED)
"""What is handed out first: what was signed elsewhere stands in place of ours."""


def kept_file(certificate: Certificate) -> bytes | None:
    """The signed file of `certificate`: the newest that was signed elsewhere, else ours; None where there is none."""
    rows = db.session.execute(
        select(CertificateFile.source, CertificateFile.content)
        .where(
            CertificateFile.certificate_id == certificate.id,
            CertificateFile.source.in_(_WITH_CONTENT),
            CertificateFile.content.is_not(None),
        )
        .order_by(CertificateFile.id.desc())
    ).all()
    for source in _WITH_CONTENT:
        for row in rows:
            if row.source is source:
                return bytes(row.content)
    return None


def take_turn(certificate: Certificate) -> bytes | None:
    """Wait until nobody else keeps a file for `certificate`; gives the one that was kept meanwhile, if any."""
    stop_reading()
    db.session.execute(select(Certificate.id).where(Certificate.id == certificate.id).with_for_update())
    return kept_file(certificate)


def why_key_fails(key: SigningKey) -> NotSigned | None:
    """What keeps `key` from signing now, with its time stamps, if anything does: tried with a page of nothing, before a
    run and before a key is kept."""
    try:
        found = signatures_in(sign_pdf(_blank_page(), key))
    except NotSigned as problem:
        return problem
    if len(found) != 1 or found[0].integrity is not Integrity.INTACT:
        return NotSigned(SigningProblem.FAILED, "the signature does not hold")
    if key.timestamp_url and found[0].stamped_at is None:
        return NotSigned(SigningProblem.TIMESTAMP, "the time stamp does not hold")
    return None


def _blank_page() -> bytes:
    page = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(page)
    return page.getvalue()


@dataclass(frozen=True)
class SignatureNote:
    """What is said beside a certificate about its signature. `self_made`: it proves integrity only."""

    by: str
    self_made: bool
    elsewhere: bool


def signed_elsewhere() -> ColumnElement[bool]:
    """Of the certificate at hand: whether a file of it was signed elsewhere."""
    return exists().where(
        CertificateFile.certificate_id == Certificate.id, CertificateFile.source == FileSource.EXTERNAL
    )


def signing_key_id() -> ColumnElement[int | None]:
    """Of the certificate and the design at hand: the key that has signed its file, else the one that will."""
    made = select(CertificateFile.signing_key_id).where(
        CertificateFile.certificate_id == Certificate.id, CertificateFile.source == FileSource.SIGNED
    )
    return func.coalesce(made.order_by(CertificateFile.id.desc()).limit(1).scalar_subquery(), Design.signing_key_id)


def note_from(elsewhere: bool, name: str | None, self_made: bool | None) -> SignatureNote | None:
    """The note of what `signed_elsewhere` gives, and of the name and kind of the key by `signing_key_id`."""
    if elsewhere:
        return SignatureNote("", self_made=False, elsewhere=True)
    return None if name is None else SignatureNote(name, self_made=bool(self_made), elsewhere=False)


def note_of(certificate: Certificate) -> SignatureNote | None:
    """Who has signed the file of `certificate`, or will when it first goes out; None where it bears no signature."""
    row = db.session.execute(
        select(signed_elsewhere(), SigningKey.name, SigningKey.self_made)
        .select_from(Certificate)
        .join(Design, Design.id == Certificate.design_id)
        .outerjoin(SigningKey, SigningKey.id == signing_key_id())
        .where(Certificate.id == certificate.id)
    ).one()
    return note_from(*row)
