"""Who has earned a certificate: whoever was let in at an entrance of the festival. Said in words to everybody else."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, select

from festival.certificates.models import Certificate
from festival.checkin.models import Admission, Checkpoint, CheckpointKind
from festival.extensions import db
from festival.registration.models import Attendee


class Standing(enum.Enum):
    """Where a person stands with the certificate."""

    ISSUED = "issued"
    REVOKED = "revoked"
    EARNED = "earned"
    """Nothing is missing; it will be issued when it is asked for."""
    NOT_ADMITTED = "not_admitted"
    CANCELLED = "cancelled"


def admitted_at_an_entrance() -> ColumnElement[bool]:
    """The rule as SQL, about `Attendee`: let in at an entrance of the attendee's own festival."""
    return exists(
        select(Admission.id)
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(
            Admission.attendee_id == Attendee.id,
            Checkpoint.kind == CheckpointKind.ENTRANCE,
            Checkpoint.festival_id == Attendee.festival_id,
        )
    )


def standings(attendees: Sequence[Attendee]) -> dict[int, Standing]:
    """Where each of these people stands, by attendee id. One statement for all of them."""
    found = db.session.execute(
        select(Attendee.id, admitted_at_an_entrance(), Certificate.id, Certificate.revoked_at, Attendee.cancelled_at)
        .outerjoin(Certificate, Certificate.attendee_id == Attendee.id)
        .where(Attendee.id.in_([attendee.id for attendee in attendees]))
    )
    return {row[0]: _standing(admitted=row[1], issued=row[2], revoked=row[3], cancelled=row[4]) for row in found}


def standing_of(attendee: Attendee) -> Standing:
    """Where one person stands."""
    return standings([attendee])[attendee.id]


def _standing(*, admitted: bool, issued: object, revoked: object, cancelled: object) -> Standing:
    if issued is not None:
        return Standing.ISSUED if revoked is None else Standing.REVOKED
    if admitted:
        return Standing.EARNED
    return Standing.NOT_ADMITTED if cancelled is None else Standing.CANCELLED


def explain(standing: Standing) -> str:
    """What to tell the person, in the language of the page: what is there, or what is still missing."""
    words = {
        Standing.ISSUED: _("Your certificate is ready."),
        Standing.REVOKED: _("This certificate was taken back. Please ask the organizer."),
        Standing.EARNED: _("You took part: the certificate is yours."),
        Standing.NOT_ADMITTED: _(
            "Not yet admitted at the entrance. Show the ticket there on the day, then the certificate is here."
        ),
        Standing.CANCELLED: _("This person was taken off the registration, so there is no certificate."),
    }
    return str(words[standing])
