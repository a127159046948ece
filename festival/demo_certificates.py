"""What the demo festival gives: a certificate of each kind, with rules that show what rules can say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from festival.certificates.designs import standard_design
from festival.certificates.models import CertificateKind, Design
from festival.extensions import db
from festival.programme.models import Festival, Workshop

_ENTRANCE = {"fact": "entrance", "at_least": 1}
_TOUR: dict[str, Any] = {
    "need": "all",
    "of": [
        _ENTRANCE,
        {"fact": "stamps", "at_least": 3},
        {"need": "any", "of": [{"fact": "sessions", "at_least": 1}, {"fact": "skills", "at_least": 2}]},
    ],
}
"""Let in, three booths, and a session or two skills."""
_FAMILY: dict[str, Any] = {
    "every_member": {
        "need": "all",
        "of": [
            _ENTRANCE,
            {"need": "any", "of": [{"fact": "stamps", "at_least": 1}, {"fact": "sessions", "at_least": 1}]},
        ],
    }
}
"""Everybody was let in, and has a stamp or was in a session."""


def give_designs(festival: Festival) -> None:
    """Make the demo's designs; the certificate of participation is the first."""
    standard_design(festival)
    workshop = db.session.scalar(select(Workshop).where(Workshop.festival_id == festival.id).order_by(Workshop.id))
    for kind, name, rule in (
        (CertificateKind.PARTICIPATION, "Chứng nhận Hành trình số", _TOUR),
        (CertificateKind.HOUSEHOLD, "Chứng nhận Gia đình số", _FAMILY),
        (CertificateKind.COMPLETION, "Chứng nhận hoàn thành lớp học", {}),
        (CertificateKind.VOLUNTEER, "Chứng nhận tình nguyện viên", {}),
        (CertificateKind.HOST, "Thư cảm ơn gian hàng", {}),
    ):
        completes = workshop if kind is CertificateKind.COMPLETION else None
        db.session.add(Design(festival_id=festival.id, kind=kind, name=name, workshop=completes, look={}, rule=rule))
        db.session.flush()
