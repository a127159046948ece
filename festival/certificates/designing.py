"""Making designs: new from a kind, copied, changed, put away. And what to know before one is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select

from festival.certificates.fields import fields_of
from festival.certificates.lettering import NAME, fit, letters_of
from festival.certificates.look import Look, to_json
from festival.certificates.models import Certificate, CertificateKind, Design
from festival.certificates.texts import PERSONAL, UnknownFieldError, fields_in
from festival.certificates.wording import SheetText
from festival.core.clock import now
from festival.core.text import tidy
from festival.extensions import db
from festival.programme.models import Booth, Festival, Workshop
from festival.registration.models import Attendee, Registration

MOST_NAMED = 10
"""So many names that cannot be printed in full are listed."""


@dataclass(frozen=True)
class KeptDesign:
    """A design of the list, and how many certificates were ever issued by it."""

    design: Design
    issued: int


def designs_in(festival: Festival) -> list[KeptDesign]:
    """All designs of a festival, those put away last. One statement."""
    count = select(func.count(Certificate.id)).where(Certificate.design_id == Design.id).scalar_subquery()
    rows = db.session.execute(
        select(Design, count)
        .where(Design.festival_id == festival.id)
        .order_by(Design.archived_at.is_not(None), Design.id)
    )
    return [KeptDesign(row[0], row[1]) for row in rows]


def new_design(festival: Festival, kind: CertificateKind, name: str, workshop: Workshop | None = None) -> Design:
    """A design of this kind as we offer it: look, wording and rule. The caller commits."""
    design = Design(
        festival_id=festival.id, kind=kind, name=tidy(name), look={}, rule={},
        workshop_id=workshop.id if workshop and kind is CertificateKind.COMPLETION else None,
    )  # fmt: skip
    db.session.add(design)
    db.session.flush()
    return design


def copy_design(design: Design, name: str) -> Design:
    """Another design like this one, to be changed. Nothing was issued by it yet, nothing signs it yet."""
    copied = Design(
        festival_id=design.festival_id, kind=design.kind, name=tidy(name)[:120], look=dict(design.look),
        rule=dict(design.rule), workshop_id=design.workshop_id, by_residents=design.by_residents,
    )  # fmt: skip
    db.session.add(copied)
    db.session.flush()
    return copied


def put_away(design: Design) -> None:
    """Nothing more is issued by it; what was issued stays."""
    design.archived_at = now()


def bring_back(design: Design) -> None:
    """A design that was put away is in use again."""
    design.archived_at = None


def change_design(
    design: Design, name: str, workshop_id: int | None, look: Look, *, by_residents: bool
) -> dict[str, Any]:
    """Keep what the organizer has chosen; gives what it was before, for the audit log. Certificates that were issued
    stay as they are."""
    before = {
        "name": design.name, "workshop": design.workshop_id, "look": design.look, "by_residents": design.by_residents,
    }  # fmt: skip
    design.name, design.look, design.by_residents = tidy(name), to_json(look), by_residents
    if design.kind is CertificateKind.COMPLETION:
        design.workshop_id = workshop_id
    return before


def allowed_fields(kind: CertificateKind, line: str) -> tuple[str, ...]:
    """The fields that a line of a design of this kind may hold; a title is the same for everybody."""
    names = ["festival", "day", "year", "place", "ward", "organization"]
    if kind is CertificateKind.COMPLETION:
        names.append("workshop")
    if line != "title":
        less = {"birth_year", "hours", "sessions", "skills"} if kind is CertificateKind.HOST else set()
        less |= {"birth_year"} if kind is CertificateKind.HOUSEHOLD else set()
        names += [name for name in PERSONAL if name not in less]
    return tuple(names)


def unknown_field(kind: CertificateKind, line: str, text: str) -> str | None:
    """What stands in braces in a line and is no field there; None when all are."""
    try:
        wrong = [name for name in fields_in(text) if name not in allowed_fields(kind, line)]
    except UnknownFieldError as unknown:
        return unknown.written
    return f"{{{wrong[0]}}}" if wrong else None


@dataclass(frozen=True)
class OddName:
    """A name that does not come out as it is written: letters that no font of ours has, or no room."""

    name: str
    missing: tuple[str, ...]
    cut: bool


@dataclass(frozen=True)
class NameCheck:
    """What printing all names would show; `odd` holds the first ones, `count` says how many there are."""

    odd: tuple[OddName, ...]
    count: int


def check_names(design: Design, sheet: SheetText) -> NameCheck:
    """The names among this design's holders, and on its certificates, that paper would not show in full. One
    statement; only names with a rare letter or of unusual length are set to see."""
    known = letters_of(NAME)
    (field,) = (field for field in fields_of(sheet) if field.key == "name")
    odd = []
    for name in _names(design):
        if len(name) > 60 or not known.issuperset(name):
            fitted = fit(name, field.face, field.styles, field.width)
            if fitted.missing or fitted.cut:
                odd.append(OddName(name, fitted.missing, fitted.cut))
    return NameCheck(tuple(odd[:MOST_NAMED]), len(odd))


def _names(design: Design) -> Sequence[str]:
    issued = select(Certificate.name).where(
        Certificate.design_id == design.id, Certificate.revoked_at.is_(None), Certificate.replaced_at.is_(None)
    )
    if design.kind is CertificateKind.HOST:
        possible = select(Booth.host_name).where(Booth.festival_id == design.festival_id)
    elif design.kind is CertificateKind.HOUSEHOLD:
        possible = select(Registration.contact_name).where(
            Registration.festival_id == design.festival_id, Registration.cancelled_at.is_(None)
        )
    else:
        possible = select(Attendee.name).where(
            Attendee.festival_id == design.festival_id, Attendee.cancelled_at.is_(None)
        )
    rows = db.session.scalars(issued.union(possible))
    return sorted(tidy(name) for name in rows if name)


def is_issued(design: Design) -> bool:
    """Whether a certificate was ever issued by this design: its kind stays what it is then."""
    return bool(db.session.scalar(select(exists().where(Certificate.design_id == design.id))))
