"""`/r/<secret>/data`: a household sees what is held about it, takes it away, corrects it, asks, and has it deleted."""

from __future__ import annotations

import io

from flask import Blueprint, abort, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.config import Settings
from festival.core.clock import today
from festival.core.phones import show_phone
from festival.extensions import db, limiter
from festival.messages.outbox import wake_worker
from festival.privacy import requests, words
from festival.privacy.clocks import ANSWERED_WITHIN, DONE_WITHIN, clocks_of
from festival.privacy.data_files import as_json, as_pdf
from festival.privacy.forms import ContactForm, DeleteForm, RequestForm
from festival.privacy.holding import gather
from festival.privacy.leaving import delete_household
from festival.privacy.models import RequestKind
from festival.privacy.requests import OPEN_AT_ONCE, AskOutcome
from festival.programme.wards import wards_near
from festival.registration.contact import change_contact
from festival.registration.opening import opened

bp = Blueprint("my_data", __name__, url_prefix="/r/<secret>")

FILES = "60 per 10 minutes"
"""A PDF takes half a second of the server's time."""

WRITINGS = "60 per hour"


@bp.get("/data")
@limiter.limit("300 per 10 minutes")
def show(secret: str) -> ResponseReturnValue:
    """Everything that is held, in plain words, and what can be done about it."""
    registration = opened(secret)
    asked = requests.requests_of(registration)
    return render_template(
        "privacy/my_data.html",
        festival=registration.festival,
        registration=registration,
        secret=secret,
        held=gather(registration),
        words=words.FOR_PAGES,
        asked=[(each, clocks_of(each, today())) for each in asked],
    )


@bp.get("/data.json")
@limiter.limit(FILES)
def json_file(secret: str) -> ResponseReturnValue:
    """The same for machines."""
    body = as_json(gather(opened(secret)))
    name = _("our-data") + ".json"
    return send_file(io.BytesIO(body), "application/json", as_attachment=True, download_name=name)


@bp.get("/data.pdf")
@limiter.limit(FILES)
def pdf_file(secret: str) -> ResponseReturnValue:
    """The same on paper."""
    body = as_pdf(gather(opened(secret)))
    return send_file(io.BytesIO(body), "application/pdf", as_attachment=True, download_name=_("our-data") + ".pdf")


@bp.route("/data/contact", methods=["GET", "POST"])
@limiter.limit(WRITINGS, methods=["POST"])
def contact(secret: str) -> ResponseReturnValue:
    """Correct the contact person."""
    registration = opened(secret)
    form = ContactForm(
        name=registration.contact_name,
        phone=show_phone(registration.phone),
        email=registration.email,
        ward=registration.ward_code or "",
    )
    form.offer_wards(wards_near(registration.festival), registration.ward)
    if form.validate_on_submit():
        if registration.phone:
            form.demand_phone()
        if not form.errors:
            changed = change_contact(registration, form.contact())
            db.session.commit()
            if changed:
                wake_worker()
            flash(_("The change is saved."), "success")
            return redirect(url_for(".show", secret=secret), code=303)
    page = render_template(
        "privacy/contact.html", festival=registration.festival, registration=registration, secret=secret, form=form
    )
    return page, 422 if form.errors else 200


@bp.route("/data/request", methods=["GET", "POST"])
@limiter.limit(WRITINGS, methods=["POST"])
def request_form(secret: str) -> ResponseReturnValue:
    """Ask the organizer about one's data; the days that the law gives are said."""
    registration = opened(secret)
    form = RequestForm()
    form.offer_kinds()
    if form.validate_on_submit():
        settings: Settings = current_app.extensions["settings"]
        result = requests.ask(registration, RequestKind(form.kind.data), form.wish.data, settings.public_url)
        db.session.commit()
        if result.outcome is AskOutcome.TOO_MANY:
            flash(_("%(number)d of your requests wait for an answer already.", number=OPEN_AT_ONCE), "warning")
        else:
            wake_worker()
            flash(_("The organizer has your request. It stands below with the days."), "success")
        return redirect(url_for(".show", secret=secret), code=303)
    page = render_template(
        "privacy/request.html",
        festival=registration.festival,
        secret=secret,
        form=form,
        answered_within=ANSWERED_WITHIN,
        days=[(words.kind_title(kind), days) for kind, days in DONE_WITHIN.items()],
    )
    return page, 422 if form.errors else 200


@bp.route("/data/delete", methods=["GET", "POST"])
@limiter.limit(WRITINGS, methods=["POST"])
def delete(secret: str) -> ResponseReturnValue:
    """Delete everything, after saying what is lost."""
    registration = opened(secret)
    form = DeleteForm()
    if form.validate_on_submit():
        festival = registration.festival
        delete_household(registration)
        db.session.commit()
        wake_worker()
        flash(_("Everything about your family is deleted. This page's address no longer opens anything."), "success")
        if not festival.public:
            abort(410)
        return redirect(url_for("programme.home", festival=festival.slug), code=303)
    page = render_template(
        "privacy/delete.html", festival=registration.festival, registration=registration, secret=secret, form=form
    )
    return page, 422 if form.errors else 200
