"""Registering a household: people, tickets, places, seats, consents, the confirmation. All of it or nothing."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from festival.consents.models import Purpose
from festival.core.clock import now
from festival.core.prepared import TAKEN
from festival.core.secrets import short_code
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration import household_rows
from festival.registration.booking import SeatResult, lock_sessions, request_seats, take_places
from festival.registration.calendar import Sitting
from festival.registration.models import Attendee, Registration, Relation, Ticket
from festival.registration.newcomers import Newcomer, seat_newcomers
from festival.registration.waiting_list import offer_freed, sessions_due

MAX_MEMBERS = 12


@dataclass(frozen=True)
class Member:
    """One person as typed into the form."""

    name: str
    birth_year: int
    relation: Relation
    session_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Household:
    """A whole sign-up as typed. `submission` is the form's own random mark: sent twice, it registers once.

    `recorded_by` is who wrote it down, where that was not the household itself: it stands beside their consents. A
    helper's link adds its id, the residential group or class, and a mark of the helper's device (`helped_on`);
    `origin` is a keyed digest of the address that the form was sent from.
    """

    submission: str
    contact_name: str
    phone: str
    members: Sequence[Member]
    waits: frozenset[int] = frozenset()
    """Ids of sessions for which they would wait when there are not enough seats; a seat is never refused for it."""
    email: str | None = None
    ward_code: str | None = None
    guardian_name: str | None = None
    language: str = "vi"
    consents: Mapping[Purpose, bool] | None = None
    walk_in: bool = False
    recorded_by: str = ""
    helper_link_id: int | None = None
    group_name: str = ""
    helped_on: str | None = None
    origin: str | None = None


class SignUpOutcome(enum.Enum):
    """DONE; REPEATED (the same form again: here is what it made); or why not, with nothing taken."""

    DONE = "done"
    REPEATED = "repeated"
    CLOSED = "closed"
    VENUE_FULL = "venue_full"
    SEATS_REFUSED = "seats_refused"


@dataclass(frozen=True)
class SignUpResult:
    """The outcome, the registration's id where there is one, each refused session with its reason; of a household
    that has just registered, its sessions: with a seat, or waited for."""

    outcome: SignUpOutcome
    registration_id: int | None = None
    refused: tuple[SeatResult, ...] = ()
    places_left: int = 0
    sittings: tuple[Sitting, ...] = ()
    public_id: str = ""
    """Of a household that has just registered: the part of its link that finds it."""

    @property
    def registration(self) -> Registration | None:
        """The registration itself, read when it is asked for."""
        return None if self.registration_id is None else db.session.get(Registration, self.registration_id)


def find_submission(festival: Festival, submission: str) -> Registration | None:
    """What this very form has registered before."""
    return db.session.scalar(
        select(Registration).where(Registration.submission == submission, Registration.festival_id == festival.id)
    )


def sign_up(festival: Festival, household: Household) -> SignUpResult:
    """Register the household: everybody gets a ticket and every seat asked for, or nothing happens.

    Places and seats are taken in a fixed order (venue, then sessions by id), so that two households never wait for
    each other in a circle. What concerns nobody else is written before: all who register wait for the venue's row.
    """
    if not festival.registration_open(now()):
        return _sent_before(festival, household) or SignUpResult(SignUpOutcome.CLOSED)
    savepoint = db.session.begin_nested()
    try:
        written = household_rows.write(festival.id, household)
    except TAKEN:
        savepoint.rollback()
        # What is taken is the submission; or else a short code, and then other ones are drawn.
        return _sent_before(festival, household) or sign_up(festival, household)
    if not take_places(festival, len(household.members)):
        savepoint.rollback()
        db.session.refresh(festival, ["places_taken", "capacity", "status"])
        if not festival.registration_open(now()):  # taken back into a draft at this very moment
            return SignUpResult(SignUpOutcome.CLOSED)
        return SignUpResult(SignUpOutcome.VENUE_FULL, places_left=festival.capacity - festival.places_taken)
    people = [
        Newcomer(attendee_id, member.name, member.session_ids)
        for attendee_id, member in zip(written.attendee_ids, household.members, strict=True)
    ]
    wanted = {session_id for newcomer in people for session_id in newcomer.session_ids}
    if due := sessions_due(wanted):  # seats that are free belong to who waits for them
        lock_sessions(wanted)
        offer_freed(due)
    seated = seat_newcomers(festival, people, household.waits)
    if seated.refused:
        savepoint.rollback()
        return SignUpResult(SignUpOutcome.SEATS_REFUSED, refused=seated.refused)
    savepoint.commit()
    return SignUpResult(
        SignUpOutcome.DONE, written.registration_id, sittings=seated.sittings, public_id=written.public_id
    )


def _sent_before(festival: Festival, household: Household) -> SignUpResult | None:
    """The answer to a form that has been registered; without a registration when that was in another festival."""
    known = db.session.scalar(select(Registration).where(Registration.submission == household.submission))
    if known is None:
        return None
    return SignUpResult(SignUpOutcome.REPEATED, known.id if known.festival_id == festival.id else None)


def request_wishes(
    festival: Festival, wishes: Mapping[Attendee, frozenset[int]], waits: frozenset[int] = frozenset()
) -> list[SeatResult]:
    """Ask for every session that somebody wishes; returns what was refused. Ids of other festivals are ignored.

    Those in `waits` are waited for where there are not enough seats.
    """
    wanted = sorted({session_id for ids in wishes.values() for session_id in ids})
    sessions = db.session.scalars(
        select(Session).where(Session.festival_id == festival.id, Session.id.in_(wanted)).order_by(Session.id)
    ).all()
    results = [
        request_seats(
            session, [attendee for attendee, ids in wishes.items() if session.id in ids], waits=session.id in waits
        )
        for session in sessions
    ]
    return [result for result in results if not result.granted]


def add_attendee(registration: Registration, member: Member, guardian_name: str | None) -> Attendee:
    """One more person in the household, with a ticket. The place in the venue is the caller's to take."""
    of_festival = {"festival_id": registration.festival_id}
    guardian = guardian_name or registration.contact_name
    attendee = Attendee(**of_festival, **household_rows.person_values(member, guardian))
    registration.attendees.append(attendee)
    db.session.flush()
    ticket = household_rows.ticket_values(attendee.id, _unused_code(registration.festival_id))
    registration.tickets.append(Ticket(**of_festival, **ticket))
    db.session.flush()
    return attendee


def _unused_code(festival_id: int) -> str:
    """A short code that no ticket of the festival has so far."""
    while True:
        code = short_code()
        taken = select(Ticket.id).where(Ticket.festival_id == festival_id, Ticket.short_code == code)
        if db.session.scalar(taken) is None:
            return code
