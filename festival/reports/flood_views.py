"""`/manage/<festival>/floods`: what looks like a scripted flood, releasing it when asked twice, and undoing that."""

from __future__ import annotations

import hashlib

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from festival.core.paging import asked_id
from festival.extensions import db
from festival.messages.outbox import wake_worker
from festival.programme.forms import ButtonForm
from festival.programme.models import Festival
from festival.registration.releasing import ToRelease
from festival.registration.restoring import UNDONE_WITHIN, Restored, undoable
from festival.reports import floods

bp = Blueprint("floods", __name__, url_prefix="/manage/<festival>/floods")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """All clusters of registrations that nobody has come back to, and the releases that can still be undone."""
    return render_template(
        "reports/floods.html",
        festival=festival,
        clusters=floods.find_clusters(festival),
        releases=[(one, one.at + UNDONE_WITHIN) for one in undoable(festival)],
        form=ButtonForm(),
    )


@bp.get("/<int:first_id>")
def show(festival: Festival, first_id: int) -> ResponseReturnValue:
    """One cluster, name by name: tick who is real."""
    cluster = floods.find_cluster(festival, first_id) or abort(404)
    return render_template("reports/flood.html", festival=festival, cluster=cluster, form=ButtonForm())


@bp.post("/<int:first_id>")
def release(festival: Festival, first_id: int) -> ResponseReturnValue:
    """Say exactly what would be released: the cluster without those that were ticked, as far as it was shown. When just
    this has been seen, release it."""
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
    chosen = floods.preview(festival, cluster, keep, up_to)
    if not chosen.registrations:
        flash(_("There is nothing to release any more."), "info")
        return redirect(url_for(".index", festival=festival.slug), code=303)
    seen, shown = request.form.get("seen", ""), _mark(chosen)
    if seen != shown:
        return render_template(
            "reports/flood_release.html",
            festival=festival,
            cluster=cluster,
            chosen=chosen,
            suspects=[one for one in cluster.suspects if one.id in set(chosen.registrations)],
            up_to=up_to,
            keep=sorted(keep),
            seen=shown,
            changed=bool(seen),
            minutes=int(UNDONE_WITHIN.total_seconds() // 60),
            form=form,
        )
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


def _mark(chosen: ToRelease) -> str:
    """Stands for exactly these households with all that they hold."""
    held = f"{chosen.registrations} {chosen.people} {chosen.seats} {chosen.waiting}"
    return hashlib.sha256(held.encode()).hexdigest()[:32]


@bp.post("/releases/<int:release_id>/undo")
def undo(festival: Festival, release_id: int) -> ResponseReturnValue:
    """Take a release back, as far as places and seats are still free."""
    if not ButtonForm().validate_on_submit():
        abort(400)
    restored = floods.undo(festival, release_id)
    db.session.commit()
    if restored is None:
        flash(_("This release cannot be undone any more."), "warning")
    elif not (restored.households or restored.left):
        flash(_("There is nothing to undo any more."), "info")
    else:
        wake_worker()
        _say(restored)
    return redirect(url_for(".index", festival=festival.slug), code=303)


def _say(restored: Restored) -> None:
    words = [
        ngettext(
            "%(num)d registration counts again, with %(seats)s seats.",
            "%(num)d registrations count again, with %(seats)s seats.",
            restored.households,
            seats=restored.seats,
        )
    ]
    if restored.waiting:
        words.append(
            ngettext(
                "%(num)d place stands in a waiting list, because the seat is gone or was not there before.",
                "%(num)d places stand in waiting lists, because the seats are gone or were not there before.",
                restored.waiting,
            )
        )
    if restored.left:
        words.append(
            ngettext(
                "%(num)d registration stays cancelled: there is no room for it any more.",
                "%(num)d registrations stay cancelled: there is no room for them any more.",
                restored.left,
            )
        )
    flash(" ".join(words), "warning" if restored.left else "success")
