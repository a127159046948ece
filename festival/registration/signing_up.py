"""Registering a household: people, tickets, places, seats, consents, the confirmation. All of it or nothing."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from festival.consents import ledger
from festival.consents.models import Purpose
from festival.core.clock import now, today
from festival.core.secrets import short_code
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.booking import SeatResult, lock_sessions, request_seats, take_places
from festival.registration.links import new_public_id
from festival.registration.models import Attendee, Registration, Relation, Ticket, TicketKind
from festival.registration.newcomers import seat_newcomers
from festival.registration.waiting_list import offer_freed, sessions_due

MAX_MEMBERS = 12

# Written once: to write a statement costs more than the database needs for it.
_KNOWN = select(Registration.id).where(Registration.submission == bindparam("sent"))
_TAKEN = select(Ticket.short_code).where(
    Ticket.festival_id == bindparam("festival"), Ticket.short_code.in_(bindparam("codes", expanding=True))
)
_ISSUE = insert(Ticket.__table__)  # type: ignore[arg-type]  # a model's table is a table


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
    """The outcome, the registration where there is one, each refused session with its reason, and whether the
    household (just registered, or registered before by the same form) may stand in a line."""

    outcome: SignUpOutcome
    registration: Registration | None = None
    refused: tuple[SeatResult, ...] = ()
    places_left: int = 0
    waiting: bool = True


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
    if db.session.scalar(_KNOWN, {"sent": household.submission}):
        return SignUpResult(SignUpOutcome.REPEATED, find_submission(festival, household.submission))
    if not festival.registration_open(now()):
        return SignUpResult(SignUpOutcome.CLOSED)
    savepoint = db.session.begin_nested()
    try:
        registration = add_registration(festival, household)
    except IntegrityError:
        savepoint.rollback()
        return SignUpResult(SignUpOutcome.REPEATED, find_submission(festival, household.submission))
    if not take_places(festival, len(household.members)):
        savepoint.rollback()
        db.session.refresh(festival, ["places_taken", "capacity", "status"])
        if not festival.registration_open(now()):  # taken back into a draft at this very moment
            return SignUpResult(SignUpOutcome.CLOSED)
        return SignUpResult(SignUpOutcome.VENUE_FULL, places_left=festival.capacity - festival.places_taken)
    wishes = {
        attendee: member.session_ids for attendee, member in zip(registration.attendees, household.members, strict=True)
    }
    wanted = {session_id for ids in wishes.values() for session_id in ids}
    if due := sessions_due(wanted):  # seats that are free belong to who waits for them
        lock_sessions(wanted)
        offer_freed(due)
    seated = seat_newcomers(festival, wishes, household.waits)
    if seated.refused:
        savepoint.rollback()
        return SignUpResult(SignUpOutcome.SEATS_REFUSED, refused=seated.refused)
    savepoint.commit()
    return SignUpResult(SignUpOutcome.DONE, registration, waiting=seated.waiting)


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


def add_registration(festival: Festival, household: Household) -> Registration:
    """The rows of a household: people, tickets, pass, consents. Its places are the caller's to take.

    A handful of statements, however many people: a surge of families waits for each of them. Raises `IntegrityError`
    when the same submission has been registered at this very moment.
    """
    registration = Registration(
        festival_id=festival.id,
        public_id=new_public_id(),
        submission=household.submission,
        contact_name=household.contact_name,
        phone=household.phone,
        email=household.email or None,
        ward_code=household.ward_code or None,
        language=household.language,
        walk_in=household.walk_in,
        recorded_by=household.recorded_by,
        helper_link_id=household.helper_link_id,
        group_name=household.group_name,
        helped_on=household.helped_on,
        origin=household.origin,
        festival=festival,
        attendees=[
            _attendee(festival.id, member, household.guardian_name or household.contact_name)
            for member in household.members
        ],
    )
    db.session.add(registration)
    db.session.flush()
    people = [None, *registration.attendees]
    codes = _unused_codes(festival.id, len(people))
    db.session.execute(_ISSUE, [_ticket_row(registration, *each) for each in zip(people, codes, strict=True)])
    if household.consents:
        _write_consents(registration, household, household.consents)
    return registration


def _write_consents(registration: Registration, household: Household, answers: Mapping[Purpose, bool]) -> None:
    """Who gave them stands beside them: for the children that is the guardian, whoever typed it."""
    typed_by = (household.contact_name, household.recorded_by)
    for purpose, given in answers.items():
        names = (household.guardian_name if purpose is Purpose.CHILDREN else None, *typed_by)
        given_by = " · ".join(dict.fromkeys(filter(None, names)))[:120]
        ledger.write(registration.id, {purpose: given}, given_by, household.language)


def add_attendee(registration: Registration, member: Member, guardian_name: str | None) -> Attendee:
    """One more person in the household, with a ticket. The place in the venue is the caller's to take."""
    attendee = _attendee(registration.festival_id, member, guardian_name or registration.contact_name)
    registration.attendees.append(attendee)
    (code,) = _unused_codes(registration.festival_id, 1)
    registration.tickets.append(_ticket(registration.festival_id, attendee, code))
    db.session.flush()
    return attendee


def _attendee(festival_id: int, member: Member, guardian: str) -> Attendee:
    attendee = Attendee(
        festival_id=festival_id, name=member.name, birth_year=member.birth_year, relation=member.relation
    )
    if attendee.is_child(today().year):
        attendee.guardian_name = guardian
    return attendee


def _ticket(festival_id: int, attendee: Attendee | None, code: str) -> Ticket:
    """The ticket of a person, or the household's pass when no person is given."""
    kind = TicketKind.TICKET if attendee else TicketKind.HOUSEHOLD
    ticket = Ticket(festival_id=festival_id, kind=kind, short_code=code)
    ticket.attendee = attendee
    return ticket


def _ticket_row(registration: Registration, attendee: Attendee | None, code: str) -> dict[str, Any]:
    """The same as `_ticket`, where nobody needs the object at once."""
    return {
        "festival_id": registration.festival_id,
        "kind": TicketKind.TICKET if attendee else TicketKind.HOUSEHOLD,
        "registration_id": registration.id,
        "attendee_id": attendee.id if attendee else None,
        "short_code": code,
        "revoked_at": None,
        "changed_at": now(),
    }


def _unused_codes(festival_id: int, count: int) -> list[str]:
    """Short codes that no ticket of the festival has so far."""
    codes: set[str] = set()
    while len(codes) < count:
        fresh = {short_code() for _ in range(count - len(codes))}
        codes |= fresh - set(db.session.scalars(_TAKEN, {"festival": festival_id, "codes": list(fresh)}))
    return list(codes)
