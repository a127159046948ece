"""From rows to paper: what a festival's certificates say, one person's PDF, and the file for the printer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import IO

from flask import current_app
from sqlalchemy import func, select
from werkzeug.exceptions import ServiceUnavailable

from festival.certificates.covers import Cover
from festival.certificates.designs import drawn_pictures, sheet_from
from festival.certificates.look import from_json
from festival.certificates.models import Certificate, Design, Edition
from festival.certificates.texts import DETAILS, written
from festival.certificates.wording import CertificateText, SheetText, verification_url
from festival.core.clock import local
from festival.core.text import fold, name_key, tidy
from festival.extensions import db
from festival.programme.models import Festival, Ward
from festival.registration.models import Attendee, Registration

BATCH = 500
"""How many certificates are in memory while a file for the printer is written."""


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


def write_print_file(festival: Festival, out: IO[bytes], design: Design | None = None, *, covers: bool = True) -> int:
    """All certificates in force of the festival, or of one design, as one PDF: by ward, group and name.

    Each pile (a ward's group) begins with a cover; A5 certificates stand two to an A4 sheet. Gives the number of
    certificates; 0 means that nothing was written.
    """
    lines = _ordered(festival, design)
    if not lines:
        return 0
    editions = {line.edition: line.design for line in lines}
    frozen = db.session.scalars(select(Edition).where(Edition.id.in_(editions)).order_by(Edition.id))
    sheets = {edition.id: sheet_of_edition(edition, festival.id) for edition in frozen}
    items = _items(lines, sheets, covers=covers and len(lines) > 1)
    return int(_printing().print_all(list(sheets.values()), items, out, two_up=len(lines) > 1))


@dataclass(frozen=True)
class _Line:
    """A certificate's place in the file."""

    ward: str
    group: str
    key: tuple[object, ...]
    id: int
    edition: int
    design: str


def _ordered(festival: Festival, design: Design | None) -> list[_Line]:
    """Who is printed, in order: by ward, group ("Tổ 2" before "Tổ 10") and name. Wards that are not known come last."""
    registration_id = func.coalesce(Attendee.registration_id, Certificate.registration_id)
    query = (
        select(
            Certificate.id, Certificate.edition_id, Certificate.name, Design.name, Ward.name, Ward.folded,
            Registration.group_name,
        )
        .join(Design, Design.id == Certificate.design_id)
        .outerjoin(Attendee, Attendee.id == Certificate.attendee_id)
        .outerjoin(Registration, Registration.id == registration_id)
        .outerjoin(Ward, Ward.code == Registration.ward_code)
        .where(
            Certificate.festival_id == festival.id,
            Certificate.revoked_at.is_(None),
            Certificate.replaced_at.is_(None),
        )
    )  # fmt: skip
    if design is not None:
        query = query.where(Certificate.design_id == design.id)
    lines = [
        _Line(
            ward or "", tidy(group or ""),
            (title, folded is None, folded or "", _natural(group or ""), name_key(name), number),
            number, edition, title,
        )
        for number, edition, name, title, ward, folded, group in db.session.execute(query)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.key)


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    """Text in an order in which numbers count: "Tổ 2" before "Tổ 10"."""
    parts = re.findall(r"[0-9]+|[^0-9]+", fold(text))
    return tuple((int(part), "") if part.isdigit() else (-1, part.strip()) for part in parts)


def _items(lines: list[_Line], sheets: dict[int, SheetText], *, covers: bool) -> Iterator[CertificateText | Cover]:
    """The certificates in order, each pile behind its cover; read some hundred at a time."""
    for (design, ward, group), pile in itertools.groupby(lines, key=lambda line: (line.design, line.ward, line.group)):
        ids = [(line.id, line.edition) for line in pile]
        if covers:
            first, last = _names([ids[0][0], ids[-1][0]])
            sheet = sheets[ids[0][1]]
            yield Cover(ward, group, len(ids), first, last, sheet.festival, design)
        for start in range(0, len(ids), BATCH):
            batch = [number for number, _edition in ids[start : start + BATCH]]
            rows = {one.id: one for one in db.session.scalars(select(Certificate).where(Certificate.id.in_(batch)))}
            for number in batch:
                yield text_of(rows[number], sheets[rows[number].edition_id])


def _names(ids: list[int]) -> list[str]:
    found = {
        row[0]: row[1]
        for row in db.session.execute(select(Certificate.id, Certificate.name).where(Certificate.id.in_(ids)))
    }
    return [found[number] for number in ids]
