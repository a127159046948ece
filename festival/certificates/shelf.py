"""What a household finds on its page: each person's certificates and its own, by design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from festival.certificates.criteria import Standing, explain, standings
from festival.certificates.models import Certificate, CertificateKind, Correction, Design
from festival.extensions import db
from festival.registration.models import Registration


@dataclass(frozen=True)
class Place:
    """One certificate's place: there, to be taken, or still to earn. `holder` is as it stands in the address."""

    holder: str
    design: Design
    standing: Standing
    certificate: Certificate | None
    correction: Correction | None
    """What was asked for last about its name."""

    @property
    def takeable(self) -> bool:
        """Whether the household takes it by itself, now."""
        return self.standing is Standing.EARNED and self.design.by_residents

    @property
    def words(self) -> str:
        """Where it stands."""
        return explain(self.standing)


@dataclass(frozen=True)
class Row:
    """A person, or the whole family (no name)."""

    name: str
    places: tuple[Place, ...]


def designs_offered(festival_id: int) -> Sequence[Design]:
    """The designs that residents see: for people and households, and not put away."""
    return db.session.scalars(
        select(Design)
        .where(Design.festival_id == festival_id, Design.archived_at.is_(None), Design.kind != CertificateKind.HOST)
        .order_by(Design.id)
    ).all()


def design_for(registration: Registration, design_id: int) -> Design | None:
    """A design by which this household or its people may have a certificate, put away or not."""
    return db.session.scalar(
        select(Design).where(
            Design.id == design_id,
            Design.festival_id == registration.festival_id,
            Design.kind != CertificateKind.HOST,
        )
    )


def shelf_of(registration: Registration) -> list[Row]:
    """All of a household's certificates. A handful of statements a design, however many people."""
    given = certificates_of(registration)
    asked = _last_corrections([one.id for one in given])
    designs = list(designs_offered(registration.festival_id))
    known = {design.id for design in designs}
    designs += [one.design for one in {one.design_id: one for one in given}.values() if one.design_id not in known]
    there = {(one.design_id, one.attendee_id): one for one in given}
    rows = [Row("", _family_places(registration, designs, there, asked))]
    people = [person for person in registration.attendees if person.cancelled_at is None or _has(given, person.id)]
    of_people = [design for design in designs if design.kind is not CertificateKind.HOUSEHOLD]
    found = {design.id: standings(people, design) for design in of_people}
    for person in people:
        places = []
        for design in of_people:
            certificate = there.get((design.id, person.id))
            if design.archived_at is None or certificate is not None:
                standing = _standing(certificate, found[design.id][person.id])
                places.append(_place(str(person.id), design, standing, certificate, asked))
        rows.append(Row(person.name, tuple(places)))
    return [row for row in rows if row.places]


def certificates_of(registration: Registration) -> Sequence[Certificate]:
    """The household's and its people's certificates, but those that were replaced."""
    people = [person.id for person in registration.attendees]
    return db.session.scalars(
        select(Certificate)
        .where(
            or_(Certificate.attendee_id.in_(people), Certificate.registration_id == registration.id),
            Certificate.replaced_at.is_(None),
        )
        .options(joinedload(Certificate.design))
        .order_by(Certificate.number)
    ).all()


def certificate_of_household(registration: Registration, certificate_id: int) -> Certificate | None:
    """One of them."""
    return next((one for one in certificates_of(registration) if one.id == certificate_id), None)


def _family_places(
    registration: Registration,
    designs: Sequence[Design],
    there: dict[tuple[int, int | None], Certificate],
    asked: dict[int, Correction],
) -> tuple[Place, ...]:
    places = []
    for design in designs:
        certificate = there.get((design.id, None))
        if design.kind is CertificateKind.HOUSEHOLD and (design.archived_at is None or certificate is not None):
            standing = _standing(certificate, standings([registration], design)[registration.id])
            places.append(_place("family", design, standing, certificate, asked))
    return tuple(places)


def _place(
    holder: str,
    design: Design,
    standing: Standing,
    certificate: Certificate | None,
    asked: dict[int, Correction],
) -> Place:
    return Place(holder, design, standing, certificate, asked.get(certificate.id) if certificate else None)


def _standing(certificate: Certificate | None, otherwise: Standing) -> Standing:
    if certificate is None:
        return otherwise
    return Standing.ISSUED if certificate.revoked_at is None else Standing.REVOKED


def _has(given: Sequence[Certificate], attendee_id: int) -> bool:
    return any(one.attendee_id == attendee_id for one in given)


def _last_corrections(ids: Sequence[int]) -> dict[int, Correction]:
    query = select(Correction).where(Correction.certificate_id.in_(ids)).order_by(Correction.id)
    return {one.certificate_id: one for one in db.session.scalars(query)}
