"""How far a household and each of its people have come with every certificate of their festival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import ngettext

from festival.certificates.criteria import Standing, rule_of, standing_from
from festival.certificates.designs import gives_participation
from festival.certificates.facts import facts_of_people
from festival.certificates.holders import Holder
from festival.certificates.models import Certificate, CertificateKind, Design
from festival.certificates.rules import BY_ID, Rule, conditions_of, facts_used, judge, together
from festival.certificates.shelf import certificates_of, designs_offered
from festival.certificates.ways import Progress, Surroundings, Way, surroundings_of, way_from
from festival.registration.models import Attendee, Registration


@dataclass(frozen=True)
class PersonProgress:
    """One person's certificates, or the family's own (`attendee` is None): `near` are those that it is about now,
    `more` those that nothing was done for yet."""

    attendee: Attendee | None
    near: tuple[Progress, ...]
    more: tuple[Progress, ...]

    @property
    def first(self) -> Progress:
        """The one that everybody can have: of taking part."""
        return (*self.near, *self.more)[0]

    @property
    def summary(self) -> str:
        """In a few words: how many are there, else how far the first has come."""
        there = sum(one.standing in (Standing.ISSUED, Standing.EARNED) for one in self.near)
        if there:
            return str(ngettext("%(num)d certificate", "%(num)d certificates", there))
        return self.first.way.progress if self.first.standing is Standing.NOT_EARNED else ""


def family_progress(registration: Registration) -> list[PersonProgress]:
    """Each person who comes, and the whole family where there are certificates for families.

    As many statements for many people and designs as for few.
    """
    designs: list[Design | None] = list(designs_offered(registration.festival_id))
    of_taking_part = any(design and design.kind is CertificateKind.PARTICIPATION for design in designs)
    if not of_taking_part and gives_participation(registration.festival_id):
        designs.insert(0, None)
    designs.sort(key=lambda design: design is not None and design.kind is not CertificateKind.PARTICIPATION)
    rules = {design.id if design else None: rule_of(design) for design in designs}
    names = {name for rule in rules.values() for name in facts_used(rule)}
    people = [person for person in registration.attendees if person.cancelled_at is None]
    facts = facts_of_people(registration.festival_id, [person.id for person in people], names)
    around = surroundings_of(registration.festival, names, people)
    revoked = _revoked(certificates_of(registration))

    def progress(holder: Holder, design: Design | None) -> Progress:
        key = design.id if design else None
        found = judge(rules[key], together(facts) if holder is registration else facts[holder.id])
        standing = standing_from(holder, found.met, revoked.get((key, type(holder), holder.id)))
        return Progress(design, standing, way_from(found, around, holder.id if holder is not registration else None))

    of_people = [design for design in designs if design is None or design.kind is not CertificateKind.HOUSEHOLD]
    of_family = [design for design in designs if design is not None and design.kind is CertificateKind.HOUSEHOLD]
    rows = [_sorted(None, (progress(registration, design) for design in of_family), rules, around)] if of_family else []
    rows += [_sorted(one, (progress(one, design) for design in of_people), rules, around) for one in people]
    return [row for row in rows if row.near or row.more]


def ways_by_design(registration: Registration) -> dict[tuple[int, str], Way]:
    """What is still to be done, by design and holder as they stand in addresses: a person's id, or "family"."""
    return {
        (one.design.id, str(row.attendee.id) if row.attendee else "family"): one.way
        for row in family_progress(registration)
        for one in (*row.near, *row.more)
        if one.design is not None and one.standing is Standing.NOT_EARNED
    }


def _sorted(
    person: Attendee | None, every: Iterable[Progress], rules: dict[int | None, Rule], around: Surroundings
) -> PersonProgress:
    near: list[Progress] = []
    more: list[Progress] = []
    for one in every:
        rule = rules[one.design.id if one.design else None]
        (near if person is None or _is_near(person, one, rule, around) else more).append(one)
    return PersonProgress(person, tuple(near), tuple(more))


def _is_near(person: Attendee, one: Progress, rule: Rule, around: Surroundings) -> bool:
    """Whether it concerns the person already: everybody takes part; else something was done for it or is booked."""
    if one.design is None or one.design.kind is CertificateKind.PARTICIPATION or one.way.met or one.way.done > 0:
        return True
    booked = set(around.booked.get(person.id, ()))
    sessions = around.programme.sessions
    workshops = {sessions[each].workshop_id for each in booked if each in sessions}
    of = {"session": booked, "workshop": workshops}
    return any(not of[each.fact].isdisjoint(each.ids) for each in conditions_of(rule) if each.fact in BY_ID)


def _revoked(given: Sequence[Certificate]) -> dict[tuple[int | None, type, int | None], bool]:
    """Whether each certificate was taken back, by design and holder."""
    return {
        (one.design_id, Registration if one.registration_id else Attendee, one.attendee_id or one.registration_id): (
            one.revoked_at is not None
        )
        for one in given
    }
