"""Taking a release of many registrations back, for half an hour: as far as places and seats are still free.

A household comes back whole or not at all. Its seats may have gone to families who waited: then it waits, at the end of
the line; who waited before stands where it stood. It commits every few households, so that nobody else waits long: one
that is interrupted is begun again by pressing again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import selectinload

from festival.core.clock import now
from festival.extensions import db
from festival.messages.models import Channel, Message, MessageState
from festival.messages.quiet_hours import not_at_night
from festival.programme.models import Festival
from festival.registration import notices
from festival.registration.booking import SeatOutcome, lock_sessions, request_seats, take_places
from festival.registration.models import Attendee, Booking, BookingState, Registration, Release
from festival.registration.waiting_list import offer_freed

UNDONE_WITHIN = timedelta(minutes=30)
"""Nobody is told of a release before that is over."""
AT_ONCE = 25


@dataclass(frozen=True)
class Restored:
    """What counts again: households, people and seats; `waiting`: places in line instead of seats that are gone;
    `left`: households for which there is no place any more."""

    households: int = 0
    people: int = 0
    seats: int = 0
    waiting: int = 0
    left: int = 0

    def __add__(self, other: Restored) -> Restored:
        return Restored(
            self.households + other.households,
            self.people + other.people,
            self.seats + other.seats,
            self.waiting + other.waiting,
            self.left + other.left,
        )


def undoable(festival: Festival) -> Sequence[Release]:
    """Releases that can still be taken back, and of which somebody is still cancelled; the latest first."""
    latest = db.session.scalars(
        select(Release)
        .where(Release.festival_id == festival.id, Release.at > now() - UNDONE_WITHIN)
        .order_by(Release.at.desc())
    )
    return [one for one in latest if db.session.scalar(_released(one).limit(1)) is not None]


def _released(release: Release) -> Any:
    """Its registrations that have not come back: their ids."""
    return select(Registration.id).where(
        Registration.festival_id == release.festival_id,
        Registration.id.in_(release.registrations),
        Registration.cancelled_at == release.at,
    )


def wait_with_telling(release: Release, registration_ids: Sequence[int]) -> None:
    """Let the messages about it wait until it cannot be taken back any more; text messages not into the night."""
    until = release.at + UNDONE_WITHIN
    for channel, moment in ((Channel.EMAIL, until), (Channel.SMS, not_at_night(until))):
        db.session.execute(
            update(Message)
            .where(*_unsent(registration_ids), Message.channel == channel, Message.send_after < moment)
            .values(send_after=moment)
            .execution_options(synchronize_session=False)
        )


def _unsent(registration_ids: Sequence[int]) -> tuple[Any, ...]:
    return (
        Message.registration_id.in_(registration_ids),
        Message.event.startswith("cancelled:"),
        Message.state == MessageState.QUEUED,
        Message.claimed_by.is_(None),
    )


def restore_together(release: Release) -> Restored | None:
    """Take it back; commits. None when that is not possible any more."""
    if release.at <= now() - UNDONE_WITHIN:
        return None
    restored, ids = Restored(), sorted(release.registrations)
    for begin in range(0, len(ids), AT_ONCE):
        restored += _restore(release, ids[begin : begin + AT_ONCE])
        db.session.commit()
    return restored


def _restore(release: Release, ids: Sequence[int]) -> Restored:
    """Some of them, in the order of all changes: households by id, the venue, sessions by id."""
    households = db.session.scalars(
        select(Registration)
        .where(Registration.id.in_(_released(release).where(Registration.id.in_(ids))))
        .order_by(Registration.id)
        .with_for_update(key_share=True, of=Registration)
        .options(selectinload(Registration.attendees), selectinload(Registration.tickets))
        .execution_options(populate_existing=True)
    ).all()
    back = [household for household in households if _come_back(household, release.at)]
    db.session.flush()
    held = _held(release, [household.id for household in back])
    sessions = {session.id: session for session in lock_sessions({booking.session_id for booking, *_ in held})}
    confirmed: dict[tuple[int, int], list[Attendee]] = defaultdict(list)
    seats = waiting = 0
    for booking, state, _queued in held:
        if state is BookingState.CONFIRMED:
            confirmed[booking.session_id, booking.attendee.registration_id].append(booking.attendee)
    for session_id, household_id in sorted(confirmed):
        people = confirmed[session_id, household_id]
        outcome = request_seats(sessions[session_id], people, waits=True).outcome
        seats += len(people) if outcome is SeatOutcome.CONFIRMED else 0
        waiting += len(people) if outcome is SeatOutcome.WAITLISTED else 0
    for booking, state, queued in held:
        if state is not BookingState.CONFIRMED and sessions[booking.session_id].starts_at > now():
            booking.state = BookingState.WAITLISTED
            booking.queued_at = queued or booking.queued_at
            waiting += 1
    db.session.flush()
    offer_freed(sorted(sessions))
    for household in back:
        _tell(household)
    count = sum(1 for household in back for person in household.attendees if person.cancelled_at is None)
    return Restored(len(back), count, seats, waiting, len(households) - len(back))


def _come_back(household: Registration, at: datetime) -> bool:
    """Its people and tickets count again, if the venue has places for all of them."""
    people = [person for person in household.attendees if person.cancelled_at == at]
    if not take_places(household.festival, len(people)):
        return False
    for person in people:
        person.cancelled_at = None
    for ticket in household.tickets:
        if ticket.revoked_at == at:
            ticket.revoked_at = None
    household.cancelled_at = None
    return True


def _held(release: Release, household_ids: Sequence[int]) -> list[tuple[Booking, BookingState, datetime | None]]:
    """The bookings that stood when they were released: what each was, and since when it had waited."""
    before = {number: (state, queued) for number, state, queued in release.bookings}
    rows = db.session.scalars(
        select(Booking)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(Attendee.registration_id.in_(household_ids), Booking.state == BookingState.CANCELLED)
        .options(selectinload(Booking.attendee))
        .order_by(Booking.session_id, Booking.id)
        .execution_options(populate_existing=True)
    ).all()
    return [
        (row, BookingState(before[row.id][0]), before[row.id][1] and datetime.fromisoformat(before[row.id][1]))
        for row in rows
        if row.id in before
    ]


def _tell(household: Registration) -> None:
    """What has not gone out need not go out; who was told already is told how it is now."""
    unsent = delete(Message).where(*_unsent([household.id])).execution_options(synchronize_session=False)
    if db.session.scalars(unsent.returning(Message.id)).all():
        return
    told = select(Message.id).where(Message.registration_id == household.id, Message.event.startswith("cancelled:"))
    if db.session.scalar(told.limit(1)) is not None:
        with force_locale(household.language):
            what = _("Your registration was cancelled by mistake. It counts again.")
        notices.changed(household, what)
