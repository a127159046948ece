"""Badges, booth signs and ticket slips in /manage, to be downloaded and printed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from types import ModuleType
from typing import IO

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable

from festival.accounts.audit import record
from festival.certificates.conformance import About
from festival.certificates.views import pdf_response
from festival.extensions import begin_writing, db, limiter
from festival.programme.models import Festival

bp = Blueprint("certificate_papers", __name__, url_prefix="/manage/<festival>/papers")

PRINTS = "30 per minute"


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """What can be printed."""
    from festival.certificates.badges import counts

    return render_template("certificates/papers.html", festival=festival, counts=counts(festival))


@bp.get("/badges.pdf")
@limiter.limit(PRINTS)
def badges(festival: Festival) -> ResponseReturnValue:
    """Name badges on sheets of ten or on a roll of 62 mm."""
    labels, rows = _labels(), _rows()
    paper = labels.BadgePaper.ROLL if request.args.get("paper") == "roll" else labels.BadgePaper.SHEET
    hosts = request.args.get("whose") == "hosts"
    people = rows.host_badges(festival) if hosts else rows.people_badges(festival, _group(), _part())
    name = _("Badges %(festival)s", festival=festival.slug)

    def write(about: About, out: IO[bytes]) -> int:
        return int(labels.write_badges(people, paper, about, out))

    return _answer(festival, name, "papers.badges_printed", write)


@bp.get("/slips.pdf")
@limiter.limit(PRINTS)
def slips(festival: Festival) -> ResponseReturnValue:
    """Ticket slips of all, or of one residential group."""
    tickets = _rows().ticket_slips(festival, _group(), _part())
    name = _("Ticket slips %(festival)s", festival=festival.slug)

    def write(about: About, out: IO[bytes]) -> int:
        return int(_labels().write_slips(tickets, about, out))

    return _answer(festival, name, "papers.slips_printed", write)


@bp.get("/signs.pdf")
@limiter.limit(PRINTS)
def signs(festival: Festival) -> ResponseReturnValue:
    """A sign for each booth."""
    found = _rows().booth_signs(festival)
    name = _("Booth signs %(festival)s", festival=festival.slug)

    def write(about: About, out: IO[bytes]) -> int:
        return int(_labels().write_signs(found, about, out))

    return _answer(festival, name, "papers.signs_printed", write)


def _group() -> str:
    return request.args.get("group", "")[:120]


def _part() -> int:
    asked = request.args.get("part", "")
    return int(asked) if asked.isdecimal() and 0 < int(asked[:6]) < 1000 else 1


def _answer(
    festival: Festival, name: str, action: str, write: Callable[[About, IO[bytes]], int]
) -> ResponseReturnValue:
    file = tempfile.SpooledTemporaryFile(max_size=16 * 1024 * 1024)  # noqa: SIM115  (closed with the response)
    count = write(About(name, festival.organizer_name, festival.name), file)
    if not count:
        file.close()
        flash(_("There is nothing to print here yet."), "info")
        return redirect(url_for(".index", festival=festival.slug))
    subject, festival_id = festival.name, festival.id
    begin_writing()
    record(action, subject, festival_id=festival_id, after={"count": count, "group": _group()})
    db.session.commit()
    file.seek(0)
    return pdf_response(file, f"{name}.pdf")


def _labels() -> ModuleType:
    """Loaded when something is printed: a machine without the libraries for printing serves everything else."""
    try:
        from festival.certificates import labels
    except OSError as missing:
        current_app.logger.error("papers cannot be printed here: %s", missing)
        raise ServiceUnavailable from missing
    return labels


def _rows() -> ModuleType:
    _labels()
    from festival.certificates import badges as rows

    return rows
