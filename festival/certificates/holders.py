"""Whose a certificate is: an attendee's, a household's or a booth's, by what its design certifies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from festival.certificates.models import Certificate, CertificateKind
from festival.core.text import tidy
from festival.extensions import db
from festival.programme.models import Booth, Ward
from festival.registration.models import Attendee, Registration

Holder: TypeAlias = Attendee | Registration | Booth

PRINT_ORDER = (Ward.folded.is_(None), Ward.folded, Attendee.name_key, Attendee.id)
"""By ward, then as names are sorted here; households whose ward is not known come last."""

_TYPES: dict[CertificateKind, type[Attendee] | type[Registration] | type[Booth]] = {
    CertificateKind.PARTICIPATION: Attendee,
    CertificateKind.COMPLETION: Attendee,
    CertificateKind.VOLUNTEER: Attendee,
    CertificateKind.HOUSEHOLD: Registration,
    CertificateKind.HOST: Booth,
}
_COLUMNS: dict[type, InstrumentedAttribute[int | None]] = {
    Attendee: Certificate.attendee_id,
    Registration: Certificate.registration_id,
    Booth: Certificate.booth_id,
}


def type_of(kind: CertificateKind) -> type[Attendee] | type[Registration] | type[Booth]:
    """What holds certificates of that kind."""
    return _TYPES[kind]


def column_of(kind: CertificateKind) -> InstrumentedAttribute[int | None]:
    """The column of a certificate of that kind that names its holder."""
    return _COLUMNS[_TYPES[kind]]


def column_for(holder: Holder) -> InstrumentedAttribute[int | None]:
    """The column of a certificate that names this holder."""
    return _COLUMNS[type(holder)]


def holder_of(certificate: Certificate) -> Holder:
    """Whose it is."""
    return cast("Holder", certificate.attendee or certificate.registration or certificate.booth)


def household_of(certificate: Certificate) -> Registration | None:
    """The household that is told about it and finds it on its page; None for a booth's."""
    return certificate.attendee.registration if certificate.attendee else certificate.registration


def name_for(holder: Holder) -> str:
    """The name that a new certificate carries: a household's is its contact's, a booth's that of who runs it."""
    match holder:
        case Attendee():
            name = holder.name
        case Registration():
            name = holder.contact_name
        case Booth():
            name = holder.host_name or holder.name
    return tidy(name)[:200]


def in_print_order(kind: CertificateKind, festival_id: int, ids: Collection[int]) -> list[int]:
    """These holders' ids as their certificates are printed: by ward and name, booths by code. One statement."""
    wanted = set(ids)
    return [each for each in db.session.scalars(_ordered(kind, festival_id)) if each in wanted]


def load(kind: CertificateKind, ids: Sequence[int]) -> list[Holder]:
    """The rows of these holders, in the order of the ids; who is gone is left out."""
    of_type: Any = _TYPES[kind]
    found = {row.id: row for row in db.session.scalars(select(of_type).where(of_type.id.in_(ids)))}
    return [found[each] for each in ids if each in found]


def _ordered(kind: CertificateKind, festival_id: int) -> Select[int]:
    of_type = _TYPES[kind]
    if of_type is Booth:
        return select(Booth.id).where(Booth.festival_id == festival_id).order_by(Booth.code, Booth.id)
    if of_type is Registration:
        return (
            select(Registration.id)
            .outerjoin(Ward, Ward.code == Registration.ward_code)
            .where(Registration.festival_id == festival_id)
            .order_by(Ward.folded.is_(None), Ward.folded, Registration.contact_name, Registration.id)
        )
    return (
        select(Attendee.id)
        .join(Registration, Registration.id == Attendee.registration_id)
        .outerjoin(Ward, Ward.code == Registration.ward_code)
        .where(Attendee.festival_id == festival_id)
        .order_by(*PRINT_ORDER)
    )
