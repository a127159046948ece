"""A certificate's file as it goes out: the one place where single files come from.

Of every file that goes out its digest is kept, so that anybody who holds it can ask later whether it is ours, and what
became of the certificate: also when the names are long erased.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from festival.certificates.models import Certificate, CertificateFile, FileSource, SigningKey
from festival.certificates.sheets import pdf_of
from festival.certificates.signed_files import kept_file, take_turn
from festival.certificates.signing import sign_pdf
from festival.core.clock import now
from festival.extensions import db, stop_reading


def file_of(certificate: Certificate) -> bytes:
    """The PDF of `certificate`, the same bytes each time. Notes its digest when it goes out first; the caller commits.

    Whether it may go out at all (revoked, replaced, erased) is for the caller to say. Where its design is signed,
    nothing unsigned goes out: raises `signing.NotSigned` (a 503 of its own words) when signing is not possible.
    """
    if kept := kept_file(certificate):
        return kept
    content = pdf_of(certificate)
    key = certificate.design.signing_key
    if key is None:
        note_file(certificate, content, FileSource.OURS)
        return content
    signed = sign_pdf(content, key)  # takes a while with a time stamp: nobody waits for us meanwhile
    if kept := take_turn(certificate):
        return kept
    note_file(certificate, signed, FileSource.SIGNED, keep=True, key=key)
    return signed


def note_file(
    certificate: Certificate,
    content: bytes,
    source: FileSource,
    *,
    keep: bool = False,
    key: SigningKey | None = None,
) -> None:
    """Remember that `content` is a file of `certificate`; `keep`: with its bytes, where nobody can make them again.

    A file that is known already is not written again: most requests only read.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = select(CertificateFile.id).where(
        CertificateFile.certificate_id == certificate.id, CertificateFile.sha256 == digest
    )
    if db.session.scalar(known) is not None:
        return
    stop_reading()
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    # Two people who open it at the same moment both get it, and it is noted once.
    noted = dialect.insert(CertificateFile).values(
        certificate_id=certificate.id,
        source=source,
        sha256=digest,
        content=content if keep else None,
        signing_key_id=key.id if key else None,
        made_at=now(),
    )
    db.session.execute(noted.on_conflict_do_nothing(index_elements=["certificate_id", "sha256"]))
