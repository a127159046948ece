"""Booths: the stands of a festival."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.accounts.audit import values_of
from festival.core.forms import choices
from festival.core.paging import asked_id, page_of
from festival.extensions import db
from festival.programme.editing import EditOutcome, save
from festival.programme.finding import booths_of, zone_choices
from festival.programme.forms import BoothForm, ButtonForm
from festival.programme.manage_views import bp, complain, get_part
from festival.programme.manage_views.deleting import deletion
from festival.programme.manage_views.meeting import Editing
from festival.programme.models import Booth, Festival


@bp.get("/<festival>/booths")
def booths(festival: Festival) -> ResponseReturnValue:
    """All booths, to be searched and narrowed to a zone."""
    words, zone_id = request.args.get("q", ""), request.args.get("zone", type=asked_id)
    return render_template(
        "programme/manage/booths.html",
        festival=festival,
        page=page_of(booths_of(festival, words, zone_id), request.args.get("page")),
        words=words,
        zone_id=zone_id,
        zones=zone_choices(festival),
    )


@bp.route("/<festival>/booths/new", methods=["GET", "POST"])
def booth_new(festival: Festival) -> ResponseReturnValue:
    """A new booth."""
    return _edit(festival, Booth(festival_id=festival.id))


@bp.route("/<festival>/booths/<int:booth_id>", methods=["GET", "POST"])
def booth_edit(festival: Festival, booth_id: int) -> ResponseReturnValue:
    """A known booth."""
    return _edit(festival, get_part(festival, Booth, booth_id))


def _edit(festival: Festival, booth: Booth) -> ResponseReturnValue:
    form = BoothForm(obj=booth, zone_id=booth.zone_id or 0)
    form.zone_id.choices = choices([(0, _("No zone")), *zone_choices(festival)])
    editing = Editing(booth, lambda row: values_of(row) | {"zone_id": row.zone_id or 0})
    if form.validate_on_submit() and (values := editing.agreed(form, form.values())) is not None:
        if save(booth, values) is EditOutcome.SAVED:
            db.session.commit()
            flash(_("%(name)s is saved.", name=f"{booth.code} {booth.name}"), "success")
            return redirect(url_for(".booths", festival=festival.slug))
        complain(form.code, _("Another booth has the code %(code)s.", code=values.get("code", booth.code)))
    page = render_template(
        "programme/manage/booth.html",
        festival=festival,
        booth=booth,
        form=form,
        editing=editing,
        button=ButtonForm(),
    )
    return page, editing.status(form)


@bp.route("/<festival>/booths/<int:booth_id>/delete", methods=["GET", "POST"])
def booth_delete(festival: Festival, booth_id: int) -> ResponseReturnValue:
    """Delete a booth that nothing takes place at, once its name is typed."""
    booth = get_part(festival, Booth, booth_id)
    return deletion(
        festival,
        booth,
        _("%(name)s cannot be deleted: sessions or scans belong to it.", name=f"{booth.code} {booth.name}"),
    )
