"""Finding registrations in /manage, among a million people too: by name, end of the phone or short code."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import selectinload

from festival.core.secrets import read_code
from festival.core.text import fold, like_pattern
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import PHONE_END, Attendee, Registration, Ticket

MAX_SEARCH = 100
MOST_LISTED = 1_000
"""Registrations that a search lists. Whoever wants more of them takes the workbook."""
COMMON = 10_000
"""People from which on a name is so common that the newest registrations are looked through, one after the other."""


@dataclass(frozen=True)
class Matches:
    """The registrations that fit, newest first; `cut_at`: how many of the newest, when there are more."""

    query: Select[Registration]
    cut_at: int | None = None


def search_registrations(festival: Festival, wanted: str = "") -> Matches:
    """The registrations of a festival; `wanted` is a name (marks do not matter), the end of a phone number (4 digits or
    more) or a short code. Empty: all of them."""
    query = (
        select(Registration)
        .options(selectinload(Registration.attendees), selectinload(Registration.ward))
        .order_by(Registration.created_at.desc(), Registration.id.desc())
    )
    text = fold(wanted[:MAX_SEARCH])
    if not text:
        return Matches(query.where(Registration.festival_id == festival.id))
    found = _with_phone_or_code(festival, text)
    if not found and any(character.isalpha() for character in text):
        found = _with_name(festival, text)
    newest = sorted(found, reverse=True)[:MOST_LISTED]  # numbers are given in the order of signing up
    # By their numbers alone: with the festival beside them, SQLite would walk through all of its registrations.
    return Matches(query.where(Registration.id.in_(newest)), len(newest) if len(found) > len(newest) else None)


def _with_name(festival: Festival, text: str) -> set[int]:
    """Registrations of people whose name has the text in it: all, or more than `MOST_LISTED` of the newest."""
    fits = Attendee.folded_name.like(like_pattern(text), escape="\\")
    # Read out of the index alone. Of a common name this is soon enough; then one in a hundred of the newest fits too.
    of_people = select(Attendee.registration_id).where(Attendee.festival_id == festival.id, fits).limit(COMMON + 1)
    found = db.session.scalars(of_people).all()
    if len(found) > COMMON:
        newest = (
            select(Registration.id)
            .where(Registration.festival_id == festival.id)
            .where(exists().where(Attendee.registration_id == Registration.id, fits))
            .order_by(Registration.created_at.desc(), Registration.id.desc())
        )
        found = db.session.scalars(newest.limit(MOST_LISTED + 1)).all()
    return set(found)


def _with_phone_or_code(festival: Festival, text: str) -> set[int]:
    ways = [
        select(Ticket.registration_id).where(Ticket.festival_id == festival.id, Ticket.short_code == read_code(text))
    ]
    digits = "".join(character for character in text if character.isdigit())
    if len(digits) >= PHONE_END and not any(character.isalpha() for character in text):
        digits = digits.removeprefix("0") if len(digits) > 9 else digits
        ways.append(
            select(Registration.id).where(
                Registration.festival_id == festival.id,
                Registration.phone_end == digits[-PHONE_END:],
                Registration.phone.endswith(digits),
            )
        )
    return {number for way in ways for number in db.session.scalars(way.limit(MOST_LISTED + 1))}
