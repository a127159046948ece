"""`/manage/organizations`: owners see the tree below them, add to it, and correct it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from festival.accounts.models import Organization
from festival.core.paging import Page, page_of_list
from festival.extensions import db
from festival.staffing.forms import ORGANIZATION_KINDS, OrganizationForm
from festival.staffing.organizations import add_below, edit, tree_of, with_counts
from festival.staffing.people import owned_by

bp = Blueprint("organizations", __name__, url_prefix="/manage/organizations")


@bp.get("")
def index() -> ResponseReturnValue:
    """What one owns, and all below it."""
    words = request.args.get("q", "")
    page = page_of_list(tree_of(owned_by(current_user), words), request.args.get("page"))
    rows = Page(with_counts(page.rows), page.number, page.total, page.size)
    return render_template("staffing/organizations.html", page=rows, words=words, kinds=dict(ORGANIZATION_KINDS))


def _owned(organization_id: int) -> Organization:
    """One of the own tree; any other is not told from one that does not exist."""
    found = db.session.get(Organization, organization_id)
    return found if found and found.id in owned_by(current_user) else abort(404)


@bp.route("/<int:organization_id>/new", methods=["GET", "POST"])
def new(organization_id: int) -> ResponseReturnValue:
    """One more below that one."""
    above, form = _owned(organization_id), OrganizationForm()
    if form.validate_on_submit():
        added = add_below(above, form.values())
        db.session.commit()
        flash(_("%(name)s is added. Now you can invite its owner.", name=added.name), "success")
        return redirect(url_for(".index"), code=303)
    return render_template("staffing/organization.html", form=form, above=above), 422 if form.is_submitted() else 200


@bp.route("/<int:organization_id>", methods=["GET", "POST"])
def change(organization_id: int) -> ResponseReturnValue:
    """Name, kind and ward of one."""
    organization = _owned(organization_id)
    name = organization.name
    form = OrganizationForm(
        data={"name": name, "kind": organization.kind.value, "ward_code": organization.ward_code or ""}
    )
    if form.validate_on_submit():
        edit(organization, form.values())
        db.session.commit()
        flash(_("%(name)s is saved.", name=organization.name), "success")
        return redirect(url_for(".index"), code=303)
    return render_template("staffing/organization.html", form=form, name=name), 422 if form.is_submitted() else 200
