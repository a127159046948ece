"""`/manage/<festival>/privacy`: requests about personal data with their clocks, the register of processing, the sign
that says where photos are taken."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from festival.core.clock import today
from festival.core.paging import page_of
from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.privacy import requests, words
from festival.privacy.clocks import clocks_of
from festival.privacy.forms import AnswerForm, OutcomeForm
from festival.privacy.models import SubjectRequest
from festival.privacy.processing import activities_of, measures_of
from festival.programme.models import Festival
from festival.registration.models import Registration

bp = Blueprint("privacy_manage", __name__, url_prefix="/manage/<festival>/privacy")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """Requests that wait, with the day that counts for each; or those that are done."""
    done = request.args.get("show") == "done"
    page = page_of(requests.requests_in(festival, done=done), request.args.get("page"))
    return render_template(
        "privacy/manage.html",
        festival=festival,
        page=page,
        done=done,
        any_at_all=done or requests.any_in(festival),
        rows=[(each, clocks_of(each, today()), _who(each)) for each in page.rows],
        words=words.FOR_PAGES,
    )


def _who(row: SubjectRequest) -> Registration | None:
    return db.session.get(Registration, row.registration_id) if row.registration_id is not None else None


@bp.get("/requests/<int:request_id>")
def show(festival: Festival, request_id: int) -> ResponseReturnValue:
    """One request: who asks for what, and the next thing to do."""
    return _page(festival, _found(festival, request_id), AnswerForm(), OutcomeForm())


def _found(festival: Festival, request_id: int) -> SubjectRequest:
    return requests.find_request(festival, request_id) or abort(404)


def _page(festival: Festival, found: SubjectRequest, answer: AnswerForm, outcome: OutcomeForm) -> ResponseReturnValue:
    page = render_template(
        "privacy/manage_request.html",
        festival=festival,
        asked=found,
        clocks=clocks_of(found, today()),
        registration=_who(found),
        words=words.FOR_PAGES,
        answer=answer,
        outcome=outcome,
    )
    return page, 422 if answer.errors or outcome.errors else 200


@bp.post("/requests/<int:request_id>/answer")
def answer(festival: Festival, request_id: int) -> ResponseReturnValue:
    """Tell the family that the request has arrived and by when it will be done."""
    found, form = _found(festival, request_id), AnswerForm()
    if not form.validate_on_submit():
        return _page(festival, found, form, OutcomeForm(formdata=None))
    answered = requests.acknowledge(found, form.answer.data, current_user)
    return _done(festival, found, _("The family is told.") if answered else "")


@bp.post("/requests/<int:request_id>/done")
def finish(festival: Festival, request_id: int) -> ResponseReturnValue:
    """Note what was done, and tell the family."""
    found, form = _found(festival, request_id), OutcomeForm()
    if not form.validate_on_submit():
        return _page(festival, found, AnswerForm(formdata=None), form)
    finished = requests.finish(found, form.outcome.data, current_user)
    return _done(festival, found, _("Done, and the family is told.") if finished else "")


def _done(festival: Festival, found: SubjectRequest, words_for_it: str) -> ResponseReturnValue:
    db.session.commit()
    if words_for_it:
        wake_worker()
        flash(words_for_it, "success")
    else:
        flash(_("Somebody else was faster: nothing was changed."), "info")
    return redirect(url_for(".show", festival=festival.slug, request_id=found.id), code=303)


@bp.get("/register")
def register(festival: Festival) -> ResponseReturnValue:
    """The register of processing: what is kept of whom, for what, how long, and who gets it. To print."""
    settings = current_app.extensions["settings"]
    return render_template(
        "privacy/register.html",
        festival=festival,
        activities=activities_of(festival, settings),
        measures=measures_of(settings),
        today=today(),
    )


@bp.get("/photo-sign")
def photo_sign(festival: Festival) -> ResponseReturnValue:
    """A sign for the venue: photos are taken here. A4, upright."""
    return render_template("privacy/photo_sign.html", festival=festival)
