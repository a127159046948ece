"""A festival's designs, and the editions in which their certificates go out: look and texts, frozen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from festival.accounts.models import Organization
from festival.certificates.models import CertificateKind, Design, Edition
from festival.certificates.wording import SheetText
from festival.extensions import db
from festival.programme.models import Festival

ENTRANCE_RULE: dict[str, Any] = {"need": "all", "of": [{"fact": "entrance"}]}
"""Whoever was let in."""
_COMMITTEE = "Ủy ban nhân dân"


def standard_design(festival: Festival) -> Design:
    """The festival's oldest certificate of participation; made now where there is none: every festival has one."""
    found = db.session.scalar(
        select(Design)
        .where(
            Design.festival_id == festival.id,
            Design.kind == CertificateKind.PARTICIPATION,
            Design.archived_at.is_(None),
        )
        .order_by(Design.id)
        .limit(1)
    )
    if found is not None:
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
    content = {"look": design.look, "kind": design.kind.value, "sheet": _stored(sheet_of(design.festival))}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    known = db.session.scalar(select(Edition).where(Edition.design_id == design.id, Edition.digest == digest))
    if known is None:
        known = Edition(design_id=design.id, digest=digest, content=content)
        db.session.add(known)
        db.session.flush()
    return known


def sheet_of(festival: Festival) -> SheetText:
    """What all certificates of `festival` say. An abbreviated "UBND" is written out, as the decree asks for."""
    organization = db.session.get_one(Organization, festival.organization_id)
    superior = db.session.get(Organization, organization.parent_id) if organization.parent_id else None
    issuer = _written_out(festival.organizer_name)
    return SheetText(
        issuer=issuer,
        superior=_written_out(superior.name) if superior else "",
        place=festival.ward.name if festival.ward else "",
        festival=festival.name,
        venue=festival.venue,
        first_day=festival.first_day,
        last_day=festival.last_day,
        signer_titles=_signer(issuer),
    )


def _stored(sheet: SheetText) -> dict[str, Any]:
    days = {"first_day": sheet.first_day.isoformat(), "last_day": sheet.last_day.isoformat()}
    return asdict(sheet) | days | {"signer_titles": list(sheet.signer_titles)}


def _written_out(name: str) -> str:
    return f"{_COMMITTEE}{name[4:]}" if name.startswith("UBND ") else name


def _signer(issuer: str) -> tuple[str, ...]:
    """Who signs: a people's committee's chairman for the committee, anybody else for the festival's organizers."""
    if issuer.startswith(_COMMITTEE):
        return ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
    return ("TM. BAN TỔ CHỨC", "TRƯỞNG BAN")
