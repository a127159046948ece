"""/manage, as far as it is about the programme: festivals, import, zones, booths, workshops, sessions."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, abort
from wtforms import Field

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


from festival.programme.manage_views import (  # noqa: E402
    booths,
    festivals,
    imports,
    own_lists,
    past_imports,
    sessions,
    timetable,
    workshops,
    zones,
)

__all__ = [
    "booths",
    "bp",
    "festivals",
    "imports",
    "own_lists",
    "past_imports",
    "sessions",
    "timetable",
    "workshops",
    "zones",
]
