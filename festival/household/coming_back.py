"""`/<festival>/my-tickets`: a family that lost its link finds its page again; and a household that renews its link."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from festival.config import Settings
from festival.core.secrets import seal
from festival.extensions import db, limiter
from festival.household import asking
from festival.household.forms import ConfirmForm, FindForm, SendLinkForm
from festival.messages.outbox import wake_worker
from festival.programme.models import Festival
from festival.registration import coming_back, notices
from festival.registration.links import secret_of
from festival.registration.opening import opened

bp = Blueprint("coming_back", __name__)


@bp.route("/<festival>/my-tickets", methods=["GET", "POST"])
def find(festival: Festival) -> ResponseReturnValue:
    """By phone number and a ticket's code to the household's page; or the link sent once more."""
    find_form, send_form = FindForm(prefix="find"), SendLinkForm(prefix="send")
    go = request.form.get("go", "")
    if go == "open" and find_form.validate_on_submit():
        return _open(festival, find_form, send_form)
    if go == "send" and send_form.validate_on_submit():
        return _send(festival, send_form)
    return _page(festival, find_form, send_form), 422 if find_form.errors or send_form.errors else 200


def _page(festival: Festival, find_form: FindForm, send_form: SendLinkForm) -> str:
    settings: Settings = current_app.extensions["settings"]
    return render_template(
        "household/my_tickets.html",
        festival=festival,
        find_form=find_form,
        send_form=send_form,
        form=send_form if send_form.errors else find_form,
        sends=bool(settings.smtp_url or settings.sms.gateway),
    )


def _open(festival: Festival, find_form: FindForm, send_form: SendLinkForm) -> ResponseReturnValue:
    if not asking.address_may(asking.TRIES_OF_AN_ADDRESS):
        abort(429)
    if not asking.may_ask_for(asking.TRIES_FOR_A_NUMBER, find_form.phone.data):
        find_form.phone.errors = [_("Too many tries for this number. Wait an hour, or have the link sent to you.")]
        return _page(festival, find_form, send_form), 429
    registration = coming_back.find_household(festival, find_form.phone.data, find_form.code.data)
    if registration is None:
        find_form.code.errors = [
            _(
                "We find no ticket with this code and this phone number. Look at both once more: it is the number "
                "given when registering."
            )
        ]
        return _page(festival, find_form, send_form), 422
    coming_back.mark_confirmed(registration)
    db.session.commit()
    return redirect(url_for("household.show", secret=secret_of(registration)), code=303)


def _send(festival: Festival, send_form: SendLinkForm) -> ResponseReturnValue:
    """The same words and the same work here, whoever asks; the worker looks whether there is somebody to send to."""
    if not asking.address_may(asking.SENDINGS_OF_AN_ADDRESS):
        abort(429)
    if asking.may_ask_for(asking.SENDINGS_TO_A_CONTACT, send_form.contact.data):
        current_app.extensions["send_links"](festival.id, seal(send_form.contact.data.encode()).decode())
    flash(
        _("If this number or address is registered, the link will arrive by e-mail or text message in a few minutes."),
        "success",
    )
    return redirect(url_for(".find", festival=festival.slug), code=303)


@bp.route("/r/<secret>/renew", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
def renew(secret: str) -> ResponseReturnValue:
    """A new link for the household, asked once more; the old one ends."""
    registration = opened(secret)
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render_template(
            "household/renew.html", festival=registration.festival, registration=registration, secret=secret, form=form
        )
    if not coming_back.renew_link(registration):
        db.session.rollback()
        abort(410)
    with force_locale(registration.language):
        what = _("Your family's link is a new one: it is below. The old link no longer opens anything.")
    notices.changed(registration, what)
    db.session.commit()
    wake_worker()
    flash(_("This is your new link. Save this page's address; the old one no longer works."), "success")
    return redirect(url_for("household.show", secret=secret_of(registration)), code=303)
