"""`/manage/<festival>/privacy`: requests about personal data with their clocks, the register of processing, the sign
that says where photos are taken."""

from __future__ import annotations

import io

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from festival.config import Settings
from festival.core.clock import today
from festival.core.paging import page_of
from festival.extensions import db, limiter
from festival.messages.outbox import wake_worker
from festival.privacy import requests, words
from festival.privacy.clocks import clocks_of
from festival.privacy.forms import AnswerForm, OutcomeForm, PutOffForm, RegisterForm
from festival.privacy.models import SubjectRequest
from festival.privacy.processing import measures_of
from festival.privacy.register import own_words, register_of, usual_register, write_register
from festival.privacy.register_files import register_as_csv, register_as_pdf
from festival.programme.models import Festival
from festival.registration.models import Registration

FILES = "60 per 10 minutes"
"""A PDF takes half a second of the server's time."""

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
    return _page(festival, _found(festival, request_id), Forms())


def _found(festival: Festival, request_id: int) -> SubjectRequest:
    return requests.find_request(festival, request_id) or abort(404)


class Forms:
    """The three forms of a request's page; of them the one that was sent is given."""

    def __init__(
        self, answer: AnswerForm | None = None, put_off: PutOffForm | None = None, outcome: OutcomeForm | None = None
    ) -> None:
        self.answer = answer or AnswerForm(formdata=None)
        self.put_off = put_off or PutOffForm(formdata=None)
        self.outcome = outcome or OutcomeForm(formdata=None)

    @property
    def wrong(self) -> AnswerForm | PutOffForm | OutcomeForm | None:
        """The one with something to mend."""
        return next((form for form in (self.answer, self.put_off, self.outcome) if form.errors), None)


def _page(festival: Festival, found: SubjectRequest, forms: Forms) -> ResponseReturnValue:
    page = render_template(
        "privacy/manage_request.html",
        festival=festival,
        asked=found,
        clocks=clocks_of(found, today()),
        registration=_who(found),
        words=words.FOR_PAGES,
        answer=forms.answer,
        put_off=forms.put_off,
        outcome=forms.outcome,
        wrong=forms.wrong,
    )
    return page, 422 if forms.wrong else 200


@bp.post("/requests/<int:request_id>/answer")
def answer(festival: Festival, request_id: int) -> ResponseReturnValue:
    """Tell the family that the request has arrived and by when it will be done."""
    found, form = _found(festival, request_id), AnswerForm()
    if not form.validate_on_submit():
        return _page(festival, found, Forms(answer=form))
    answered = requests.acknowledge(found, form.answer.data, current_user)
    return _done(festival, found, _("The family is told.") if answered else "")


@bp.post("/requests/<int:request_id>/later")
def put_off(festival: Festival, request_id: int) -> ResponseReturnValue:
    """Give it more time, once, and tell the family why."""
    found, form = _found(festival, request_id), PutOffForm()
    if not form.validate_on_submit():
        return _page(festival, found, Forms(put_off=form))
    later = requests.put_off(found, form.why.data, current_user)
    return _done(festival, found, _("There is more time, and the family is told why.") if later else "")


@bp.post("/requests/<int:request_id>/done")
def finish(festival: Festival, request_id: int) -> ResponseReturnValue:
    """Note what was done, and tell the family."""
    found, form = _found(festival, request_id), OutcomeForm()
    if not form.validate_on_submit():
        return _page(festival, found, Forms(outcome=form))
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
    """The register of processing: what is kept of whom, for what, how long, and who gets it. To print or take away."""
    return render_template(
        "privacy/register.html",
        festival=festival,
        register=register_of(festival, _settings()),
        measures=measures_of(_settings()),
        today=today(),
    )


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


@bp.route("/register/edit", methods=["GET", "POST"])
def edit_register(festival: Festival) -> ResponseReturnValue:
    """The organizer's own words in it; what is left empty says what the service does."""
    usual = usual_register(festival, _settings())
    form = RegisterForm.showing(own_words(festival))
    if form.validate_on_submit():
        write_register(festival, form.own_words([each.kind for each in usual.activities]))
        db.session.commit()
        flash(_("The change is saved."), "success")
        return redirect(url_for(".register", festival=festival.slug), code=303)
    page = render_template("privacy/register_edit.html", festival=festival, form=form, usual=usual)
    return page, 422 if form.errors else 200


@bp.get("/register.pdf")
@limiter.limit(FILES)
def register_pdf(festival: Festival) -> ResponseReturnValue:
    """The register as PDF, to sign and file."""
    body = register_as_pdf(festival, register_of(festival, _settings()), measures_of(_settings()), today())
    return _file(festival, body, "application/pdf", "pdf")


@bp.get("/register.csv")
def register_csv(festival: Festival) -> ResponseReturnValue:
    """The register as a table."""
    return _file(festival, register_as_csv(festival, register_of(festival, _settings())), "text/csv", "csv")


def _file(festival: Festival, body: bytes, kind: str, ending: str) -> ResponseReturnValue:
    name = _("register-of-processing") + f"-{festival.slug}.{ending}"
    return send_file(io.BytesIO(body), kind, as_attachment=True, download_name=name)


@bp.get("/photo-sign")
def photo_sign(festival: Festival) -> ResponseReturnValue:
    """A sign for the venue: photos are taken here. A4, upright."""
    return render_template("privacy/photo_sign.html", festival=festival)
