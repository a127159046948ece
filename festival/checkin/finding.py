"""Finding a person who has no QR at hand: by name, or by the end of the contact's phone. Never a list to browse.

The phone does the same over its own list when there is no network (`static/door/finding.js`); the rules are run by both
over `tests/vectors/finding.json`.

A festival may have a million people, so no search reads through them: those of one year of birth, of one end of a
phone or of one session are few enough to look at all of them, and for names alone there is `name_search.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from festival.checkin.finding_statements import MOST, first_of, has_words, is_of_year, people_at, phone_ends
from festival.checkin.models import Device, DeviceMode
from festival.checkin.name_search import search_by_name
from festival.checkin.roster_scope import Reach, scope_of
from festival.checkin.wanted import Wanted, read_typed
from festival.registration.models import Attendee, Booking, BookingState, Registration

TOLD_DIGITS = 3
"""How many of the last digits of a phone are told, to tell people of one name apart."""

_STANDING = (BookingState.CONFIRMED, BookingState.WAITLISTED, BookingState.OFFERED)


class FindOutcome(enum.Enum):
    """Whether there was enough to look for, and whether this device may look at all."""

    FOUND = "found"
    TOO_LITTLE = "too_little"
    NOT_HERE = "not_here"
    WRONG_CHECKPOINT = "wrong_checkpoint"
    WRONG_DEVICE = "wrong_device"


@dataclass(frozen=True)
class Candidate:
    """Somebody the searcher may mean, with what tells people of one name apart: the year of birth, the last three
    digits of the contact's phone ("" if there is none), the ward, and whose household it is."""

    attendee_id: int
    name: str
    birth_year: int
    phone_tail: str
    ward: str
    household: str
    admitted_at: datetime | None


@dataclass(frozen=True)
class Found:
    """At most `MOST` people, by name; `more` says that others may fit too, so that more has to be typed."""

    outcome: FindOutcome
    people: tuple[Candidate, ...] = ()
    more: bool = False


def find_people(device: Device, checkpoint_id: int, typed: str) -> Found:
    """The people of the device's festival who fit what was typed, as `read_typed` understands it.

    Every typed word has to begin a word of the name, without marks, in any order; and one of them the given name (the
    last word), or all of them together the whole name. If that is nobody: one of them the family name (the first).
    Beside the end of a phone the words may be any of the name.

    Refused: TOO_LITTLE to look for; NOT_HERE at a booth, where nobody is found by name; WRONG_DEVICE for a kiosk or a
    screen; WRONG_CHECKPOINT where this device does not scan.
    """
    if device.mode is not DeviceMode.STAFF:
        return Found(FindOutcome.WRONG_DEVICE)
    scope = scope_of(device, over=False)
    if checkpoint_id not in scope.checkpoint_ids:
        return Found(FindOutcome.WRONG_CHECKPOINT)
    if scope.reach is Reach.NONE:
        return Found(FindOutcome.NOT_HERE)
    wanted = read_typed(typed)
    if not wanted.is_enough:
        return Found(FindOutcome.TOO_LITTLE)
    if scope.reach is Reach.BOOKED:
        booked = select(Booking.attendee_id).where(
            Booking.session_id.in_(scope.session_ids), Booking.state.in_(_STANDING)
        )
        return _found(_look_at_all(checkpoint_id, wanted, Attendee.id.in_(booked)))
    if wanted.phone_end:
        return _found(_look_at_all(checkpoint_id, wanted, Registration.festival_id == device.festival_id))
    if wanted.year is not None:
        return _found(_look_at_all(checkpoint_id, wanted, Attendee.festival_id == device.festival_id))
    return _found(*search_by_name(device.festival_id, checkpoint_id, wanted.names))


def _found(rows: Sequence[Any], cut: bool = False) -> Found:
    """The first `MOST` of the rows, each person once, in the order of names."""
    unique = {row.id: row for row in rows}.values()
    ordered = sorted(unique, key=lambda row: (row.name_key, row.birth_year, row.id))
    people = tuple(
        Candidate(
            attendee_id=row.id,
            name=row.name,
            birth_year=row.birth_year,
            phone_tail=row.phone[-TOLD_DIGITS:],
            ward=row.ward or "",
            household=row.contact_name,
            admitted_at=row.admitted_at,
        )
        for row in ordered[:MOST]
    )
    return Found(FindOutcome.FOUND, people, more=cut or len(ordered) > MOST)


def _look_at_all(checkpoint_id: int, wanted: Wanted, among: ColumnElement[bool]) -> list[Any]:
    """The first of those people `among` whom the index leaves few who fit."""
    query = people_at(checkpoint_id).where(
        among, *has_words(wanted.names, Attendee.name_key), *is_of_year(wanted.year), *phone_ends(wanted.phone_end)
    )
    if wanted.phone_end:
        return first_of(query)
    whole = Attendee.folded_name.startswith(" ".join(wanted.names), autoescape=True)
    given = or_(whole, *(Attendee.name_key.startswith(name, autoescape=True) for name in wanted.names))
    family = or_(*(Attendee.folded_name.startswith(name, autoescape=True) for name in wanted.names))
    return first_of(query.where(given)) or first_of(query.where(family))
