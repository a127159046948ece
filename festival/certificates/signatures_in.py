"""The signatures in a PDF that anybody may have sent: who signed, when, and whether anything was changed since.

Says nothing about whether the signer is trusted: `checking.py` knows the keys. Asks no other machine.
"""

from __future__ import annotations

import enum
import io
import logging
import re
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

MOST_SIGNATURES = 8
"""More than a certificate ever bears; each costs us work."""

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what strangers send is wrong in every way
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


class Integrity(enum.Enum):
    """Whether what was signed is what is there now."""

    INTACT = "intact"
    CHANGED = "changed"
    """The signature is about other bytes, or something was added after it that is no signature."""
    BROKEN = "broken"
    """There is a signature, but it cannot be read or does not belong to its certificate."""


@dataclass(frozen=True)
class FoundSignature:
    """One signature. `claimed_at` is what the signer's clock said, `stamped_at` what a time stamp server confirms."""

    integrity: Integrity
    certificate_der: bytes = b""
    signer: str = ""
    issuer: str = ""
    claimed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""
    stamp_broken: bool = False
    in_force: bool = True
    """Whether the certificate was valid at the time of signing, as far as that is known."""


def signatures_in(content: bytes) -> tuple[FoundSignature, ...]:
    """All signatures, the first one first; empty when there is none. Never raises, whatever `content` is."""
    if b"/ByteRange" not in content:
        return ()
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        embedded = reader.embedded_regular_signatures
        if not embedded or len(reader.embedded_signatures) > MOST_SIGNATURES:
            return (FoundSignature(Integrity.BROKEN),)
        last = len(embedded) - 1
        return tuple(_judged(content, one, is_last=place == last) for place, one in enumerate(embedded))
    except Exception:  # any reader of a damaged file fails in its own way, and all of them mean the same
        return (FoundSignature(Integrity.BROKEN),)


def _judged(content: bytes, signature: EmbeddedPdfSignature, *, is_last: bool) -> FoundSignature:
    certificate = signature.signer_cert
    # The signer vouches for itself here: only the arithmetic is asked for.
    alone = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    for_stamps = ValidationContext(trust_roots=_stamping(signature), allow_fetching=False)
    status = validate_pdf_signature(signature, alone, for_stamps, key_usage_settings=KeyUsageConstraints())
    stamp = status.timestamp_validity
    claimed = signature.self_reported_timestamp
    stamped = stamp.timestamp if stamp is not None and stamp.intact and stamp.valid else None
    return FoundSignature(
        integrity=_integrity(content, signature, status, is_last=is_last),
        certificate_der=certificate.dump(),
        signer=_called(certificate.subject),
        issuer=_called(certificate.issuer),
        claimed_at=claimed,
        stamped_at=stamped,
        stamped_by=_called(stamp.signing_cert.subject) if stamp is not None and stamped else "",
        stamp_broken=stamp is not None and stamped is None,
        in_force=_in_force(certificate, stamped or claimed),
    )


def _integrity(
    content: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus, *, is_last: bool
) -> Integrity:
    if not status.intact:
        return Integrity.CHANGED
    if not status.valid:
        return Integrity.BROKEN
    if not _is_tidy(content, signature):
        return Integrity.CHANGED
    _start, _length, after, rest = (int(number) for number in signature.byte_range)
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE and after + rest == len(content):
        return Integrity.INTACT
    if status.coverage is not SignatureCoverageLevel.ENTIRE_REVISION or not status.docmdp_ok:
        return Integrity.CHANGED
    # Further revisions: after the last signature only what keeps it checkable, after others signatures too. Bytes that
    # change nothing (pyHanko's NONE) belong to no revision at all.
    allowed = (ModificationLevel.LTA_UPDATES,) if is_last else (ModificationLevel.LTA_UPDATES, _FURTHER_SIGNATURES)
    return Integrity.INTACT if status.modification_level in allowed else Integrity.CHANGED


_FURTHER_SIGNATURES = ModificationLevel.FORM_FILLING
_HEXADECIMAL = re.compile(rb"<(?:[0-9a-f]+|[0-9A-F]+)>")


def _is_tidy(content: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether the room of the signature, the only bytes that no signature covers, holds it and nothing else."""
    start, length, after, _rest = (int(number) for number in signature.byte_range)
    room = content[start + length : after]
    if not _HEXADECIMAL.fullmatch(room):
        return False
    filled = len(cms.ContentInfo.load(bytes.fromhex(room[1:-1].decode()), strict=False).dump()) * 2
    return not room[1 + filled : -1].strip(b"0")


def _stamping(signature: EmbeddedPdfSignature) -> list[asn1_x509.Certificate]:
    """The certificates that came with the time stamp: as above, they vouch for themselves."""
    attributes = signature.signer_info["unsigned_attrs"]
    found = []
    for attribute in attributes if attributes.native else ():
        if attribute["type"].native == "signature_time_stamp_token":
            for token in attribute["values"]:
                found += [one.chosen for one in token["content"]["certificates"]]
    return found


def _called(name: asn1_x509.Name) -> str:
    parts = name.native
    called = parts.get("common_name") or parts.get("organization_name") or name.human_friendly
    return str(called[0] if isinstance(called, list) else called)[:200]


def _in_force(certificate: asn1_x509.Certificate, moment: datetime | None) -> bool:
    return moment is None or certificate.not_valid_before <= moment <= certificate.not_valid_after
