"""Who has earned a certificate by which design's rule, and where everybody else stands with it."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, exists, select

from festival.certificates.designs import find_standard_design
from festival.certificates.facts import facts_of_booths, facts_of_households, facts_of_people
from festival.certificates.holders import Holder, column_of, type_of
from festival.certificates.models import Certificate, CertificateKind, Design
from festival.certificates.rules import Condition, Facts, Group, Judged, OfMembers, Rule, facts_used, from_json, judge
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, FestivalStatus
from festival.registration.models import Attendee, Registration

BATCH = 2_000
"""Holders that are judged at a time: a few statements and a few megabytes for each batch."""


class Standing(enum.Enum):
    """Where somebody stands with a certificate."""

    ISSUED = "issued"
    REVOKED = "revoked"
    EARNED = "earned"
    """Nothing is missing; it will be issued when it is asked for."""
    NOT_EARNED = "not_earned"
    """Something is missing: the way says what."""
    CANCELLED = "cancelled"


_ENTRANCE = Group("all", (Condition("entrance"),))
_VISITORS = Group("all", (Condition("visitors"),))


def default_rule(design: Design | None) -> Rule:
    """What a design asks for that has no rule of its own: no more and no less than what it says on paper.

    Taking part is being let in; a family's, that everybody was; a workshop's completion, a sitting of it; helping, to
    have been on duty; a host's thanks, that somebody was stamped.
    """
    match design.kind if design else CertificateKind.PARTICIPATION:
        case CertificateKind.HOUSEHOLD:
            return OfMembers(_ENTRANCE)
        case CertificateKind.HOST:
            return _VISITORS
        case CertificateKind.VOLUNTEER:
            return Group("all", (Condition("on_duty"),))
        case CertificateKind.COMPLETION:
            workshop_id = design.workshop_id if design else None
            named = Condition("workshop", ids=(workshop_id,)) if workshop_id else Condition("sessions")
            return Group("all", (named,))
        case _:
            return _ENTRANCE


def rule_of(design: Design | None) -> Rule:
    """The rule of a design; None: of a festival's certificate of participation that nobody has changed."""
    return from_json(design.rule) if design is not None and design.rule else default_rule(design)


# --- judging -----------------------------------------------------------------------------------------------------


def judged(design: Design | None, festival_id: int, ids: Sequence[int], rule: Rule | None = None) -> dict[int, Judged]:
    """What of the design's rule holds for each of these holders; `rule`: as if it were that one. A statement for each
    fact that is asked for."""
    rule = rule or rule_of(design)
    facts = _facts_of(design)(festival_id, ids, facts_used(rule))
    return {each: judge(rule, known) for each, known in facts.items()}


def judge_all(design: Design, rule: Rule | None = None) -> Iterator[tuple[int, Judged]]:
    """Every holder that the design's certificates could go to, with what holds, in batches."""
    everybody = db.session.scalars(_holders(design)).all()
    for start in range(0, len(everybody), BATCH):
        yield from judged(design, design.festival_id, everybody[start : start + BATCH], rule).items()


def earned_now(design: Design, among: Collection[int] | None = None) -> list[int]:
    """The holders (attendees, registrations or booths) who have earned a certificate by `design` and have none, revoked
    or not; `among`: only of these. Nobody where the names are erased."""
    if design.festival.status is FestivalStatus.ARCHIVED:
        return []
    column = column_of(design.kind)
    of_type = type_of(design.kind)
    has_one = exists().where(
        Certificate.design_id == design.id, Certificate.replaced_at.is_(None), column == of_type.id
    )
    waiting = db.session.scalars(_holders(design).where(~has_one)).all()
    if among is not None:
        wanted = set(among)
        waiting = [each for each in waiting if each in wanted]
    earned: list[int] = []
    for start in range(0, len(waiting), BATCH):
        batch = judged(design, design.festival_id, waiting[start : start + BATCH])
        earned.extend(each for each, found in batch.items() if found.met)
    return earned


def _holders(design: Design) -> Select[int]:
    of_type, festival_id = type_of(design.kind), design.festival_id
    if of_type is Booth:
        approved = Booth.status == BoothStatus.APPROVED
        return select(Booth.id).where(Booth.festival_id == festival_id, approved).order_by(Booth.id)
    if of_type is Registration:
        comes = Registration.cancelled_at.is_(None)
        return select(Registration.id).where(Registration.festival_id == festival_id, comes).order_by(Registration.id)
    return select(Attendee.id).where(Attendee.festival_id == festival_id).order_by(Attendee.id)


def _facts_of(design: Design | None) -> Callable[[int, Sequence[int], Collection[str]], dict[int, Facts]]:
    of_type = type_of(design.kind) if design else Attendee
    if of_type is Booth:
        return facts_of_booths
    return facts_of_households if of_type is Registration else facts_of_people


# --- where somebody stands ---------------------------------------------------------------------------------------


def standings(holders: Sequence[Holder], design: Design | None = None) -> dict[int, Standing]:
    """Where each of these holders of one festival stands with `design`, by id; without a design: with the certificate
    of participation. As many statements for many as for one."""
    if not holders:
        return {}
    design = design or find_standard_design(holders[0].festival_id)
    found = judged(design, holders[0].festival_id, [holder.id for holder in holders])
    return standings_by(holders, design, found)


def standings_by(holders: Sequence[Holder], design: Design | None, found: Mapping[int, Judged]) -> dict[int, Standing]:
    """The same for holders of whom it was found already what holds. One statement."""
    revoked = _revoked(design, [holder.id for holder in holders])
    return {holder.id: standing_from(holder, found[holder.id].met, revoked.get(holder.id)) for holder in holders}


def standing_of(holder: Holder, design: Design | None = None) -> Standing:
    """Where one holder stands."""
    return standings([holder], design)[holder.id]


def _revoked(design: Design | None, ids: Sequence[int]) -> dict[int | None, bool]:
    """Of these holders those who have a certificate by the design, and whether it was taken back."""
    if design is None:
        return {}
    column = column_of(design.kind)
    rows = db.session.execute(
        select(column, Certificate.revoked_at).where(
            Certificate.design_id == design.id, Certificate.replaced_at.is_(None), column.in_(ids)
        )
    )
    return {row[0]: row[1] is not None for row in rows}


def standing_from(holder: Holder, met: bool, revoked: bool | None) -> Standing:
    """Where a holder stands for whom the rule holds or not, and whose certificate was taken back or not; None: there is
    none."""
    if revoked is not None:
        return Standing.REVOKED if revoked else Standing.ISSUED
    if isinstance(holder, Booth):
        return Standing.EARNED if met and holder.status is BoothStatus.APPROVED else Standing.NOT_EARNED
    if isinstance(holder, Registration) and holder.cancelled_at is not None:
        return Standing.CANCELLED
    if met:
        return Standing.EARNED
    return Standing.NOT_EARNED if holder.cancelled_at is None else Standing.CANCELLED


def explain(standing: Standing) -> str:
    """What to tell the person, in the language of the page; what is missing is told by the way (`ways.way_of`)."""
    words = {
        Standing.ISSUED: _("Your certificate is ready."),
        Standing.REVOKED: _("This certificate was taken back. Please ask the organizer."),
        Standing.EARNED: _("Everything is done: the certificate is yours."),
        Standing.NOT_EARNED: _("Not everything that this certificate is given for is done yet."),
        Standing.CANCELLED: _("This person was taken off the registration, so there is no certificate."),
    }
    return str(words[standing])
