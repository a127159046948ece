"""From rows to paper: what a festival's certificates say, one person's PDF, and the file for the printer."""

from __future__ import annotations

from types import ModuleType
from typing import IO

from flask import current_app
from sqlalchemy import select
from werkzeug.exceptions import ServiceUnavailable

from festival.certificates.designs import drawn_pictures, sheet_from, sheet_of
from festival.certificates.issuing import PRINT_ORDER
from festival.certificates.look import from_json
from festival.certificates.models import Certificate, Edition
from festival.certificates.texts import DETAILS, written
from festival.certificates.wording import CertificateText, SheetText, verification_url
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Festival, Ward
from festival.registration.models import Attendee, Registration


def _printing() -> ModuleType:
    """`festival.certificates.printing`, loaded when something is printed: a machine without WeasyPrint's libraries
    serves everything else. Raises `ServiceUnavailable` there; `make run` says what to install.
    """
    try:
        from festival.certificates import printing
    except OSError as missing:
        current_app.logger.error("certificates cannot be printed here: %s", missing)
        raise ServiceUnavailable from missing
    return printing


def text_of(certificate: Certificate, sheet: SheetText | None = None) -> CertificateText:
    """What one certificate says, from what was frozen when it was issued: its row and its edition, nothing else.

    `sheet` is the edition's, for who has it already.
    """
    public_url = current_app.extensions["settings"].public_url
    return CertificateText(
        sheet=sheet or sheet_of_edition(certificate.edition, certificate.festival_id),
        name=certificate.name,
        serial=certificate.serial,
        code=certificate.code,
        verification_url=verification_url(public_url, certificate.code),
        issued_on=local(certificate.issued_at).date(),
        details={name: written((certificate.details or {}).get(name)) for name in DETAILS},
    )


def sheet_of_edition(edition: Edition, festival_id: int) -> SheetText:
    """The page that the certificates of an edition share, as it was frozen."""
    return sheet_from(edition.content, drawn_pictures(festival_id, from_json(edition.content["look"])))


def pdf_of(certificate: Certificate) -> bytes:
    """One certificate as PDF: the same bytes each time."""
    return bytes(_printing().print_one(text_of(certificate)))


def file_name(certificate: Certificate) -> str:
    """What the PDF is called when it is saved: "Chứng nhận - Nguyễn Thị Hoa.pdf", without what file systems refuse."""
    name = "".join(" " if letter in '\\/:*?"<>|' else letter for letter in certificate.name)
    return f"Chứng nhận - {' '.join(name.split())[:80] or certificate.code}.pdf"


def write_print_file(festival: Festival, out: IO[bytes]) -> int:
    """All valid certificates of the festival as one PDF, a page each, ordered by ward and name.

    Gives the number of pages; 0 means that nothing was written.
    """
    certificates = db.session.scalars(
        select(Certificate)
        .join(Attendee, Attendee.id == Certificate.attendee_id)
        .join(Registration, Registration.id == Attendee.registration_id)
        .outerjoin(Ward, Ward.code == Registration.ward_code)
        .where(Certificate.festival_id == festival.id, Certificate.revoked_at.is_(None))
        .order_by(*PRINT_ORDER)
        .execution_options(yield_per=500)
    )
    sheet = sheet_of(festival)
    return int(_printing().print_all(sheet, (text_of(certificate, sheet) for certificate in certificates), out))
