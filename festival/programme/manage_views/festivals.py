"""Festivals: the list, a new one, its facts, publishing."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select

from festival.accounts.models import Organization
from festival.accounts.policy import ORGANIZER, organizations_of, single_festivals_of
from festival.core.forms import choices
from festival.core.paging import page_of
from festival.extensions import db
from festival.programme.editing import EditOutcome, save_festival
from festival.programme.festival_forms import EditFestivalForm, NewFestivalForm, shown_festival
from festival.programme.finding import festivals_of
from festival.programme.forms import ButtonForm
from festival.programme.manage_views import bp, complain
from festival.programme.manage_views.meeting import Editing
from festival.programme.models import Festival, FestivalStatus
from festival.programme.reading import FestivalFacts
from festival.programme.setting_up import (
    USUAL_HOURS,
    PublishOutcome,
    checklist,
    make_festival,
    next_tenth_of_october,
)
from festival.programme.setting_up import publish as publish_festival
from festival.programme.setting_up import unpublish as unpublish_festival
from festival.programme.wards import ensure_wards


def own_organizations() -> list[tuple[int, str]]:
    """The organizations in which the signed-in person may make festivals, to choose from."""
    ids = organizations_of(current_user, ORGANIZER)
    query = select(Organization.id, Organization.name).where(Organization.id.in_(ids)).order_by(Organization.name)
    return [(row.id, row.name) for row in db.session.execute(query)]


@bp.get("/")
def index() -> ResponseReturnValue:
    """The festivals the signed-in person works for."""
    words = request.args.get("q", "")
    query = festivals_of(organizations_of(current_user), words, single_festivals_of(current_user))
    page = page_of(query, request.args.get("page"), size=20)
    return render_template("programme/manage/index.html", page=page, words=words)


@bp.route("/new", methods=["GET", "POST"])
def new_festival() -> ResponseReturnValue:
    """A new festival, typed in; the next 10 October is offered."""
    own = own_organizations()
    home = db.session.get(Organization, own[0][0]) or abort(403)
    form = NewFestivalForm(
        data={
            "organization_id": home.id,
            "organizer_name": home.name,
            "ward_code": home.ward_code,
            "first_day": next_tenth_of_october(),
            "opens_at": USUAL_HOURS[0],
            "closes_at": USUAL_HOURS[1],
        }
    )
    form.organization_id.choices = choices(own)
    if form.is_submitted():
        ensure_wards()
    if form.validate_on_submit():
        organization = db.session.get(Organization, form.organization_id.data) or abort(403)
        festival = make_festival(organization, FestivalFacts(**form.values()))
        db.session.commit()
        flash(_("%(name)s is there, as a draft only you can see. Now fill it.", name=festival.name), "success")
        return redirect(url_for(".publish", festival=festival.slug))
    page = render_template("programme/manage/new_festival.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/<festival>/edit", methods=["GET", "POST"])
def edit_festival(festival: Festival) -> ResponseReturnValue:
    """The festival's facts."""
    form = EditFestivalForm(data=shown_festival(festival))
    form.festival = festival
    if festival.status is not FestivalStatus.DRAFT:
        del form.slug
    editing = Editing(festival, shown_festival)
    if form.validate_on_submit() and (values := editing.agreed(form, form.values())) is not None:
        match save_festival(festival, values):
            case EditOutcome.SAVED:
                db.session.commit()
                flash(_("%(name)s is saved.", name=festival.name), "success")
                return redirect(url_for(".edit_festival", festival=festival.slug))
            case EditOutcome.TOO_SMALL:
                words = _("%(taken)s people are registered already.", taken=festival.places_taken)
                complain(form.capacity, words)
            case _:
                complain(form.slug, _("Another festival has this short name."))
    page = render_template("programme/manage/festival.html", festival=festival, form=form, editing=editing)
    return page, editing.status(form)


@bp.route("/<festival>/publish", methods=["GET", "POST"])
def publish(festival: Festival) -> ResponseReturnValue:
    """The checklist; the button below it shows the festival to everybody."""
    form = ButtonForm()
    if form.validate_on_submit():
        match publish_festival(festival):
            case PublishOutcome.DONE:
                db.session.commit()
                flash(_("%(name)s is published. Residents can see it and register.", name=festival.name), "success")
            case PublishOutcome.INCOMPLETE:
                flash(_("Not published yet: something needed is still missing."), "error")
            case _:
                flash(_("It is published already."), "info")
        return redirect(url_for(".publish", festival=festival.slug))
    return render_template("programme/manage/publish.html", festival=festival, checks=checklist(festival), button=form)


@bp.post("/<festival>/unpublish")
def unpublish(festival: Festival) -> ResponseReturnValue:
    """Make the festival a draft again."""
    match unpublish_festival(festival):
        case PublishOutcome.DONE:
            db.session.commit()
            flash(_("%(name)s is a draft again; only you can see it.", name=festival.name), "success")
        case PublishOutcome.PEOPLE_REGISTERED:
            flash(
                _("People have registered and need this page. Close the registration instead, below “Festival”."),
                "error",
            )
        case _:
            flash(_("It is not published."), "info")
    return redirect(url_for(".publish", festival=festival.slug))
