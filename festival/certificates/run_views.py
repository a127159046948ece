"""Issuing by a design: to all who qualify or to some of them, and how far the worker is."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from festival.certificates import listing, runs
from festival.certificates.designs import standard_design
from festival.certificates.forms import ButtonForm
from festival.certificates.issuing import take_turn, waiting_for
from festival.certificates.models import Design, IssueRun, RunState
from festival.core.paging import asked_id
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus

bp = Blueprint("certificate_runs", __name__, url_prefix="/manage/<festival>/certificates")

MOST_CHOSEN = 1_000


@bp.post("/standard")
def begin(festival: Festival) -> ResponseReturnValue:
    """The way to the certificate of participation of a festival that has no design yet."""
    if not ButtonForm().validate_on_submit():
        abort(400)
    take_turn(festival.id)
    design = standard_design(festival)
    db.session.commit()
    return redirect(url_for(".issue", festival=festival.slug, design_id=design.id), 303)


@bp.get("/designs/<int:design_id>/issue")
def issue(festival: Festival, design_id: int) -> ResponseReturnValue:
    """How many qualify and have none, all or some of whom are given one."""
    design = _design(festival, design_id)
    wanted, waiting = request.args.get("q", "")[:100], waiting_for(design)
    return render_template(
        "certificates/issue.html",
        festival=festival,
        design=design,
        waiting=len(waiting),
        page=listing.page_of_holders(design, waiting, wanted, request.args.get("page")),
        wanted=wanted,
        form=ButtonForm(),
        going_on=[run for run in listing.last_runs(festival) if run.state in (RunState.WAITING, RunState.RUNNING)],
    )


@bp.post("/designs/<int:design_id>/issue")
def start(festival: Festival, design_id: int) -> ResponseReturnValue:
    """Let the worker issue to all who qualify, or to those who were chosen."""
    design = _design(festival, design_id)
    if not ButtonForm().validate_on_submit():
        abort(400)
    chosen = None if request.form.get("who") == "all" else _chosen()
    if chosen is not None and not chosen:
        flash(_("Choose at least one first."), "warning")
        return redirect(url_for(".issue", festival=festival.slug, design_id=design.id), 303)
    run = runs.ask(design, current_user, chosen)
    db.session.commit()
    current_app.extensions["issue_certificates"]()
    return redirect(url_for(".run", festival=festival.slug, run_id=run.id), 303)


@bp.get("/runs/<int:run_id>")
def run(festival: Festival, run_id: int) -> ResponseReturnValue:
    """How far it is."""
    return render_template("certificates/run.html", festival=festival, run=_run(festival, run_id), form=ButtonForm())


@bp.post("/runs/<int:run_id>")
def again(festival: Festival, run_id: int) -> ResponseReturnValue:
    """Let a run that stopped go on."""
    found = _run(festival, run_id)
    if not ButtonForm().validate_on_submit():
        abort(400)
    runs.ask_again(found)
    db.session.commit()
    current_app.extensions["issue_certificates"]()
    return redirect(url_for(".run", festival=festival.slug, run_id=found.id), 303)


def _chosen() -> list[int]:
    try:
        return [asked_id(each) for each in request.form.getlist("holder")[:MOST_CHOSEN]]
    except ValueError:
        abort(400)


def _design(festival: Festival, design_id: int) -> Design:
    design = listing.find_design(festival, design_id) or abort(404)
    if design.archived_at is not None or festival.status is FestivalStatus.ARCHIVED:
        abort(410)
    return design


def _run(festival: Festival, run_id: int) -> IssueRun:
    return listing.find_run(festival, run_id) or abort(404)
