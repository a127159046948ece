"""What anybody learns who holds a certificate in the hand: whether it is valid, and just enough to compare."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from festival.certificates.models import Certificate, CertificateKind, Design, PublishedList, SigningKey
from festival.certificates.replacing import is_erased
from festival.certificates.signed_files import SignatureNote, note_from, note_of, signed_elsewhere, signing_key_id
from festival.core.clock import local
from festival.core.secrets import read_code
from festival.core.text import fold, mask_name, tidy
from festival.extensions import db
from festival.programme.models import Festival


class Validity(enum.Enum):
    """The answer in one word."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Checked:
    """What the public page shows. The name is masked; why a certificate was revoked or replaced stays with the
    organizer, and the code of the new one with its holder: an old paper may be in anybody's hands."""

    serial: str
    kind: CertificateKind
    workshop: str
    masked_name: str
    festival: str
    first_day: date
    last_day: date
    issuer: str
    issued_on: date
    revoked_on: date | None
    replaced_on: date | None
    names_erased: bool
    list_slug: str | None
    """The festival's published list of files, if there is one."""
    signature: SignatureNote | None = None
    """Who signs its PDF, if anybody does."""


@dataclass(frozen=True)
class Verification:
    """The answer to a code; `checked` is None for an unknown one. `code` is as it was read: capitals, no spaces."""

    validity: Validity
    code: str
    checked: Checked | None = None


class Match(enum.Enum):
    """Whether a paper carries the name that was issued."""

    SAME = "same"
    SAME_WITHOUT_MARKS = "same_without_marks"
    """Letter by letter, but for the marks or capitals that one of them has not."""
    OTHER = "other"
    ERASED = "erased"
    """Only the masked name is left: nobody can say any more."""


# Written once: to write it costs more than the database needs for it.
_BY_CODE = (
    select(Certificate, PublishedList.festival_id, signed_elsewhere(), SigningKey.name, SigningKey.self_made)
    .join(Festival, Festival.id == Certificate.festival_id)
    .join(Design, Design.id == Certificate.design_id)
    .outerjoin(SigningKey, SigningKey.id == signing_key_id())
    .outerjoin(PublishedList, PublishedList.festival_id == Certificate.festival_id)
    .where(Certificate.code == bindparam("code"))
    .options(
        contains_eager(Certificate.festival),
        contains_eager(Certificate.design),
        joinedload(Certificate.edition),
    )
)


def verify(typed: str) -> Verification:
    """Look a code up as people type it: small letters, spaces and dashes do not matter. One statement."""
    code = read_code(typed)
    found = db.session.execute(_BY_CODE, {"code": code}).first()
    if found is None:
        return Verification(Validity.UNKNOWN, code)
    certificate, list_of, elsewhere, signer, self_made = found
    return _answer(certificate, note_from(elsewhere, signer, self_made), listed=list_of is not None)


def answer_for(certificate_id: int) -> Verification:
    """The same, for a certificate that was found by its file."""
    certificate = db.session.get_one(Certificate, certificate_id)
    listed = db.session.get(PublishedList, certificate.festival_id) is not None
    return _answer(certificate, note_of(certificate), listed=listed)


def match(certificate: Certificate, typed: str) -> Match:
    """Whether `typed` is the name on the certificate."""
    if is_erased(certificate):
        return Match.ERASED
    if tidy(typed) == certificate.name:
        return Match.SAME
    return Match.SAME_WITHOUT_MARKS if fold(typed) == fold(certificate.name) else Match.OTHER


def find_by_code(typed: str) -> Certificate | None:
    """The certificate with this code."""
    return db.session.scalar(select(Certificate).where(Certificate.code == read_code(typed)))


def validity_of(certificate: Certificate) -> Validity:
    """Whether a certificate still counts: what was taken back stays so, also when a new one was given."""
    if certificate.revoked_at is not None:
        return Validity.REVOKED
    return Validity.VALID if certificate.replaced_at is None else Validity.REPLACED


def as_json(answer: Verification) -> dict[str, Any]:
    """The answer for other programs: the same as the page says."""
    checked = answer.checked
    if checked is None:
        return {"code": answer.code, "state": answer.validity.value}
    return {
        "code": answer.code,
        "state": answer.validity.value,
        "kind": checked.kind.value,
        "serial": checked.serial,
        "masked_name": checked.masked_name,
        "festival": checked.festival,
        "workshop": checked.workshop or None,
        "first_day": checked.first_day.isoformat(),
        "last_day": checked.last_day.isoformat(),
        "issuer": checked.issuer,
        "issued_on": checked.issued_on.isoformat(),
        "revoked_on": checked.revoked_on.isoformat() if checked.revoked_on else None,
        "replaced_on": checked.replaced_on.isoformat() if checked.replaced_on else None,
        "confirms_digital_skills": False,
    }


def _answer(certificate: Certificate, signature: SignatureNote | None, *, listed: bool) -> Verification:
    """What the paper says comes from its edition: the festival may have been renamed since."""
    sheet, festival = certificate.edition.content["sheet"], certificate.festival
    revoked_at, replaced_at = certificate.revoked_at, certificate.replaced_at
    checked = Checked(
        serial=certificate.serial,
        kind=certificate.design.kind,
        workshop=sheet.get("workshop", ""),
        masked_name=certificate.name if is_erased(certificate) else mask_name(certificate.name),
        festival=sheet["festival"],
        first_day=date.fromisoformat(sheet["first_day"]),
        last_day=date.fromisoformat(sheet["last_day"]),
        issuer=sheet["issuer"],
        issued_on=local(certificate.issued_at).date(),
        revoked_on=local(revoked_at).date() if revoked_at else None,
        replaced_on=local(replaced_at).date() if replaced_at else None,
        names_erased=is_erased(certificate),
        signature=signature,
        list_slug=festival.slug if listed else None,
    )
    return Verification(validity_of(certificate), certificate.code, checked)
