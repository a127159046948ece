"""`/manage/people`: owners see who works for their organizations, invite, and end roles."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from festival.accounts.idle import IDLE_AFTER, let_in_again
from festival.accounts.models import Invitation, Membership, Organization, StaffRole
from festival.core.clock import now
from festival.core.forms import choices
from festival.core.paging import Page, page_of
from festival.extensions import db
from festival.programme.forms import ButtonForm
from festival.programme.models import Festival
from festival.staffing import invitations
from festival.staffing.forms import ROLES, InviteForm
from festival.staffing.people import end_role, invitations_in, memberships_in, owned_by, with_festivals

bp = Blueprint("people", __name__, url_prefix="/manage/people")


@bp.get("")
def index() -> ResponseReturnValue:
    """Who works where, with which role."""
    words = request.args.get("q", "")
    page = page_of(memberships_in(owned_by(current_user), words), request.args.get("page"))
    rows = Page(with_festivals(page.rows), page.number, page.total, page.size)
    return render_template(
        "staffing/people.html", page=rows, words=words, roles=dict(ROLES), idle_before=now() - IDLE_AFTER
    )


@bp.get("/invitations")
def invited() -> ResponseReturnValue:
    """The invitations that wait."""
    page = page_of(invitations_in(owned_by(current_user)), request.args.get("page"))
    rows = Page(with_festivals(page.rows), page.number, page.total, page.size)
    return render_template("staffing/invited.html", page=rows, roles=dict(ROLES), at=now())


def _places() -> dict[str, tuple[Organization, Festival | None, str]]:
    """What one can be invited to, by the value of the form's choice: an organization, or one of its festivals."""
    owned = owned_by(current_user)
    organizations = db.session.scalars(
        select(Organization).where(Organization.id.in_(owned)).order_by(Organization.name, Organization.id)
    ).all()
    festivals = db.session.scalars(
        select(Festival).where(Festival.organization_id.in_(owned)).order_by(Festival.first_day.desc(), Festival.id)
    ).all()
    places: dict[str, tuple[Organization, Festival | None, str]] = {}
    for one in organizations:
        places[f"o{one.id}"] = (one, None, _("%(organization)s: all festivals", organization=one.name))
        for each in festivals:
            if each.organization_id == one.id:
                words = _("%(organization)s: only %(festival)s", organization=one.name, festival=each.name)
                places[f"f{each.id}"] = (one, each, words)
    return places


@bp.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """Invite somebody; the link is shown once."""
    places = _places()
    form = InviteForm()
    form.role.choices = choices(ROLES)
    form.place.choices = choices([(key, words) for key, (_one, _festival, words) in places.items()])
    if form.validate_on_submit():
        organization, festival, _words = places[form.place.data]
        made, secret = invitations.invite(
            organization, festival, StaffRole(form.role.data), form.email.data, form.name.data, current_user.id
        )
        db.session.commit()
        return _show(made, secret)
    return render_template("staffing/invite.html", form=form), 422 if form.is_submitted() else 200


def _show(invitation: Invitation, secret: str) -> ResponseReturnValue:
    return render_template(
        "staffing/link.html",
        row=with_festivals([invitation])[0],
        address=invitations.address_of(secret),
        roles=dict(ROLES),
    )


def _own_invitation(invitation_id: int) -> Invitation:
    found = db.session.get(Invitation, invitation_id)
    return found if found and found.organization_id in owned_by(current_user) else abort(404)


@bp.post("/invitations/<int:invitation_id>/withdraw")
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Let an invitation work no more."""
    invitation = _own_invitation(invitation_id)
    if invitations.withdraw(invitation):
        db.session.commit()
        flash(_("The invitation of %(email)s is withdrawn.", email=invitation.email), "success")
    else:
        flash(_("This invitation was used or withdrawn already."), "info")
    return redirect(url_for(".invited"), code=303)


@bp.post("/invitations/<int:invitation_id>/anew")
def anew(invitation_id: int) -> ResponseReturnValue:
    """A new link; the old one works no more."""
    made = invitations.invite_anew(_own_invitation(invitation_id), current_user.id)
    if made is None:
        flash(_("This invitation was used or withdrawn already."), "info")
        return redirect(url_for(".invited"), code=303)
    db.session.commit()
    return _show(*made)


@bp.post("/<int:membership_id>/let-in")
def let_in(membership_id: int) -> ResponseReturnValue:
    """Open an account that was idle for too long."""
    membership = db.session.get(Membership, membership_id)
    if membership is None or membership.organization_id not in owned_by(current_user):
        abort(404)
    let_in_again(membership.user, membership.organization.name)
    db.session.commit()
    flash(_("%(name)s can sign in again.", name=membership.user.name or membership.user.email), "success")
    return redirect(url_for(".index"), code=303)


@bp.route("/<int:membership_id>/end", methods=["GET", "POST"])
def end(membership_id: int) -> ResponseReturnValue:
    """Ask, then end the role."""
    membership = db.session.get(Membership, membership_id)
    if membership is None or membership.organization_id not in owned_by(current_user):
        abort(404)
    form = ButtonForm()
    if form.validate_on_submit():
        name, organization = membership.user.name or membership.user.email, membership.organization.name
        if end_role(membership):
            db.session.commit()
            flash(
                _("%(name)s no longer has this role at %(organization)s.", name=name, organization=organization),
                "success",
            )
        else:
            db.session.rollback()
            flash(_("%(name)s is the last owner. Please invite another owner first.", name=name), "error")
        return redirect(url_for(".index"), code=303)
    row = with_festivals([membership])[0]
    return render_template("staffing/end.html", row=row, form=form, roles=dict(ROLES))
