"""/manage, as far as it is about the programme: festivals, import, zones, booths, workshops, sessions."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, abort, flash
from flask_babel import gettext as _
from wtforms import Field

from festival.extensions import db
from festival.programme.editing import EditOutcome, Part, remove, subject_of
from festival.programme.finding import find_part
from festival.programme.models import Booth, Festival, Session, Workshop, Zone

bp = Blueprint("programme_manage", __name__, url_prefix="/manage")

Row = TypeVar("Row", Zone, Booth, Workshop, Session)


def get_part(festival: Festival, kind: type[Row], row_id: int) -> Row:
    """The row within the festival, or the 404 page."""
    return find_part(festival, kind, row_id) or abort(404)


def complain(field: Field, words: str) -> None:
    """Say at a field what was found wrong after its own checks."""
    field.errors = [*field.errors, words]


def delete(row: Part, in_use: str) -> bool:
    """Delete a row and say so, or say the words for one that something hangs on."""
    subject = subject_of(row)
    if remove(row) is EditOutcome.IN_USE:
        flash(in_use, "error")
        return False
    db.session.commit()
    flash(_("%(name)s is deleted.", name=subject), "success")
    return True


from festival.programme.manage_views import booths, festivals, imports, sessions, workshops, zones  # noqa: E402

__all__ = ["booths", "bp", "festivals", "imports", "sessions", "workshops", "zones"]
