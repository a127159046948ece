"""Opening a household's link: the registration behind it, or the answer that there is none, or none any more."""

from __future__ import annotations

from typing import NoReturn

from flask import abort, g
from sqlalchemy import select

from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus
from festival.registration.links import festival_of_link, find_registration, was_a_link
from festival.registration.models import Registration

PUBLIC = (FestivalStatus.PUBLISHED, FestivalStatus.LIVE, FestivalStatus.CLOSED)


def opened(secret: str) -> Registration:
    """The registration whose link this is. 410 for a link that was replaced or whose household is erased, 404 for any
    other text; the answer then shows the way to the page that finds tickets again (`g.way_back`: a festival's slug)."""
    return find_registration(secret) or _answer_gone(secret)


def _answer_gone(secret: str) -> NoReturn:
    gone = was_a_link(secret)
    g.way_back = _slug_to_look_in(secret) if gone else _only_festival()
    abort(410 if gone else 404)


def _slug_to_look_in(secret: str) -> str | None:
    festival = festival_of_link(secret)
    return festival.slug if festival is not None and festival.public else None


def _only_festival() -> str | None:
    slugs = db.session.scalars(select(Festival.slug).where(Festival.status.in_(PUBLIC)).limit(2)).all()
    return slugs[0] if len(slugs) == 1 else None
