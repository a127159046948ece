"""Checkpoints: new ones of every kind, changing and removing them, and what is done to many at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from festival.checkin import checkpoints
from festival.checkin.checkpoints import Made, Removal, Saving
from festival.checkin.forms import FORMS, ButtonForm, CheckpointForm, SessionForm
from festival.checkin.manage_views import bp, complain
from festival.checkin.models import Checkpoint, CheckpointKind
from festival.core.forms import choices
from festival.extensions import db
from festival.programme.models import Festival


@dataclass(frozen=True)
class Start:
    """What a new checkpoint begins as: its kind, the page's heading, and what the form offers."""

    kind: CheckpointKind
    title: LazyString
    offered: Mapping[str, Any] = field(default_factory=dict)


STARTS = {
    "entrance": Start(CheckpointKind.ENTRANCE, _l("New entrance")),
    "session": Start(CheckpointKind.SESSION, _l("Checkpoint of a session")),
    "booth": Start(CheckpointKind.BOOTH, _l("Checkpoint of a booth")),
    "volunteers": Start(CheckpointKind.VOLUNTEERS, _l("Volunteers"), {"name": _l("Volunteers' table")}),
    "meal": Start(CheckpointKind.CUSTOM, _l("Handing out a meal"), {"name": _l("Lunch"), "per": "person"}),
    "gift": Start(CheckpointKind.CUSTOM, _l("Handing out a gift"), {"name": _l("Gift"), "per": "household"}),
    "prize": Start(
        CheckpointKind.CUSTOM,
        _l("Handing out a prize for stamps"),
        {"name": _l("Prize"), "per": "person", "stock": 50, "stamps_needed": 5},
    ),
}
"""By the word in the address."""


@bp.get("/new")
def choose_new(festival: Festival) -> ResponseReturnValue:
    """What shall be scanned, counted or handed out?"""
    return render_template("checkin/manage_new.html", festival=festival, button=ButtonForm())


@bp.route("/new/<what>", methods=["GET", "POST"])
def new_checkpoint(festival: Festival, what: str) -> ResponseReturnValue:
    """A new checkpoint of one kind."""
    start = STARTS.get(what) or abort(404)
    form = FORMS[start.kind](data={name: _plain(value) for name, value in start.offered.items()})
    _offer_places(form, festival)
    checkpoint = Checkpoint(festival_id=festival.id, kind=start.kind)
    return _edit(festival, checkpoint, form, title=str(start.title))


def _plain(value: object) -> object:
    return str(value) if isinstance(value, LazyString) else value


def _offer_places(form: CheckpointForm | SessionForm, festival: Festival) -> None:
    """The sessions or booths that have no checkpoint yet."""
    if "session_id" in form:
        sessions = [
            (one.id, checkpoints.name_of_session(one, festival.id)) for one in checkpoints.sessions_without(festival)
        ]
        form["session_id"].choices = choices([(0, _("Choose a session")), *sessions])
    if "booth_id" in form:
        booths = [(one.id, checkpoints.name_of_booth(one)) for one in checkpoints.booths_without(festival)]
        form["booth_id"].choices = choices([(0, _("Choose a booth")), *booths])


@bp.route("/checkpoints/<int:checkpoint_id>", methods=["GET", "POST"])
def edit_checkpoint(festival: Festival, checkpoint_id: int) -> ResponseReturnValue:
    """A known checkpoint; its kind, session or booth stays."""
    checkpoint = checkpoints.find_checkpoint(festival, checkpoint_id) or abort(404)
    form = FORMS[checkpoint.kind](obj=checkpoint, data={"per": "household" if checkpoint.per_household else "person"})
    for place in ("session_id", "booth_id"):
        if place in form:
            del form[place]
    return _edit(festival, checkpoint, form, title=checkpoint.name)


def _edit(
    festival: Festival, checkpoint: Checkpoint, form: CheckpointForm | SessionForm, title: str
) -> ResponseReturnValue:
    is_new = checkpoint.id is None
    if form.validate_on_submit():
        saving = checkpoints.save(checkpoint, form.values())
        if saving is Saving.SAVED:
            db.session.commit()
            flash(_saved(checkpoint, is_new), "success")
            return redirect(url_for(".index", festival=festival.slug))
        _tell_refusal(saving, checkpoint, form)
    page = render_template(
        "checkin/manage_checkpoint.html",
        festival=festival,
        checkpoint=checkpoint,
        is_new=is_new,
        form=form,
        title=title,
        button=ButtonForm(),
    )
    return page, 422 if form.is_submitted() else 200


def _saved(checkpoint: Checkpoint, is_new: bool) -> str:
    if is_new:
        return str(_("%(name)s is ready. Now pair a phone for it.", name=checkpoint.name))
    return str(_("%(name)s is saved.", name=checkpoint.name))


def _tell_refusal(saving: Saving, checkpoint: Checkpoint, form: CheckpointForm | SessionForm) -> None:
    match saving:
        case Saving.STOCK_TOO_SMALL:
            taken = checkpoint.stock_taken
            words = ngettext(
                "%(num)d was given out already. The stock cannot be smaller.",
                "%(num)d were given out already. The stock cannot be smaller.",
                taken,
            )
            complain(form["stock"], words)
        case Saving.GIVEN_OUT:
            words = _("Something was given out already, so this can no longer change. Make another checkpoint instead.")
            complain(form["per"], words)
        case _:
            name = "session_id" if "session_id" in form else "booth_id"
            complain(form[name], _("There is a checkpoint for it already."))


@bp.post("/sessions")
def add_for_sessions(festival: Festival) -> ResponseReturnValue:
    """One checkpoint for each session."""
    made = checkpoints.add_for_sessions(festival)
    db.session.commit()
    return _tell_made(festival, made)


@bp.post("/booths")
def add_for_booths(festival: Festival) -> ResponseReturnValue:
    """One checkpoint for each booth."""
    made = checkpoints.add_for_booths(festival)
    db.session.commit()
    return _tell_made(festival, made)


def _tell_made(festival: Festival, made: Made) -> ResponseReturnValue:
    if made.new:
        flash(ngettext("%(num)d checkpoint is new.", "%(num)d checkpoints are new.", made.new), "success")
    if made.renamed:
        words = ngettext("%(num)d checkpoint has a new name.", "%(num)d checkpoints have a new name.", made.renamed)
        flash(words, "info")
    if not made.new and not made.renamed:
        flash(_("Nothing was missing."), "info")
    return redirect(url_for(".index", festival=festival.slug))


@bp.post("/walk-ins")
def allow_walk_ins(festival: Festival) -> ResponseReturnValue:
    """Walk-ins for all sessions (`allowed=y`), or for none."""
    form = ButtonForm()
    if not form.validate_on_submit():
        abort(400)
    allowed = request.form.get("allowed") == "y"
    checkpoints.allow_walk_ins(festival, allowed)
    db.session.commit()
    if allowed:
        flash(_("All sessions let people without a booking in while seats last."), "success")
    else:
        flash(_("No session lets people without a booking in."), "success")
    return redirect(url_for(".index", festival=festival.slug))


@bp.post("/checkpoints/<int:checkpoint_id>/remove")
def remove_checkpoint(festival: Festival, checkpoint_id: int) -> ResponseReturnValue:
    """Remove a checkpoint where nothing was scanned."""
    checkpoint = checkpoints.find_checkpoint(festival, checkpoint_id) or abort(404)
    name = checkpoint.name
    match checkpoints.remove(checkpoint):
        case Removal.REMOVED:
            db.session.commit()
            flash(_("%(name)s was removed.", name=name), "success")
        case Removal.HAS_SCANS:
            flash(_("%(name)s has scans and stays.", name=name), "warning")
        case Removal.HAS_PHONES:
            flash(_("A phone scans for %(name)s. Revoke that phone first.", name=name), "warning")
    return redirect(url_for(".index", festival=festival.slug))
