"""What a household has agreed to, and taking back what may be chosen freely."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from festival.consents import ledger
from festival.consents.texts import TEXTS
from festival.extensions import db
from festival.household.forms import ConfirmForm
from festival.household.views.blueprint import bp
from festival.registration.opening import opened


@bp.route("/r/<secret>/consents", methods=["GET", "POST"])
def consents(secret: str) -> ResponseReturnValue:
    """See what was agreed to, and take back or give what may be chosen freely."""
    registration = opened(secret)
    answers = ledger.current(registration.id)
    form = ConfirmForm()
    if form.validate_on_submit():
        free = [text.purpose for text in TEXTS if not text.required]
        changed = {purpose: purpose.value in request.form for purpose in free}
        changed = {purpose: given for purpose, given in changed.items() if given != answers.get(purpose, False)}
        ledger.write(registration.id, changed, registration.contact_name, str(get_locale()))
        db.session.commit()
        flash(_("Your answers are saved."), "success")
        return redirect(url_for("household.show", secret=secret), code=303)
    return render_template(
        "household/consents.html",
        festival=registration.festival,
        secret=secret,
        form=form,
        texts=[text for text in TEXTS if not text.required or text.purpose in answers],
        answers=answers,
        titles={text.purpose: text.title for text in TEXTS},
        history=list(reversed(ledger.history(registration.id))),
    )
