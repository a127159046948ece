"""What anybody learns who holds a certificate in the hand: whether it is valid, and just enough to compare."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from festival.certificates.models import Certificate
from festival.core.clock import local
from festival.core.secrets import read_code
from festival.core.text import mask_name
from festival.extensions import db


class Validity(enum.Enum):
    """The answer in one word."""

    VALID = "valid"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Checked:
    """What the public page shows. The name is masked; why a certificate was revoked stays with the organizer."""

    serial: str
    masked_name: str
    festival: str
    first_day: date
    last_day: date
    issuer: str
    issued_on: date
    revoked_on: date | None


@dataclass(frozen=True)
class Verification:
    """The answer to a code; `checked` is None for an unknown one. `code` is as it was read: capitals, no spaces."""

    validity: Validity
    code: str
    checked: Checked | None = None


def verify(typed: str) -> Verification:
    """Look a code up as people type it: small letters, spaces and dashes do not matter. One statement."""
    code = read_code(typed)
    certificate = db.session.scalar(
        select(Certificate).where(Certificate.code == code).options(joinedload(Certificate.festival))
    )
    if certificate is None:
        return Verification(Validity.UNKNOWN, code)
    festival, revoked_at = certificate.festival, certificate.revoked_at
    checked = Checked(
        serial=certificate.serial,
        masked_name=mask_name(certificate.name),
        festival=festival.name,
        first_day=festival.first_day,
        last_day=festival.last_day,
        issuer=festival.organizer_name,
        issued_on=local(certificate.issued_at).date(),
        revoked_on=local(revoked_at).date() if revoked_at else None,
    )
    return Verification(Validity.REVOKED if revoked_at else Validity.VALID, code, checked)
