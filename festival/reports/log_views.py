"""`/manage/<festival>/log`: who has changed what, and when; as a page and as a file."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from festival.accounts.audit import record
from festival.core.clock import now, today
from festival.core.paging import page_of
from festival.extensions import begin_writing, db
from festival.programme.models import Festival
from festival.programme.restoring import KEPT
from festival.programme.restoring import KINDS as RESTORABLE
from festival.reports.log import (
    MOST_IN_A_FILE,
    actions_of,
    entries_of,
    lines_of,
    log_as_csv,
    people_of,
    read_wanted,
)
from festival.reports.log_words import KINDS

bp = Blueprint("audit_log", __name__)


@bp.get("/manage/<festival>/log")
def index(festival: Festival) -> ResponseReturnValue:
    """The entries, the latest first, narrowed by what the address asks for."""
    wanted = read_wanted(request.args)
    page = page_of(entries_of(festival, wanted), request.args.get("page"))
    people = people_of(festival)
    return render_template(
        "reports/log.html",
        festival=festival,
        page=page,
        lines=lines_of(page.rows, dict(people)),
        wanted=wanted,
        people=people,
        kinds=[(kind, str(words)) for kind, words in KINDS.items()],
        actions=actions_of(festival),
        restorable=tuple(f"{kind}.deleted" for kind in RESTORABLE),
        restorable_since=now() - KEPT + timedelta(minutes=1),
    )


@bp.get("/manage/<festival>/log.csv")
def export(festival: Festival) -> Response:
    """The same entries as a file, at most twenty thousand; that it was taken is in the log itself."""
    begin_writing()
    record("log.exported", festival.name, festival_id=festival.id)
    db.session.commit()
    wanted = read_wanted(request.args)
    entries = db.session.scalars(entries_of(festival, wanted).limit(MOST_IN_A_FILE))
    file = log_as_csv(lines_of(entries, dict(people_of(festival))))
    name = _("log") + f"-{festival.slug}-{today():%Y-%m-%d}.csv"
    answer = Response(file, mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
