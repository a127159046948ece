"""What must be true of the whole database at any moment, whatever was asked of it and by how many at once.

`broken()` gives a sentence for everything that is not; a test asserts that there is none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from sqlalchemy import select

from festival.certificates.models import Certificate
from festival.checkin.models import Admission, Checkpoint, Lease, Scan
from festival.core.clock import now
from festival.extensions import db
from festival.programme.models import Festival, FestivalStatus, Session
from festival.registration.booking import HOLDS_A_SEAT
from festival.registration.models import Attendee, Booking, BookingState, Registration, Ticket
from festival.registration.signing_up import MAX_MEMBERS


def broken() -> list[str]:
    """Every rule that a row breaks, as one sentence each."""
    db.session.rollback()
    db.session.expire_all()
    return [*_places(), *_seats(), *_lines(), *_households(), *_tickets(), *_door(), *_certificates()]


def _all(kind: type) -> list:
    return list(db.session.scalars(select(kind)))


def _places() -> Iterator[str]:
    coming = Counter(attendee.festival_id for attendee in _all(Attendee) if attendee.cancelled_at is None)
    kept = _held_by_phones()
    for festival in _all(Festival):
        held = sum(
            count for checkpoint, count in kept if checkpoint.festival_id == festival.id and not checkpoint.session
        )
        if festival.places_taken != coming[festival.id] + held:
            there = f"{coming[festival.id]} come, phones hold {held}"
            yield f"{festival.slug} counts {festival.places_taken} places: {there}"


def _held_by_phones() -> list[tuple[Checkpoint, int]]:
    places = {checkpoint.id: checkpoint for checkpoint in _all(Checkpoint)}
    return [(places[lease.checkpoint_id], lease.granted - lease.used) for lease in _all(Lease)]


def _seats() -> Iterator[str]:
    people = {attendee.id: attendee for attendee in _all(Attendee)}
    sessions = {session.id: session for session in _all(Session)}
    held = [booking for booking in _all(Booking) if booking.state in HOLDS_A_SEAT]
    taken = Counter(booking.session_id for booking in held)
    for checkpoint, count in _held_by_phones():
        taken[checkpoint.session_id] += count
    for session in sessions.values():
        if session.seats_taken != taken[session.id]:
            yield f"session {session.id} counts {session.seats_taken} seats, {taken[session.id]} are held"
        if session.seats_taken > session.capacity:
            yield f"session {session.id} is oversold"
    plans = defaultdict(list)
    for booking in held:
        plans[booking.attendee_id].append(sessions[booking.session_id])
        if people[booking.attendee_id].cancelled_at is not None:
            yield f"attendee {booking.attendee_id} does not come and holds a seat in session {booking.session_id}"
        if people[booking.attendee_id].festival_id != sessions[booking.session_id].festival_id:
            yield f"booking {booking.id} is in another festival's session"
    for attendee_id, plan in plans.items():
        for one, other in combinations(plan, 2):
            if one.overlaps(other):
                yield f"attendee {attendee_id} sits in sessions {one.id} and {other.id} at one time"


def _lines() -> Iterator[str]:
    at, open_now = now(), (FestivalStatus.PUBLISHED, FestivalStatus.LIVE)
    festivals = {festival.id: festival for festival in _all(Festival)}
    people = {attendee.id: attendee for attendee in _all(Attendee)}
    sessions = {session.id: session for session in _all(Session)}
    held, entries, over = defaultdict(list), defaultdict(list), set()
    for booking in _all(Booking):
        person, session = people[booking.attendee_id], sessions[booking.session_id]
        if booking.state in HOLDS_A_SEAT:
            held[person.registration_id].append((person.id, session))
        if booking.state is BookingState.OFFERED and min(booking.offered_until, session.starts_at) <= at:
            over.add(session.id)
        if booking.state in (BookingState.WAITLISTED, BookingState.OFFERED):
            entries[booking.state, session.id, person.registration_id].append(booking)
            if person.cancelled_at is not None:
                yield f"attendee {person.id} does not come and waits for session {session.id}"
    for (state, session_id, household), bookings in entries.items():
        if len({(booking.queued_at, booking.offered_until) for booking in bookings}) > 1:
            yield f"registration {household} is split in the line of session {session_id}"
        session, waiting = sessions[session_id], {booking.attendee_id for booking in bookings}
        elsewhere = any(who in waiting and one.overlaps(session) for who, one in held[household])
        offers = festivals[session.festival_id].status in open_now and session.starts_at > at and session.id not in over
        fits = len(bookings) <= session.capacity - session.seats_taken
        if state is BookingState.WAITLISTED and offers and fits and not elsewhere:
            yield f"registration {household} waits for session {session_id}, where it fits"


def _households() -> Iterator[str]:
    for household in _all(Registration):
        coming = [attendee for attendee in household.attendees if attendee.cancelled_at is None]
        if household.cancelled_at is not None and coming:
            yield f"registration {household.id} is cancelled and {len(coming)} of it come"
        if household.cancelled_at is None and not coming:
            yield f"registration {household.id} has nobody left and is not cancelled"
        if len(coming) > MAX_MEMBERS:
            yield f"registration {household.id} has {len(coming)} people"


def _tickets() -> Iterator[str]:
    people = {attendee.id: attendee for attendee in _all(Attendee)}
    tickets = _all(Ticket)
    for attendee in people.values():
        if sum(ticket.attendee_id == attendee.id for ticket in tickets) != 1:
            yield f"attendee {attendee.id} has not exactly one ticket"
    for ticket in tickets:
        owner = people[ticket.attendee_id] if ticket.attendee_id is not None else ticket.registration
        if (owner.cancelled_at is not None) != (ticket.revoked_at is not None):
            now = "void" if ticket.revoked_at else "valid"
            yield f"ticket {ticket.id} ({ticket.kind.value}) is {now}, unlike its owner"


def _door() -> Iterator[str]:
    people = {attendee.id: attendee.festival_id for attendee in _all(Attendee)}
    places = {checkpoint.id: checkpoint.festival_id for checkpoint in _all(Checkpoint)}
    scans = {scan.id for scan in _all(Scan)}
    for admission in _all(Admission):
        if people[admission.attendee_id] != places[admission.checkpoint_id]:
            yield f"admission {admission.id} is at another festival's door"
        if admission.scan_id not in scans:
            yield f"admission {admission.id} has no scan"


def _certificates() -> Iterator[str]:
    numbers = defaultdict(list)
    for certificate in _all(Certificate):
        numbers[certificate.festival_id].append(certificate.number)
        if (certificate.replaced_at is None) != (certificate.replaced_by_id is None):
            yield f"certificate {certificate.serial} is replaced by none, or has another one and is not replaced"
    for festival in _all(Festival):
        if sorted(numbers[festival.id]) != list(range(1, festival.certificates_issued + 1)):
            yield f"{festival.slug}'s certificates have gaps: {sorted(numbers[festival.id])}"
