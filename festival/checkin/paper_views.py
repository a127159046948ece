"""`/manage/<festival>/door/paper`: the lists to print, and typing them in after they were ticked."""

from __future__ import annotations

import hashlib
from datetime import date

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from festival.accounts.audit import record
from festival.checkin import checkpoints, paper, typed_sheet
from festival.checkin.desk_forms import SheetForm
from festival.checkin.list_pages import page_of_list
from festival.checkin.models import CheckpointKind
from festival.checkin.typed_sheet import MAX_LINES, RecordedLine, RecordOutcome, SheetPlace, SheetProblem, TypedLine
from festival.core.clock import local, now, today
from festival.core.forms import choices
from festival.core.paging import asked_id
from festival.core.text import fold
from festival.extensions import db
from festival.programme.models import Festival
from festival.templating import day as show_day
from festival.templating import weekday

bp = Blueprint("checkin_paper", __name__, url_prefix="/manage/<festival>/door/paper")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """How the paper way works, and the checkpoints whose lists can be printed."""
    wanted = request.args.get("q", "")[:100]
    every = checkpoints.sorted_checkpoints(festival)
    found = [one for one in every if fold(wanted) in fold(one.name)]
    page = page_of_list(found, request.args.get("page"), list)
    return render_template(
        "checkin/paper_index.html", festival=festival, page=page, wanted=wanted, many=len(every) > 10
    )


@bp.get("/<int:checkpoint_id>")
def door_list(festival: Festival, checkpoint_id: int) -> ResponseReturnValue:
    """The list of one checkpoint, ready to be printed; that it was made is in the audit log."""
    place = checkpoints.find_checkpoint(festival, checkpoint_id) or abort(404)
    everybody = place.kind is CheckpointKind.SESSION and request.args.get("everybody") == "1"
    made = paper.door_list(festival, place, now(), everybody=everybody)
    db.session.commit()  # SQLite cannot make a writer of a reader whom another writer has overtaken
    record(
        "door_list.printed",
        place.name,
        festival_id=festival.id,
        after={"people": made.people, "pages": len(made.sheets)},
    )
    db.session.commit()
    return render_template("checkin/paper_list.html", festival=festival, place=place, made=made, everybody=everybody)


@bp.get("/type")
def type_in(festival: Festival) -> ResponseReturnValue:
    """An empty sheet to type in; `checkpoint` in the address chooses one."""
    form = _form(festival)
    try:
        chosen = asked_id(request.args.get("checkpoint", ""))
    except ValueError:
        chosen = 0
    if chosen in {one.value for one in form.checkpoint.choices}:
        form.checkpoint.data = chosen
    days = [one.value for one in form.day.choices]
    form.day.data = _likely_day(festival, chosen, days)
    return _page(festival, form)


@bp.post("/type")
def check_or_record(festival: Festival) -> ResponseReturnValue:
    """Show what was understood. Record it when exactly this has been shown, and only what nothing is wrong with."""
    form = _form(festival)
    if not form.validate_on_submit():
        return _page(festival, form, status=422)
    place = SheetPlace(
        checkpoints.find_checkpoint(festival, form.checkpoint.data) or abort(404),
        form.direction.data,
        date.fromisoformat(form.day.data),
    )
    if problem := typed_sheet.find_problem(place, form.lines.data):
        _tell(form, place, problem)
        return _page(festival, form, status=422)
    at = now()
    lines = typed_sheet.read_sheet(place, form.lines.data, at)
    seen = _mark(form)
    if request.form.get("go") != "record" or form.checked.data != seen:
        changed = request.form.get("go") == "record"
        form.checked.data = seen
        return _page(festival, form, lines, changed=changed)
    recorded = typed_sheet.record_sheet(festival, place, lines, at, current_user.id)
    new = sum(one.outcome is RecordOutcome.RECORDED for one in recorded)
    if new:
        record(
            "door_list.typed",
            place.checkpoint.name,
            festival_id=festival.id,
            after={"recorded": new, "direction": place.direction, "day": place.day.isoformat()},
        )
    db.session.commit()
    form.lines.data = "\n".join(line.again for line in lines if line.problem is not None)
    form.checked.data = ""
    return _page(festival, form, [line for line in lines if line.problem is not None], recorded=recorded)


def _form(festival: Festival) -> SheetForm:
    form = SheetForm()
    form.checkpoint.choices = choices((one.id, one.name) for one in checkpoints.sorted_checkpoints(festival))
    past = [one for one in festival.days if one <= today()]
    form.day.choices = choices((one.isoformat(), f"{weekday(one)}, {show_day(one)}") for one in past)
    return form


def _likely_day(festival: Festival, checkpoint_id: int, days: list[str]) -> str | None:
    """The day of the checkpoint's session, or the latest one that has begun."""
    place = checkpoints.find_checkpoint(festival, checkpoint_id) if checkpoint_id else None
    if place is not None and place.session is not None:
        own = local(place.session.starts_at).date().isoformat()
        if own in days:
            return own
    return days[-1] if days else None


def _tell(form: SheetForm, place: SheetPlace, problem: SheetProblem) -> None:
    """Put what stands against the sheet at the field that can mend it."""
    match problem:
        case SheetProblem.TOO_MANY:
            form.lines.errors = [_("At most %(most)d lines at once: type the rest afterwards.", most=MAX_LINES)]
        case SheetProblem.OTHER_DAY:
            own = place.checkpoint.session.starts_at if place.checkpoint.session else now()
            form.day.errors = [_("This session takes place on %(day)s.", day=show_day(own))]
        case SheetProblem.NO_WAY_OUT:
            form.direction.errors = [_("Nobody is counted going out here.")]


def _mark(form: SheetForm) -> str:
    """Says whether a sheet is the one that was shown; no secret, everything is checked again anyway."""
    typed = "\0".join((str(form.checkpoint.data), form.direction.data, form.day.data, form.lines.data))
    return hashlib.sha256(typed.encode()).hexdigest()[:32]


def _page(
    festival: Festival,
    form: SheetForm,
    lines: list[TypedLine] | None = None,
    recorded: list[RecordedLine] | None = None,
    *,
    changed: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "checkin/paper_type.html",
        festival=festival,
        form=form,
        lines=lines,
        good=[line for line in lines or () if line.problem is None],
        recorded=recorded,
        changed=changed,
        begun=bool(form.day.choices),
    )
    return page, status
