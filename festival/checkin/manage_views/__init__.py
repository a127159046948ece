"""The organizer's side of the door: the overview, checkpoints, phones and their pairing."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import Field

from festival.checkin.door_overview import groups_of, phones_of
from festival.checkin.forms import ButtonForm, EntranceForm
from festival.checkin.models import CheckpointKind
from festival.core.clock import now
from festival.programme.models import Festival

bp = Blueprint("checkin_manage", __name__, url_prefix="/manage/<festival>/door")

MANY = 12
"""From so many checkpoints on there is a search."""


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """Phones and checkpoints; with no entrance yet, the way to the first one."""
    at, words = now(), request.args.get("q", "")
    groups = groups_of(festival, at, words)
    phones = phones_of(festival, at)
    return render_template(
        "checkin/manage.html",
        festival=festival,
        words=words,
        groups=groups,
        many=words or sum(len(group.rows) for group in groups) >= MANY,
        has_entrance=words or any(group.kind is CheckpointKind.ENTRANCE for group in groups),
        working=[row for row in phones if row.device.revoked_at is None],
        revoked=[row for row in phones if row.device.revoked_at is not None],
        entrance=EntranceForm(),
        button=ButtonForm(),
    )


def complain(field: Field, words: str) -> None:
    """Say at a field what was found wrong after its own checks."""
    field.errors = [*field.errors, words]


from festival.checkin.manage_views import checkpoints, phones  # noqa: E402

__all__ = ["bp", "checkpoints", "phones"]
