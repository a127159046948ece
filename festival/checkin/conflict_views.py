"""`/manage/<festival>/door/conflicts`: who came in twice, doubtful entries, a person's history, taking back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user

from festival.accounts.audit import record
from festival.checkin import checkpoints, conflicts, undoing
from festival.checkin.desk_forms import UndoForm
from festival.checkin.list_pages import page_of_list
from festival.checkin.models import Checkpoint, Device, Scan
from festival.checkin.undoing import UndoOutcome
from festival.core.clock import now
from festival.core.paging import Page, asked_id, page_of
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee

NOBODY = "–"
"""Whose scan it was, in the audit log, when nobody knows."""

bp = Blueprint("checkin_conflicts", __name__, url_prefix="/manage/<festival>/door/conflicts")


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """Who came in twice, or with `show=doubtful` whom the server would have refused; at one checkpoint or at all."""
    place = _asked_place(festival)
    place_id = place.id if place else None
    pairs = conflicts.find_pairs(festival, place_id)
    doubtful = db.session.scalars(conflicts.doubtful_scans(festival, place_id)).all()
    show = "doubtful" if request.args.get("show") == "doubtful" else ""
    asked = request.args.get("page")
    page: Page[Any] = (
        page_of_list(doubtful, asked, conflicts.describe_doubtful)
        if show
        else page_of_list(pairs, asked, conflicts.describe)
    )
    return render_template(
        "checkin/conflicts.html",
        festival=festival,
        show=show,
        page=page,
        conflicts=len(pairs),
        doubtful=len(doubtful),
        places=[(str(one.id), one.name) for one in checkpoints.sorted_checkpoints(festival)],
        place=place,
    )


def _asked_place(festival: Festival) -> Checkpoint | None:
    try:
        return checkpoints.find_checkpoint(festival, asked_id(request.args.get("checkpoint", "")))
    except ValueError:
        return None


@bp.get("/people/<int:attendee_id>")
def history(festival: Festival, attendee_id: int) -> ResponseReturnValue:
    """All scans of one person."""
    attendee = conflicts.find_attendee(festival, attendee_id) or abort(404)
    page = page_of(conflicts.history_of(attendee), request.args.get("page"))
    return render_template(
        "checkin/history.html",
        festival=festival,
        attendee=attendee,
        page=page,
        doors=_names(Device, {scan.device_id for scan in page.rows}),
        places=_names(Checkpoint, {scan.checkpoint_id for scan in page.rows}),
        clock_said=conflicts.clock_said,
    )


def _names(kind: type[Device] | type[Checkpoint], ids: set[int | None]) -> dict[int, str]:
    rows = db.session.query(kind.id, kind.name).filter(kind.id.in_([one for one in ids if one is not None]))
    return {row.id: row.name for row in rows}


@bp.get("/scans/<uuid:scan_id>/undo")
def ask_undo(festival: Festival, scan_id: UUID) -> ResponseReturnValue:
    """Ask why, and for a confirmation."""
    return _undo_page(festival, _scan(festival, scan_id), UndoForm())


@bp.post("/scans/<uuid:scan_id>/undo")
def undo(festival: Festival, scan_id: UUID) -> ResponseReturnValue:
    """Take the scan back: as if the person had not come in, or not gone out, here and then."""
    scan = _scan(festival, scan_id)
    form = UndoForm()
    if not form.validate_on_submit():
        return _undo_page(festival, scan, form, 422)
    name = _name(scan)
    place = db.session.get_one(Checkpoint, scan.checkpoint_id)
    match undoing.undo(scan, form.reason.data, now(), by_user=current_user.id):
        case UndoOutcome.UNDONE:
            record(
                "scan.undone",
                name or NOBODY,
                festival_id=festival.id,
                before={"scan": str(scan.id), "checkpoint": place.name, "at": scan.scanned_at.isoformat()},
                after={"reason": form.reason.data},
            )
            db.session.commit()
            flash(
                _("The scan of %(name)s was taken back.", name=name) if name else _("The scan was taken back."),
                "success",
            )
        case UndoOutcome.DONE_BEFORE:
            flash(_("This scan had been taken back before."), "info")
        case _:
            abort(404)
    return redirect(_back(festival, scan.attendee_id))


def _scan(festival: Festival, scan_id: UUID) -> Scan:
    """That scan, or 404: also for one of nobody that let nobody in, where nothing is to be taken back."""
    scan = undoing.find_scan(festival.id, scan_id)
    if scan is None or (scan.attendee_id is None and not scan.passed):
        abort(404)
    return scan


def _name(scan: Scan) -> str:
    """Whose scan it is; of somebody who could not be registered any more, as the phone wrote it; or ""."""
    if scan.attendee_id is not None:
        return db.session.get_one(Attendee, scan.attendee_id).name
    return str(scan.answer.get("name") or "")


def _undo_page(festival: Festival, scan: Scan, form: UndoForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "checkin/undo.html",
        festival=festival,
        form=form,
        scan=scan,
        name=_name(scan),
        place=db.session.get_one(Checkpoint, scan.checkpoint_id),
        door=db.session.get(Device, scan.device_id) if scan.device_id else None,
        back=_back(festival, scan.attendee_id),
    )
    return page, status


def _back(festival: Festival, attendee_id: int | None) -> str:
    """Where the manager came from: the list, or with `from=doubtful` the other one, with `from=person` the history."""
    came_from = request.args.get("from")
    if came_from == "person" and attendee_id is not None:
        return url_for(".history", festival=festival.slug, attendee_id=attendee_id)
    return url_for(".index", festival=festival.slug, show="doubtful" if came_from == "doubtful" else None)
