"""Names that households want corrected: the issuer's list and the decision."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.accounts.audit import record
from festival.certificates import corrections
from festival.certificates.corrections import DecideOutcome
from festival.certificates.forms import RefuseForm
from festival.certificates.models import Correction
from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.models import Festival

bp = Blueprint("certificate_corrections", __name__, url_prefix="/manage/<festival>/certificates/corrections")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """What waits for a decision, the oldest first."""
    return render_template(
        "certificates/corrections.html", festival=festival, waiting=corrections.open_corrections(festival)
    )


@bp.get("/<int:correction_id>")
def show(festival: Festival, correction_id: int) -> ResponseReturnValue:
    """One wish: the name as it stands, the name as it is wanted."""
    return _page(festival, _correction(festival, correction_id), RefuseForm())


@bp.post("/<int:correction_id>")
def decide(festival: Festival, correction_id: int) -> ResponseReturnValue:
    """Approve it, which issues a new certificate, or refuse it with an answer."""
    found = _correction(festival, correction_id)
    form = RefuseForm()
    approves = request.form.get("decision") == "approve"
    if approves:
        del form.answer
    if not form.validate_on_submit():
        return _page(festival, found, form), 422
    decision = corrections.approve(found) if approves else corrections.refuse(found, form.answer.data)
    old = found.certificate
    match decision.outcome:
        case DecideOutcome.APPROVED:
            new = decision.certificate
            record(
                "certificate.corrected", f"{old.serial} {old.name}", festival_id=festival.id,
                after={"serial": new.serial if new else "", "name": found.wanted_name},
            )  # fmt: skip
            flash(_("Approved: a new certificate takes the place of %(serial)s.", serial=old.serial), "success")
        case DecideOutcome.REFUSED:
            record(
                "certificate.correction_refused", f"{old.serial} {old.name}", festival_id=festival.id,
                after={"answer": found.answer},
            )  # fmt: skip
            flash(_("Refused. The family reads your answer."), "success")
        case DecideOutcome.DECIDED_BEFORE:
            flash(_("Somebody has decided this before."), "info")
        case DecideOutcome.NOT_VALID:
            flash(_("The certificate is not valid any more, so nothing was issued."), "warning")
    db.session.commit()
    wake_worker()
    return redirect(url_for(".index", festival=festival.slug), 303)


def _page(festival: Festival, found: Correction, form: RefuseForm) -> str:
    return render_template("certificates/correction.html", festival=festival, correction=found, form=form)


def _correction(festival: Festival, correction_id: int) -> Correction:
    return corrections.find_correction(festival, correction_id) or abort(404)
