"""Posters for booths: one A4 page each, with the code that visitors stamp themselves by; and the number of the day."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from festival.checkin.models import Checkpoint
from festival.checkin.stamping import key_of, number_of_the_day, poster_code, qr_text_of
from festival.core.clock import today
from festival.extensions import db
from festival.programme.models import Booth, BoothStatus, Festival
from festival.registration.tickets import qr_svg

bp = Blueprint("checkin_posters", __name__, url_prefix="/manage/<festival>/door/posters")


@dataclass(frozen=True)
class Poster:
    """One booth's poster; `drawing` is its QR."""

    booth: Booth
    drawing: Markup


@bp.get("")
def index(festival: Festival) -> ResponseReturnValue:
    """Every booth that stamps, with its number of each day: for staff, never for paper."""
    days = [day for day in festival.days if day >= today()] or festival.days[-1:]
    rows = [
        (checkpoint, [number_of_the_day(key_of(checkpoint.id), day) for day in days[:5]])
        for checkpoint in _booths_of(festival)
    ]
    return render_template("checkin/posters.html", festival=festival, rows=rows, days=days[:5])


@bp.get("/print")
def print_all(festival: Festival) -> ResponseReturnValue:
    """All posters, a page each."""
    return _print(festival, _booths_of(festival))


@bp.get("/<int:checkpoint_id>")
def print_one(festival: Festival, checkpoint_id: int) -> ResponseReturnValue:
    """One booth's poster."""
    return _print(festival, [one for one in _booths_of(festival) if one.id == checkpoint_id] or abort(404))


def _print(festival: Festival, checkpoints: list[Checkpoint]) -> ResponseReturnValue:
    public_url = current_app.extensions["settings"].public_url
    posters = [
        Poster(
            one.booth,
            qr_svg(qr_text_of(poster_code(one.id), public_url), _("QR code of booth %(code)s", code=one.booth.code)),
        )
        for one in checkpoints
        if one.booth is not None
    ]
    return render_template("checkin/poster_print.html", festival=festival, posters=posters)


def _booths_of(festival: Festival) -> list[Checkpoint]:
    """The checkpoints of approved booths, by the booth's code."""
    return list(
        db.session.scalars(
            select(Checkpoint)
            .join(Booth, Booth.id == Checkpoint.booth_id)
            .where(Checkpoint.festival_id == festival.id, Booth.status == BoothStatus.APPROVED)
            .order_by(Booth.code)
            .options(contains_eager(Checkpoint.booth))
        )
    )
