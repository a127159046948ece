"""`/manage/<festival>/floods`: what looks like a scripted flood, and releasing it with one press."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from festival.core.paging import asked_id
from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.forms import ButtonForm
from festival.programme.models import Festival
from festival.reports import floods

bp = Blueprint("floods", __name__, url_prefix="/manage/<festival>/floods")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """All clusters of registrations that nobody has come back to."""
    return render_template(
        "reports/floods.html", festival=festival, clusters=floods.find_clusters(festival), form=ButtonForm()
    )


@bp.get("/<int:first_id>")
def show(festival: Festival, first_id: int) -> ResponseReturnValue:
    """One cluster, name by name: tick who is real."""
    cluster = floods.find_cluster(festival, first_id) or abort(404)
    return render_template("reports/flood.html", festival=festival, cluster=cluster, form=ButtonForm())


@bp.post("/<int:first_id>")
def release(festival: Festival, first_id: int) -> ResponseReturnValue:
    """Release the cluster without those that were ticked, as far as it was shown."""
    cluster = floods.find_cluster(festival, first_id)
    if cluster is None:
        flash(_("There is nothing to release any more."), "info")
        return redirect(url_for(".index", festival=festival.slug), code=303)
    form = ButtonForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        up_to = asked_id(request.form.get("up_to", ""))
        keep = {asked_id(text) for text in request.form.getlist("keep")[:5_000]}
    except ValueError:
        abort(400)
    released = floods.release(festival, cluster, keep, up_to)
    db.session.commit()
    wake_worker()
    flash(
        ngettext(
            "%(num)d registration was released: %(people)s places and %(seats)s seats are free again.",
            "%(num)d registrations were released: %(people)s places and %(seats)s seats are free again.",
            len(released.registrations),
            people=released.people,
            seats=released.seats,
        ),
        "success",
    )
    return redirect(url_for(".index", festival=festival.slug), code=303)
