"""Everything that is held about one household, gathered from all parts: for its page, as JSON, and on paper.

What belongs to several households at once (the whole festival's figures, the organizer's own texts) is not here. What
the erasure blanks belongs here too; a test compares the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Scan, ShownSkill
from festival.consents.models import Consent
from festival.consents.texts import BY_PURPOSE
from festival.core.clock import now
from festival.extensions import db
from festival.messages.models import Message
from festival.privacy.certificates_held import HeldByPerson, certificates_held
from festival.privacy.held import (
    Contact,
    Held,
    HeldAdmission,
    HeldBooking,
    HeldConsent,
    HeldMessage,
    HeldPerson,
    HeldRequest,
    HeldScan,
)
from festival.privacy.models import SubjectRequest
from festival.privacy.requests import requests_of
from festival.programme.models import Session
from festival.registration.links import address_of
from festival.registration.looks import list_looks_at, looks_at
from festival.registration.models import Booking, HelperLink, Registration


def gather(registration: Registration) -> Held:
    """What is held about this household; fifteen statements, however large it is."""
    festival, ids = registration.festival, [attendee.id for attendee in registration.attendees]
    certificates = certificates_held(registration)
    return Held(
        festival=festival.name,
        organizer=festival.organizer_name,
        made_at=now(),
        kept_until=festival.erase_after,
        contact=_contact(registration),
        pass_code=next((one.short_code for one in registration.tickets if one.attendee_id is None), ""),
        people=tuple(_people(registration, ids, certificates)),
        certificates=certificates[None],
        consents=tuple(_consents(registration)),
        messages=tuple(_messages(registration)),
        requests=tuple(map(_request, requests_of(registration))),
        looks=tuple(looks_at(registration)),
        list_looks=tuple(list_looks_at(registration)),
    )


def _contact(registration: Registration) -> Contact:
    helper = db.session.get(HelperLink, registration.helper_link_id) if registration.helper_link_id else None
    return Contact(
        name=registration.contact_name,
        phone=registration.phone,
        email=registration.email or "",
        ward=registration.ward.full_name if registration.ward else "",
        language=registration.language,
        link=address_of(registration),
        registered_at=registration.created_at,
        cancelled_at=registration.cancelled_at,
        came_back_at=registration.confirmed_at,
        at_the_door=registration.walk_in,
        written_by=registration.recorded_by,
        group=registration.group_name or (helper.group_name if helper else ""),
        helper=helper.helper_name if helper else "",
        address_mark=registration.origin is not None,
        device_mark=registration.helped_on is not None,
    )


def _people(registration: Registration, ids: Sequence[int], certificates: HeldByPerson) -> Iterable[HeldPerson]:
    codes = {ticket.attendee_id: ticket.short_code for ticket in registration.tickets}
    bookings, admissions, scans = _bookings(ids), _admissions(ids), _scans(registration, ids)
    skills = _skills(ids)
    for person in registration.attendees:
        yield HeldPerson(
            name=person.name,
            birth_year=person.birth_year,
            relation=person.relation,
            guardian=person.guardian_name or "",
            ticket_code=codes.get(person.id, ""),
            cancelled_at=person.cancelled_at,
            bookings=tuple(bookings[person.id]),
            admissions=tuple(admissions[person.id]),
            scans=tuple(scans[person.id]),
            skills=tuple(skills[person.id]),
            certificates=certificates[person.id],
        )


def _bookings(ids: Sequence[int]) -> dict[int, list[HeldBooking]]:
    rows = db.session.scalars(
        select(Booking)
        .join(Session, Session.id == Booking.session_id)
        .where(Booking.attendee_id.in_(ids))
        .options(joinedload(Booking.session).joinedload(Session.workshop))
        .order_by(Session.starts_at, Booking.id)
    )
    found = defaultdict(list)
    for row in rows:
        session = row.session
        found[row.attendee_id].append(
            HeldBooking(session.workshop.title, session.room or "", session.starts_at, row.state, row.created_at)
        )
    return found


def _admissions(ids: Sequence[int]) -> dict[int, list[HeldAdmission]]:
    rows = db.session.scalars(
        select(Admission)
        .where(Admission.attendee_id.in_(ids))
        .options(joinedload(Admission.checkpoint))
        .order_by(Admission.admitted_at, Admission.id)
    )
    found = defaultdict(list)
    for row in rows:
        stamp = row.checkpoint.kind is CheckpointKind.BOOTH
        found[row.attendee_id].append(HeldAdmission(row.admitted_at, row.checkpoint.name, stamp))
    return found


def _scans(registration: Registration, ids: Sequence[int]) -> dict[int | None, list[HeldScan]]:
    """Under each person; what was scanned of the pass without a person stands under None and is each one's."""
    tickets = [ticket.id for ticket in registration.tickets]
    rows = db.session.execute(
        select(Scan, Checkpoint.name)
        .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .where(or_(Scan.attendee_id.in_(ids), Scan.attendee_id.is_(None) & Scan.ticket_id.in_(tickets)))
        .order_by(Scan.scanned_at)
    )
    found: dict[int | None, list[HeldScan]] = defaultdict(list)
    for scan, place in rows:
        held = HeldScan(
            at=scan.scanned_at,
            place=place,
            source=scan.source.value,
            direction=scan.direction,
            verdict=scan.verdict,
            skill=scan.skill or "",
            taken_back=scan.undone_at is not None,
        )
        for person in ids if scan.attendee_id is None else [scan.attendee_id]:
            found[person].append(held)
    return found


def _skills(ids: Sequence[int]) -> dict[int, list[str]]:
    rows = db.session.scalars(
        select(ShownSkill).where(ShownSkill.attendee_id.in_(ids)).order_by(ShownSkill.shown_at, ShownSkill.id)
    )
    found = defaultdict(list)
    for row in rows:
        found[row.attendee_id].append(row.skill)
    return found


def _consents(registration: Registration) -> Iterable[HeldConsent]:
    rows = db.session.scalars(
        select(Consent).where(Consent.registration_id == registration.id).order_by(Consent.at, Consent.id)
    )
    for row in rows:
        title = str(BY_PURPOSE[row.purpose].title)
        yield HeldConsent(row.purpose.value, title, row.text_version, row.language, row.given, row.given_by, row.at)


def _messages(registration: Registration) -> Iterable[HeldMessage]:
    rows = db.session.scalars(
        select(Message).where(Message.registration_id == registration.id).order_by(Message.created_at, Message.id)
    )
    for row in rows:
        yield HeldMessage(
            row.created_at, row.channel.value, row.recipient, row.subject, row.body, row.state.value, row.sent_at
        )


def _request(row: SubjectRequest) -> HeldRequest:
    return HeldRequest(
        kind=row.kind,
        wish=row.wish,
        received_at=row.received_at,
        answered_at=row.acknowledged_at,
        put_off_at=row.put_off_at,
        put_off_why=row.put_off_why,
        done_at=row.done_at,
        outcome=row.outcome,
    )
