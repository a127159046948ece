"""Certificates that were signed with a program elsewhere, brought back in place of ours: matched and checked."""

from __future__ import annotations

import enum
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, select

from festival.accounts.audit import record
from festival.certificates.checking import MOST_BYTES, earlier_in, find_file
from festival.certificates.handing_out import file_of, note_file
from festival.certificates.models import Certificate, CertificateFile, Design, FileSource
from festival.certificates.same_page import shows_same_page
from festival.certificates.sheets import pdf_of
from festival.certificates.signatures_in import FoundSignature, Integrity, signatures_in
from festival.certificates.signed_files import take_turn
from festival.core.secrets import CODE_ALPHABET, CODE_LENGTH
from festival.extensions import db
from festival.programme.models import Festival

MOST_FILES = 50
"""In one ZIP, there and back: signed, they still fit into what can be sent at once (10 MB)."""
_SERIAL = re.compile(r"(\d{4,})[-_ ](\d{4})[-_ ](\w{2,10})")
_CODE = re.compile(rf"(?<!\w)[{CODE_ALPHABET}]{{{CODE_LENGTH}}}(?!\w)")


class ExternalOutcome(enum.Enum):
    """What became of one file."""

    TAKEN = "taken"
    KNOWN = "known"
    """These very bytes are there already: brought before, or signed here."""
    NOT_A_PDF = "not_a_pdf"
    TOO_LARGE = "too_large"
    NO_CERTIFICATE = "no_certificate"
    """It does not tell which certificate it is: not by its first bytes, not by its name."""
    NOT_IN_FORCE = "not_in_force"
    """The certificate was revoked or replaced."""
    NOT_SIGNED = "not_signed"
    BROKEN = "broken"
    CHANGED = "changed"
    """The signature does not cover the whole file, or something was changed after it."""
    SIGNER_NOT_VALID = "signer_not_valid"
    """The signer's certificate was not valid when it was signed."""
    OTHER_PAGE = "other_page"
    """It shows another page than the one we made."""


@dataclass(frozen=True)
class ExternalResult:
    """One file's outcome; `serial` and `signer` as far as they are known."""

    file: str
    outcome: ExternalOutcome
    serial: str = ""
    signer: str = ""


def files_in(name: str, content: bytes) -> Iterator[tuple[str, bytes]] | None:
    """The PDFs of an upload: one, or those in a ZIP, one at a time. None where it is neither or holds too many.

    A file that is longer than it may be comes cut off one byte behind the limit.
    """
    if not content.startswith(b"PK") and b"%PDF-" in content[:1024]:  # a ZIP of stored files has that near its head
        return iter([(name, content)])
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    inside = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    return _unpacked(archive, inside) if 0 < len(inside) <= MOST_FILES else None


def _unpacked(archive: zipfile.ZipFile, inside: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    with archive:
        for one in inside:
            try:
                with archive.open(one) as file:
                    content = file.read(MOST_BYTES + 1)
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
                content = b""  # encrypted, damaged, or packed in a way that nobody knows: no PDF
            except Exception as error:  # the packing methods raise errors of their own
                if type(error).__module__ not in ("zlib", "lzma", "_lzma", "bz2"):
                    raise
                content = b""
            yield one.filename.rpartition("/")[2][:120], content


def take_file(festival: Festival, name: str, content: bytes) -> ExternalResult:
    """Keep a signed file in place of ours if it is one. The caller commits, file by file."""
    if len(content) > MOST_BYTES:
        return ExternalResult(name, ExternalOutcome.TOO_LARGE)
    if b"%PDF-" not in content[:1024]:
        return ExternalResult(name, ExternalOutcome.NOT_A_PDF)
    known, (earlier, length) = find_file(content), earlier_in(content)
    origin = known or earlier
    certificate = db.session.get(Certificate, origin.certificate_id) if origin else _named(festival, name)
    if certificate is None or certificate.festival_id != festival.id:
        return ExternalResult(name, ExternalOutcome.NO_CERTIFICATE)
    found = signatures_in(content)
    signer = found[-1].signer if found else ""
    outcome = _judged(certificate, known, found)
    if outcome is ExternalOutcome.TAKEN and not shows_same_page(content[:length] or pdf_of(certificate), content):
        outcome = ExternalOutcome.OTHER_PAGE
    if outcome is ExternalOutcome.TAKEN:
        take_turn(certificate)
        note_file(certificate, content, FileSource.EXTERNAL, keep=True)
        record(
            "certificate.signed_elsewhere", f"{certificate.serial} {certificate.name}", festival_id=festival.id,
            after={"signer": signer},
        )  # fmt: skip
    return ExternalResult(name, outcome, certificate.serial, signer)


def _judged(
    certificate: Certificate, known: CertificateFile | None, found: tuple[FoundSignature, ...]
) -> ExternalOutcome:
    if certificate.revoked_at is not None or certificate.replaced_at is not None:
        return ExternalOutcome.NOT_IN_FORCE
    if not found:
        return ExternalOutcome.NOT_SIGNED
    if known is not None:
        return ExternalOutcome.KNOWN
    if any(one.integrity is Integrity.BROKEN for one in found):
        return ExternalOutcome.BROKEN
    if any(one.integrity is Integrity.CHANGED for one in found):
        return ExternalOutcome.CHANGED
    return ExternalOutcome.TAKEN if all(one.in_force for one in found) else ExternalOutcome.SIGNER_NOT_VALID


def _named(festival: Festival, name: str) -> Certificate | None:
    """The certificate whose number (0012-2026-CN) or code stands in the file's name."""
    query = select(Certificate).where(Certificate.festival_id == festival.id)
    if found := _SERIAL.search(name):
        return db.session.scalar(query.where(Certificate.serial == "/".join(found.groups())))
    if code := _CODE.search(name.upper()):
        return db.session.scalar(query.where(Certificate.code == code[0]))
    return None


def file_to_sign(certificate: Certificate) -> str:
    """What a file to be signed elsewhere is called: by its number, so that it finds its way back."""
    return f"{certificate.serial.replace('/', '-')}.pdf"


def write_files_to_sign(festival: Festival, out: io.BufferedIOBase) -> int:
    """The next unsigned files in force, as ZIP, to be signed elsewhere; gives how many. The caller commits.

    Designs that are signed here are not among them: nothing of them goes out unsigned.
    """
    signed = exists().where(
        CertificateFile.certificate_id == Certificate.id, CertificateFile.source == FileSource.EXTERNAL
    )
    waiting = db.session.scalars(
        select(Certificate)
        .join(Design, Design.id == Certificate.design_id)
        .where(
            Certificate.festival_id == festival.id,
            Certificate.revoked_at.is_(None),
            Certificate.replaced_at.is_(None),
            Design.signing_key_id.is_(None),
            ~signed,
        )
        .order_by(Certificate.number)
        .limit(MOST_FILES)
    ).all()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for certificate in waiting:
            archive.writestr(file_to_sign(certificate), file_of(certificate))
    return len(waiting)
