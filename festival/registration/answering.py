"""What a household does about seats that it was offered, or waits for: accept, decline, leave the line.

Also after the registration on the web is closed: until the session begins, or the festival is closed to residents.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import FestivalStatus, Session
from festival.registration.booking import HOLDS_A_SEAT, cancel_booking, find_overlap, lock_sessions
from festival.registration.changing import take_turn
from festival.registration.models import Attendee, Booking, BookingState, Registration
from festival.registration.waiting_list import is_over, offer_freed


class AnswerOutcome(enum.Enum):
    """What came of an answer. Repeating one changes nothing and is answered as before."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"
    TOO_LATE = "too_late"
    """There is no open offer: its time is up and the seats went on, or somebody of the family has declined it."""
    OVERLAPS = "overlaps"
    """Somebody has a seat elsewhere at that time by now; the offer stays open."""
    OFFERED = "offered"
    """Asked to leave the line, and was offered seats at that moment: that needs an answer first."""


@dataclass(frozen=True)
class Answer:
    """The outcome; with OVERLAPS, who is elsewhere then, and where."""

    outcome: AnswerOutcome
    who: str = ""
    conflicting: Session | None = None


def accept(registration: Registration, session: Session) -> Answer:
    """Take the seats that were offered; they are the household's from now on."""
    offered, others = _stand(registration, session)
    if not offered:
        seated = any(booking.state is BookingState.CONFIRMED for booking in others)
        return Answer(AnswerOutcome.ACCEPTED if seated else AnswerOutcome.TOO_LATE)
    if not _open(registration, offered, session):
        offer_freed([session.id])
        return Answer(AnswerOutcome.TOO_LATE)
    if overlap := find_overlap(session, [booking.attendee for booking in offered], HOLDS_A_SEAT):
        return Answer(AnswerOutcome.OVERLAPS, who=overlap[0].name, conflicting=overlap[1])
    for booking in offered:
        booking.state = BookingState.CONFIRMED
    db.session.flush()
    return Answer(AnswerOutcome.ACCEPTED)


def decline(registration: Registration, session: Session) -> Answer:
    """Give the offered seats to the next; the household is in the line no more."""
    offered, _others = _stand(registration, session)
    for booking in offered:
        cancel_booking(booking)
    offer_freed([session.id])
    return Answer(AnswerOutcome.DECLINED)


def leave(registration: Registration, session: Session) -> Answer:
    """Wait for this session no more."""
    offered, others = _stand(registration, session)
    if offered:
        return Answer(AnswerOutcome.OFFERED)
    for booking in others:
        if booking.state is BookingState.WAITLISTED:
            cancel_booking(booking)
    return Answer(AnswerOutcome.LEFT)


def _stand(registration: Registration, session: Session) -> tuple[list[Booking], list[Booking]]:
    """The household's bookings in the session: those offered, and the others. From here on nobody changes them."""
    take_turn(registration)
    lock_sessions([session.id])
    bookings: Sequence[Booking] = db.session.scalars(
        select(Booking)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Booking.session_id == session.id, Attendee.registration_id == registration.id)
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    ).all()
    offered = [booking for booking in bookings if booking.state is BookingState.OFFERED]
    return offered, [booking for booking in bookings if booking.state is not BookingState.OFFERED]


def _open(registration: Registration, offered: Sequence[Booking], session: Session) -> bool:
    to_residents = registration.festival.status in (FestivalStatus.PUBLISHED, FestivalStatus.LIVE)
    return to_residents and not any(
        booking.offered_until is not None and is_over(booking.offered_until, session, now()) for booking in offered
    )
