"""A name to be corrected: asked for by the household, decided by an issuer; a new certificate replaces the old one."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from festival.certificates.holders import household_of
from festival.certificates.models import Certificate, Correction
from festival.certificates.replacing import ReplaceOutcome, is_erased, is_valid, replace
from festival.core.clock import now
from festival.core.text import tidy
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.telling import Notice, tell

MOST_ASKED = 5
"""So often a household may ask about one certificate; after that it speaks with the organizer."""


class AskOutcome(enum.Enum):
    """What came of asking for a correction."""

    ASKED = "asked"
    WAITS = "waits"
    """One was asked for and is not decided yet: now it is for the new name."""
    SAME = "same"
    """The certificate says just that."""
    NOT_VALID = "not_valid"
    """It was taken back, replaced or erased."""
    TOO_OFTEN = "too_often"


class DecideOutcome(enum.Enum):
    """What came of a decision."""

    APPROVED = "approved"
    REFUSED = "refused"
    DECIDED_BEFORE = "decided_before"
    NOT_VALID = "not_valid"
    """The certificate was taken back, replaced or erased meanwhile: the wish is closed, nothing is issued."""


@dataclass(frozen=True)
class Decision:
    """The outcome, and the new certificate where there is one."""

    outcome: DecideOutcome
    certificate: Certificate | None = None


def ask(certificate: Certificate, wanted_name: str) -> AskOutcome:
    """Ask that `certificate` say `wanted_name`. Whoever asks again before the decision changes the wish."""
    wanted = tidy(wanted_name)
    db.session.refresh(
        certificate, with_for_update={"key_share": True, "of": Certificate}
    )  # two phones at once make one wish
    if not is_valid(certificate) or is_erased(certificate):
        return AskOutcome.NOT_VALID
    if wanted == certificate.name:
        return AskOutcome.SAME
    asked = corrections_of(certificate)
    if asked and asked[-1].decided_at is None:
        asked[-1].wanted_name, asked[-1].asked_at = wanted, now()
        db.session.flush()
        return AskOutcome.WAITS
    if len(asked) >= MOST_ASKED:
        return AskOutcome.TOO_OFTEN
    db.session.add(Correction(certificate_id=certificate.id, wanted_name=wanted))
    db.session.flush()
    return AskOutcome.ASKED


def approve(correction: Correction) -> Decision:
    """Issue a new certificate with the wanted name in place of the old one. The caller commits."""
    if not _decide(correction, approved=True, answer=""):
        return Decision(DecideOutcome.DECIDED_BEFORE)
    certificate = correction.certificate
    if not is_valid(certificate):
        correction.approved = None
        return Decision(DecideOutcome.NOT_VALID)
    result = replace(certificate, _("The name was corrected."), correction.wanted_name)
    if result.outcome is not ReplaceOutcome.REPLACED:
        correction.approved = None
        return Decision(DecideOutcome.NOT_VALID)
    return Decision(DecideOutcome.APPROVED, result.certificate)


def refuse(correction: Correction, answer: str) -> Decision:
    """Leave the certificate as it is, and tell the household why. The caller commits."""
    if not _decide(correction, approved=False, answer=tidy(answer)):
        return Decision(DecideOutcome.DECIDED_BEFORE)
    _tell_refused(correction)
    return Decision(DecideOutcome.REFUSED)


def open_corrections(festival: Festival) -> Sequence[Correction]:
    """What waits for a decision, the oldest first."""
    return db.session.scalars(_of_festival(festival).where(Correction.decided_at.is_(None))).all()


def find_correction(festival: Festival, correction_id: int) -> Correction | None:
    """A correction asked for in this festival, or None."""
    return db.session.scalar(_of_festival(festival).where(Correction.id == correction_id))


def corrections_of(certificate: Certificate) -> Sequence[Correction]:
    """What was asked about one certificate, the newest last."""
    query = select(Correction).where(Correction.certificate_id == certificate.id).order_by(Correction.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _of_festival(festival: Festival) -> Select[Correction]:
    return (
        select(Correction)
        .join(Certificate, Certificate.id == Correction.certificate_id)
        .where(Certificate.festival_id == festival.id)
        .options(joinedload(Correction.certificate).joinedload(Certificate.design))
        .order_by(Correction.id)
    )


def _decide(correction: Correction, *, approved: bool, answer: str) -> bool:
    """Of two issuers one decides."""
    decided = db.session.scalar(
        update(Correction)
        .where(Correction.id == correction.id, Correction.decided_at.is_(None))
        .values(decided_at=now(), approved=approved, answer=answer)
        .returning(Correction.id)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(correction)
    return decided is not None


def _tell_refused(correction: Correction) -> None:
    household = household_of(correction.certificate)
    if household is None:
        return
    with force_locale(household.language):
        tell(
            household,
            Notice(
                kind="certificate_answer",
                event=f"correction:{correction.id}",
                subject=_("About the name on your certificate: %(festival)s", festival=household.festival.name),
                paragraphs=[
                    _("You asked us to write %(name)s. It stays as it is:", name=correction.wanted_name),
                    correction.answer or "",
                ],
                button=_("Our certificates"),
                short=_("About the name on your certificate: please open your page."),
            ),
        )
