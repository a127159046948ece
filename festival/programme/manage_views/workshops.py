"""Workshops: what is taught."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.accounts.audit import values_of
from festival.core.paging import page_of
from festival.extensions import db
from festival.programme.editing import EditOutcome, save
from festival.programme.finding import workshops_of
from festival.programme.forms import ButtonForm, WorkshopForm
from festival.programme.manage_views import bp, complain, get_part
from festival.programme.manage_views.deleting import deletion
from festival.programme.manage_views.meeting import Editing
from festival.programme.models import Festival, Workshop


@bp.get("/<festival>/workshops")
def workshops(festival: Festival) -> ResponseReturnValue:
    """All workshops, with how often they are held."""
    words = request.args.get("q", "")
    page = page_of(workshops_of(festival, words), request.args.get("page"))
    return render_template("programme/manage/workshops.html", festival=festival, page=page, words=words)


@bp.route("/<festival>/workshops/new", methods=["GET", "POST"])
def workshop_new(festival: Festival) -> ResponseReturnValue:
    """A new workshop; the way goes on to its first session."""
    return _edit(festival, Workshop(festival_id=festival.id))


@bp.route("/<festival>/workshops/<int:workshop_id>", methods=["GET", "POST"])
def workshop_edit(festival: Festival, workshop_id: int) -> ResponseReturnValue:
    """A known workshop and its sessions."""
    return _edit(festival, get_part(festival, Workshop, workshop_id))


def _edit(festival: Festival, workshop: Workshop) -> ResponseReturnValue:
    is_new, form, editing = workshop.id is None, WorkshopForm(obj=workshop), Editing(workshop, values_of)
    if form.validate_on_submit() and (values := editing.agreed(form, form.values())) is not None:
        if save(workshop, values) is EditOutcome.SAVED:
            db.session.commit()
            flash(_("%(name)s is saved.", name=workshop.title), "success")
            if is_new:
                return redirect(url_for(".session_new", festival=festival.slug, workshop=workshop.id))
            return redirect(url_for(".workshops", festival=festival.slug))
        complain(form.title, _("There is already a workshop of this title for the same people."))
    page = render_template(
        "programme/manage/workshop.html",
        festival=festival,
        workshop=workshop,
        form=form,
        editing=editing,
        button=ButtonForm(),
    )
    return page, editing.status(form)


@bp.route("/<festival>/workshops/<int:workshop_id>/delete", methods=["GET", "POST"])
def workshop_delete(festival: Festival, workshop_id: int) -> ResponseReturnValue:
    """Delete a workshop that has no sessions, once its name is typed."""
    workshop = get_part(festival, Workshop, workshop_id)
    return deletion(festival, workshop, _("%(name)s has sessions. Delete those first.", name=workshop.title))
