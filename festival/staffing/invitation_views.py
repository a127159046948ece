"""`/invitations/<secret>`: whoever is invited joins, once."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug import Response

from festival.accounts.models import Invitation
from festival.core.clock import now
from festival.extensions import db, limiter
from festival.programme.forms import ButtonForm
from festival.staffing import invitations
from festival.staffing.forms import ROLES, NewAccountForm
from festival.staffing.invitations import AcceptOutcome, InvitationState
from festival.staffing.people import with_festivals

bp = Blueprint("invitations", __name__, url_prefix="/invitations")
TRIES = "30 per 5 minutes"


@bp.route("/<secret>", methods=["GET", "POST"])
@limiter.limit(TRIES)
def join(secret: str) -> ResponseReturnValue:
    """What the invitation is to; a new person types name and password, an account confirms."""
    invitation = invitations.find_invitation(secret) or abort(404)
    if invitations.state_of(invitation, now()) is not InvitationState.OPEN:
        return _closed(invitation)
    if current_user.is_authenticated:
        return _join_signed_in(invitation)
    return _join_as_new(invitation, secret)


def _page(invitation: Invitation, **more: object) -> str:
    row = with_festivals([invitation])[0]
    return render_template("staffing/join.html", row=row, roles=dict(ROLES), **more)


def _closed(invitation: Invitation) -> ResponseReturnValue:
    return render_template("staffing/closed.html", state=invitations.state_of(invitation, now()).value), 410


def _join_signed_in(invitation: Invitation) -> ResponseReturnValue:
    if not invitations.is_theirs(invitation, current_user):
        return _page(invitation, other=True), 403
    form = ButtonForm()
    if not form.validate_on_submit():
        return _page(invitation, button=form)
    if invitations.accept(invitation, current_user) is AcceptOutcome.CLOSED:
        return _closed(invitation)
    return _joined(invitation, url_for("programme_manage.index"))


def _join_as_new(invitation: Invitation, secret: str) -> ResponseReturnValue:
    form = NewAccountForm(data={"name": invitation.name})
    where = with_festivals([invitation])[0].festival_name or ""
    form.about = (invitation.email, invitation.name, invitation.organization.name, where)
    known = False
    if form.validate_on_submit():
        match invitations.accept_as_new(invitation, form.name.data, form.password.data):
            case AcceptOutcome.DONE:
                return _joined(invitation, url_for("security.login"))
            case AcceptOutcome.CLOSED:
                return _closed(invitation)
            case _:
                known = True
    way = url_for("security.login", next=url_for(".join", secret=secret))
    return _page(invitation, form=form, known=known, sign_in=way), 422 if form.is_submitted() else 200


def _joined(invitation: Invitation, then: str) -> Response:
    db.session.commit()
    flash(_("Welcome! You now work for %(organization)s.", organization=invitation.organization.name), "success")
    return redirect(then, code=303)
