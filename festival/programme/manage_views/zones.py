"""Zones: the parts of the venue."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.accounts.audit import values_of
from festival.core.paging import page_of
from festival.extensions import db
from festival.programme.editing import EditOutcome, save
from festival.programme.finding import booths_in, zones_of
from festival.programme.forms import ButtonForm, ZoneForm
from festival.programme.manage_views import bp, complain, get_part
from festival.programme.manage_views.deleting import deletion
from festival.programme.manage_views.meeting import Editing
from festival.programme.models import Festival, Zone


@bp.get("/<festival>/zones")
def zones(festival: Festival) -> ResponseReturnValue:
    """All zones, with how many booths they have."""
    words = request.args.get("q", "")
    page = page_of(zones_of(festival, words), request.args.get("page"))
    return render_template(
        "programme/manage/zones.html", festival=festival, page=page, words=words, booths=booths_in(page.rows)
    )


@bp.route("/<festival>/zones/new", methods=["GET", "POST"])
def zone_new(festival: Festival) -> ResponseReturnValue:
    """A new zone."""
    return _edit(festival, Zone(festival_id=festival.id, position=len(festival.zones)))


@bp.route("/<festival>/zones/<int:zone_id>", methods=["GET", "POST"])
def zone_edit(festival: Festival, zone_id: int) -> ResponseReturnValue:
    """A known zone."""
    return _edit(festival, get_part(festival, Zone, zone_id))


def _edit(festival: Festival, zone: Zone) -> ResponseReturnValue:
    form, editing = ZoneForm(data={"name": zone.name, "position": zone.position}), Editing(zone, values_of)
    typed = {"name": form.name.data, "position": form.position.data or 0}
    if form.validate_on_submit() and (values := editing.agreed(form, typed)) is not None:
        if save(zone, values) is EditOutcome.SAVED:
            db.session.commit()
            flash(_("%(name)s is saved.", name=zone.name), "success")
            return redirect(url_for(".zones", festival=festival.slug))
        complain(form.name, _("There is already a zone of this name."))
    page = render_template(
        "programme/manage/zone.html", festival=festival, zone=zone, form=form, editing=editing, button=ButtonForm()
    )
    return page, editing.status(form)


@bp.route("/<festival>/zones/<int:zone_id>/delete", methods=["GET", "POST"])
def zone_delete(festival: Festival, zone_id: int) -> ResponseReturnValue:
    """Delete a zone that has no booths, once its name is typed."""
    zone = get_part(festival, Zone, zone_id)
    return deletion(festival, zone, _("%(name)s has booths. Move them to another zone first.", name=zone.name))
