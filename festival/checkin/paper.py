"""The door list on paper, for the day the phones do not work: who may come, with a code beside each name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, and_, select

from festival.checkin.models import Checkpoint, CheckpointKind
from festival.checkin.name_order import list_key, list_letter
from festival.checkin.paper_codes import paper_code
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.booking import HOLDS_A_SEAT
from festival.registration.models import Attendee, Booking, BookingState, Registration, Ticket

LINES_ON_A_PAGE = 28
"""Rows of 8 mm between head and foot of an A4 page; `static/styles/door/_paper-list.scss` draws them."""
LONGEST_NAME = 80
"""Characters of a name that two small lines hold; of longer ones the end is left out."""
PHONE_DIGITS = 3


@dataclass(frozen=True)
class Line:
    """One person. `booking` says how they stand with the session of the list; `revoked`: the ticket does not count."""

    name: str
    birth_year: int
    phone_tail: str
    code: str
    booking: BookingState | None
    revoked: bool

    @property
    def long(self) -> bool:
        """Whether the name needs two small lines."""
        return len(self.name) > 30


@dataclass(frozen=True)
class Heading:
    """A line between the people: a group of a session's list, or a letter."""

    words: str
    group: bool = False


@dataclass(frozen=True)
class Sheet:
    """One page."""

    number: int
    lines: Sequence[Line | Heading]


@dataclass(frozen=True)
class DoorList:
    """All pages of a checkpoint's list, as it was at a moment."""

    sheets: Sequence[Sheet]
    people: int
    printed_at: datetime


def door_list(festival: Festival, checkpoint: Checkpoint, at: datetime, *, everybody: bool = False) -> DoorList:
    """The list of a checkpoint: everybody who is registered and has not cancelled.

    At a session those who have a seat come first, then those who wait; the others only with `everybody`, for a
    session that takes walk-ins. Within a group people stand by the letter of their name's last word.
    """
    rows = _people(festival, checkpoint.session_id, everybody=everybody)
    groups: list[tuple[str, list[Row[Any]]]]
    if checkpoint.kind is CheckpointKind.SESSION:
        groups = [
            (_("Booked"), [row for row in rows if row.state in HOLDS_A_SEAT]),
            (_("Waiting list"), [row for row in rows if row.state is BookingState.WAITLISTED]),
            (_("Not booked"), [row for row in rows if row.state is None]),
        ]
    else:
        groups = [("", rows)]
    lines = [line for words, people in groups if people for line in _group(words, people)]
    return DoorList(list(_sheets(lines)), len(rows), at)


def _people(festival: Festival, session_id: int | None, *, everybody: bool) -> list[Row[Any]]:
    """Plain columns: the ORM would take seconds for 20,000 people."""
    here = and_(
        Booking.attendee_id == Attendee.id,
        Booking.session_id == session_id,
        Booking.state != BookingState.CANCELLED,
    )
    query = (
        select(Attendee.id, Attendee.name, Attendee.birth_year, Registration.phone, Ticket.revoked_at, Booking.state)
        .join(Registration, Registration.id == Attendee.registration_id)
        .outerjoin(Ticket, Ticket.attendee_id == Attendee.id)
        .join(Booking, here, isouter=session_id is None or everybody)
        .where(
            Attendee.festival_id == festival.id, Attendee.cancelled_at.is_(None), Registration.cancelled_at.is_(None)
        )
    )
    return sorted(db.session.execute(query), key=lambda row: (list_key(row.name), row.birth_year, row.id))


def _group(words: str, people: Iterable[Row[Any]]) -> Iterator[Line | Heading]:
    if words:
        yield Heading(words, group=True)
    for letter, some in groupby(people, lambda row: list_letter(row.name)):
        yield Heading(letter)
        for row in some:
            name = row.name if len(row.name) <= LONGEST_NAME else f"{row.name[: LONGEST_NAME - 1]}…"
            yield Line(
                name=name,
                birth_year=row.birth_year,
                phone_tail=row.phone[-PHONE_DIGITS:],
                code=paper_code(row.id),
                booking=row.state,
                revoked=row.revoked_at is not None,
            )


def _sheets(lines: Sequence[Line | Heading]) -> Iterator[Sheet]:
    """Cut into pages; a heading never stands alone at the end of one."""
    start = number = 0
    while start < len(lines):
        end = min(start + LINES_ON_A_PAGE, len(lines))
        while end < len(lines) and isinstance(lines[end - 1], Heading):
            end -= 1
        number += 1
        yield Sheet(number, lines[start:end])
        start = end
