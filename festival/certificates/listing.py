"""The organizer's list of certificates: searched, filtered, counted."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from festival.certificates.issuing import count_waiting
from festival.certificates.models import Certificate
from festival.core.paging import Page, page_of
from festival.core.secrets import read_code
from festival.core.text import fold, like_pattern, tidy
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee, Registration


class Shown(enum.Enum):
    """Which certificates the list shows."""

    ALL = ""
    VALID = "valid"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Counts:
    """The festival's certificates in figures; `waiting` people have earned one and have none yet."""

    issued: int
    revoked: int
    waiting: int


def counts(festival: Festival) -> Counts:
    """The figures above the list. Two statements."""
    issued, revoked = db.session.execute(
        select(func.count(Certificate.id), func.count(Certificate.revoked_at)).where(
            Certificate.festival_id == festival.id
        )
    ).one()
    return Counts(issued=issued, revoked=revoked, waiting=count_waiting(festival))


def find_certificates(festival: Festival, wanted: str, shown: Shown, page: str | None) -> Page[Certificate]:
    """One page of the list, newest number first. `wanted` is a name, a serial or a code, with or without marks."""
    query = (
        select(Certificate)
        .join(Attendee, Attendee.id == Certificate.attendee_id)
        .where(Certificate.festival_id == festival.id)
        .options(joinedload(Certificate.attendee).joinedload(Attendee.registration).joinedload(Registration.ward))
        .order_by(Certificate.number.desc())
    )
    if wanted := tidy(wanted):
        query = query.where(
            or_(
                Attendee.folded_name.like(like_pattern(fold(wanted)), escape="\\"),
                Certificate.serial.like(like_pattern(wanted), escape="\\"),
                Certificate.code == read_code(wanted),
            )
        )
    if shown is not Shown.ALL:
        is_revoked = Certificate.revoked_at.is_not(None)
        query = query.where(is_revoked if shown is Shown.REVOKED else ~is_revoked)
    return page_of(query, page)


def find_certificate_by_id(festival: Festival, certificate_id: int) -> Certificate | None:
    """A certificate of this festival, or None."""
    return db.session.scalar(
        select(Certificate).where(Certificate.id == certificate_id, Certificate.festival_id == festival.id)
    )
