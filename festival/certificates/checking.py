"""What a PDF is that somebody holds: exactly a file that was handed out? Signed by whom? Changed since?"""

from __future__ import annotations

import enum
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from festival.certificates.models import Certificate, CertificateFile, FileSource, SigningKey
from festival.certificates.signatures_in import FoundSignature, Integrity, signatures_in
from festival.core.secrets import CODE_ALPHABET, CODE_LENGTH
from festival.extensions import db

MOST_BYTES = 5 * 1024 * 1024
"""A certificate has 150 kB; with the signatures of others and what they add, a megabyte."""
MOST_REVISIONS = 16
_END = re.compile(rb"%%EOF(?:\r\n|\n|\r)?")
_ADDRESS = re.compile(rb"/c/([%s]{%d})" % (CODE_ALPHABET.encode(), CODE_LENGTH), re.IGNORECASE)


class SignatureState(enum.Enum):
    """What the signatures in a file come to."""

    NONE = "none"
    VALID = "valid"
    """By a key of an organization here, which somebody else vouches for; nothing was changed since."""
    SELF_MADE = "self_made"
    """By a key that an organization has made itself: proves that nothing was changed since, not who it is."""
    UNKNOWN_SIGNER = "unknown_signer"
    """Nothing was changed since, but no organization here has this key."""
    NOT_IN_FORCE = "not_in_force"
    """By a key of an organization, but when its certificate was not valid: expired, or the key was retired."""
    CHANGED_AFTERWARDS = "changed_afterwards"
    BROKEN = "broken"


@dataclass(frozen=True)
class PdfCheck:
    """What is known of a file.

    `known`: these very bytes were handed out for the certificate `certificate_id`. Without that, the certificate is the
    one whose file this once was (`grown`: something was added to it), or the one whose address stands in it, if any;
    that alone proves nothing. `signer` is in words: who signed, the last one of several.
    """

    is_pdf: bool
    known: bool
    certificate_id: int | None
    source: FileSource | None
    grown: bool
    signature: SignatureState
    signer: str = ""
    issuer: str = ""
    organization_id: int | None = None
    signed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""
    stamp_broken: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether this is, to the last byte, a file that was handed out and whose signatures, if any, hold."""
        broken = (SignatureState.BROKEN, SignatureState.CHANGED_AFTERWARDS)
        return self.known and self.signature not in broken


NOT_A_PDF = PdfCheck(
    is_pdf=False, known=False, certificate_id=None, source=None, grown=False, signature=SignatureState.NONE
)


def check_pdf(content: bytes) -> PdfCheck:
    """What `content` is; whatever it is, there is an answer. Whether the certificate still counts, its row says."""
    if len(content) > MOST_BYTES or b"%PDF-" not in content[:1024]:
        return NOT_A_PDF
    handed_out = find_file(content)
    earlier = None if handed_out else earlier_in(content)[0]
    found = signatures_in(content)
    state, key = _state_of(found)
    last = found[-1] if found else FoundSignature(Integrity.BROKEN)
    origin = handed_out or earlier
    return PdfCheck(
        is_pdf=True,
        known=handed_out is not None,
        certificate_id=origin.certificate_id if origin else _claimed(content),
        source=origin.source if origin else None,
        grown=earlier is not None,
        signature=state,
        signer=key.name if key else last.signer,
        issuer=last.issuer,
        organization_id=key.organization_id if key else None,
        signed_at=last.stamped_at or last.claimed_at,
        stamped_at=last.stamped_at,
        stamped_by=last.stamped_by,
        stamp_broken=last.stamp_broken,
    )


def find_file(content: bytes) -> CertificateFile | None:
    """The file that was handed out with exactly these bytes."""
    return _by_digests([hashlib.sha256(content).hexdigest()])


def earlier_in(content: bytes) -> tuple[CertificateFile | None, int]:
    """The file that was handed out and that this one only adds to, and how many bytes it begins with are that file."""
    running, lengths, done = hashlib.sha256(), dict[str, int](), 0
    for end in list(_END.finditer(content))[:MOST_REVISIONS]:
        for place in sorted({end.start() + len(b"%%EOF"), end.end()}):
            if place < len(content):
                running.update(content[done:place])
                done = place
                lengths[running.hexdigest()] = place
    found = _by_digests(list(lengths))
    return found, lengths[found.sha256] if found else 0


def _by_digests(digests: list[str]) -> CertificateFile | None:
    query = select(CertificateFile).where(CertificateFile.sha256.in_(digests))
    return db.session.scalar(query.order_by(CertificateFile.id.desc()).limit(1)) if digests else None


def _claimed(content: bytes) -> int | None:
    """The certificate whose address stands in the file, where it is legible."""
    found = _ADDRESS.search(content)
    if found is None:
        return None
    return db.session.scalar(select(Certificate.id).where(Certificate.code == found[1].decode().upper()))


def _state_of(found: tuple[FoundSignature, ...]) -> tuple[SignatureState, SigningKey | None]:
    """The worst of all signatures; of those that hold, the key of ours that made one."""
    if not found:
        return SignatureState.NONE, None
    if any(one.integrity is Integrity.BROKEN for one in found):
        return SignatureState.BROKEN, None
    if any(one.integrity is Integrity.CHANGED for one in found):
        return SignatureState.CHANGED_AFTERWARDS, None
    for one in reversed(found):
        if key := _key_of(one):
            if not one.in_force or _after_retirement(one, key):
                return SignatureState.NOT_IN_FORCE, key
            return SignatureState.SELF_MADE if key.self_made else SignatureState.VALID, key
    state = SignatureState.UNKNOWN_SIGNER if all(one.in_force for one in found) else SignatureState.NOT_IN_FORCE
    return state, None


def _key_of(signature: FoundSignature) -> SigningKey | None:
    same = SigningKey.certificate_der == signature.certificate_der
    return db.session.scalar(select(SigningKey).where(same).order_by(SigningKey.id).limit(1))


def _after_retirement(signature: FoundSignature, key: SigningKey) -> bool:
    moment = signature.stamped_at or signature.claimed_at
    return key.retired_at is not None and moment is not None and moment > key.retired_at
