"""A festival's designs, and the editions in which their certificates go out: look and texts, frozen."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from festival.accounts.models import Organization
from festival.certificates.look import Look, Texts, from_json, to_json
from festival.certificates.models import CertificateKind, Design, Edition, Picture
from festival.certificates.wording import DrawnPicture, SheetText
from festival.extensions import db
from festival.programme.models import Festival

ENTRANCE_RULE: dict[str, Any] = {"need": "all", "of": [{"fact": "entrance"}]}
"""Whoever was let in."""
_COMMITTEE = "Ủy ban nhân dân"
_NAMES = ("issuer", "superior", "place", "festival", "venue", "workshop")
"""What of a sheet is kept with an edition beside its look and its days."""


def find_standard_design(festival_id: int) -> Design | None:
    """The festival's oldest certificate of participation that was not put away, or None."""
    return db.session.scalar(
        select(Design)
        .where(
            Design.festival_id == festival_id,
            Design.kind == CertificateKind.PARTICIPATION,
            Design.archived_at.is_(None),
        )
        .order_by(Design.id)
        .limit(1)
    )


def gives_participation(festival_id: int) -> bool:
    """Whether taking part is certified: by a design in use, or by the one that is made when it is asked for first. Not
    where the organizer has put all of them away."""
    of_kind = select(Design.archived_at).where(
        Design.festival_id == festival_id, Design.kind == CertificateKind.PARTICIPATION
    )
    known = db.session.scalars(of_kind).all()
    return not known or None in known


def standard_design(festival: Festival) -> Design:
    """The festival's oldest certificate of participation; made now where there is none: every festival has one."""
    if (found := find_standard_design(festival.id)) is not None:
        return found
    design = Design(
        festival_id=festival.id,
        kind=CertificateKind.PARTICIPATION,
        name="Chứng nhận tham gia",
        look={},
        rule=ENTRANCE_RULE,
    )
    db.session.add(design)
    db.session.flush()
    return design


def edition_of(design: Design) -> Edition:
    """What certificates of `design` say that are issued now; the same edition for as long as nothing is changed."""
    content = content_of(design)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    known = db.session.scalar(select(Edition).where(Edition.design_id == design.id, Edition.digest == digest))
    if known is None:
        known = Edition(design_id=design.id, digest=digest, content=content)
        db.session.add(known)
        db.session.flush()
    return known


def content_of(design: Design) -> dict[str, Any]:
    """Everything that certificates of `design` share, as plain values: look, texts with our wording filled in, names.

    Nothing is left open that could change later: neither our wording nor the festival's.
    """
    sheet = sheet_of(design.festival, design)
    look = to_json(dataclasses.replace(sheet.look, texts=sheet.texts, signers=sheet.signers))
    look["texts"] = {name: text or "-" for name, text in look["texts"].items()}
    days = {"first_day": sheet.first_day.isoformat(), "last_day": sheet.last_day.isoformat()}
    names = {name: getattr(sheet, name) for name in _NAMES}
    return {"look": look, "kind": design.kind.value, "sheet": names | days}


def sheet_from(content: dict[str, Any], pictures: tuple[DrawnPicture, ...] = ()) -> SheetText:
    """The frozen content of an edition as the page is made from it."""
    sheet, look = content["sheet"], from_json(content["look"])
    if not content["look"]:  # issued before there were designs: nothing stood over the name
        look = dataclasses.replace(look, texts=Texts(above="-"))
    return SheetText(
        **{name: sheet.get(name, "") for name in _NAMES},
        first_day=date.fromisoformat(sheet["first_day"]),
        last_day=date.fromisoformat(sheet["last_day"]),
        signer_titles=tuple(sheet["signer_titles"]) if "signer_titles" in sheet else _signer(sheet["issuer"]),
        kind=content["kind"],
        look=look,
        pictures=pictures,
    )


def sheet_of(festival: Festival, design: Design | None = None) -> SheetText:
    """What certificates of `festival` say now. An abbreviated "UBND" is written out, as the decree asks for."""
    organization = db.session.get_one(Organization, festival.organization_id)
    superior = db.session.get(Organization, organization.parent_id) if organization.parent_id else None
    issuer = _written_out(festival.organizer_name)
    look = from_json(design.look) if design else Look()
    return SheetText(
        issuer=issuer,
        superior=_written_out(superior.name) if superior else "",
        place=festival.ward.name if festival.ward else "",
        festival=festival.name,
        venue=festival.venue,
        first_day=festival.first_day,
        last_day=festival.last_day,
        signer_titles=_signer(issuer),
        kind=design.kind.value if design else CertificateKind.PARTICIPATION.value,
        workshop=design.workshop.title if design and design.workshop else "",
        look=look,
        pictures=drawn_pictures(festival.id, look),
    )


def drawn_pictures(festival_id: int, look: Look) -> tuple[DrawnPicture, ...]:
    """The festival's pictures that `look` names; one that is gone is left out."""
    if not look.pictures:
        return ()
    query = select(Picture).where(Picture.festival_id == festival_id, Picture.sha256.in_(look.pictures))
    found = {one.sha256: one for one in db.session.scalars(query.options(undefer(Picture.png)))}
    known = (found[sha256] for sha256 in look.pictures if sha256 in found)
    return tuple(DrawnPicture(one.sha256, one.width, one.height, one.png) for one in known)


def _written_out(name: str) -> str:
    return f"{_COMMITTEE}{name[4:]}" if name.startswith("UBND ") else name


def _signer(issuer: str) -> tuple[str, ...]:
    """Who signs: a people's committee's chairman for the committee, anybody else for the festival's organizers."""
    if issuer.startswith(_COMMITTEE):
        return ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    return ("TM. BAN TỔ CHỨC", "TRƯỞNG BAN")
