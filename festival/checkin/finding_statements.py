"""What the statements that find people have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from festival.checkin.models import Admission
from festival.extensions import db
from festival.programme.models import Ward
from festival.registration.models import PHONE_END, Attendee, Registration

MOST = 10
"""People that are shown."""

BY_NAME = (literal("") + Attendee.name_key, Attendee.birth_year, Attendee.id)
"""As `(name_key, birth_year, id)`, but no column first: databases would walk through everybody along its index."""

_TOLD: tuple[Any, ...] = (
    *(Attendee.id, Attendee.name, Attendee.name_key, Attendee.birth_year),
    *(Registration.phone, Registration.contact_name, Ward.name.label("ward"), Admission.admitted_at),
)


def people_at(checkpoint_id: int) -> Select[Any]:
    """Everybody who has not cancelled, with what tells people apart and when they were let in here."""
    return (
        select(*_TOLD)
        .select_from(Attendee)
        .join(Registration, Registration.id == Attendee.registration_id)
        .outerjoin(Ward, Ward.code == Registration.ward_code)
        .outerjoin(Admission, and_(Admission.attendee_id == Attendee.id, Admission.checkpoint_id == checkpoint_id))
        .where(Attendee.cancelled_at.is_(None), Registration.cancelled_at.is_(None))
    )


def first_of(query: Select[Any]) -> list[Any]:
    """One more than are shown, so that the searcher learns that there are others."""
    return list(db.session.execute(query.order_by(*BY_NAME).limit(MOST + 1)).all())


def has_words(
    names: Sequence[str], column: ColumnElement[str] | InstrumentedAttribute[str]
) -> list[ColumnElement[bool]]:
    """Every one of them begins a word."""
    return [(literal(" ") + column).contains(f" {name}", autoescape=True) for name in names]


def is_of_year(year: int | None) -> list[ColumnElement[bool]]:
    """Born then; None: whenever."""
    return [] if year is None else [Attendee.birth_year == year]


def phone_ends(digits: str) -> list[ColumnElement[bool]]:
    """The contact's phone ends in these digits, four or more; "": however. The last four are found in the index."""
    if not digits:
        return []
    return [Registration.phone_end == digits[-PHONE_END:], Registration.phone.endswith(digits)]
