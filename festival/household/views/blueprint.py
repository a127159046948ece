"""Where a household's pages are hung, and what they share: one of its people, and words for what came of a change."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.registration import changing
from festival.registration.changing import ChangeOutcome, ChangeResult
from festival.registration.models import Attendee, Registration
from festival.registration.signing_up import MAX_MEMBERS

bp = Blueprint("household", __name__)


def member_of(registration: Registration, attendee_id: int) -> Attendee:
    """One of the people who still come; 404 for anybody else."""
    found = next((each for each in changing.coming(registration) if each.id == attendee_id), None)
    return found or abort(404)


def answered(result: ChangeResult, secret: str, done: str) -> ResponseReturnValue:
    """Keep what was done, or undo it; then back to the household's page with words for it."""
    words = {
        ChangeOutcome.DONE: (done, "success"),
        ChangeOutcome.CLOSED: (_("Changes are not possible any more. Please ask at the door."), "warning"),
        ChangeOutcome.VENUE_FULL: (_("The festival has no place left for one more person."), "warning"),
        ChangeOutcome.TOO_MANY: (
            _("At most %(number)d people in one registration.", number=MAX_MEMBERS),
            "warning",
        ),
        ChangeOutcome.LAST_ONE: (_("One person has to stay. If nobody comes, cancel the registration."), "warning"),
    }[result.outcome]
    if result.outcome is ChangeOutcome.DONE:
        db.session.commit()
        wake_worker()
    else:
        db.session.rollback()
    flash(*words)
    return redirect(url_for("household.show", secret=secret), code=303)
