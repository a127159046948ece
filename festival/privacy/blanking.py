"""What an erasure blanks, table by table: of a whole festival, or of one household.

Rows that figures are made of stay: how many registered, from which ward, born in which year, let in when and where,
in which session. What says who somebody is goes: names, phone numbers, addresses, links, and every free text that may
hold one of them. A certificate still answers to its code, with the name as it was shown there all along: masked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, Update, and_, cast, func, literal, null, or_, select, update

from festival.accounts.models import AuditEntry
from festival.certificates.models import Certificate, CertificateFile, Correction
from festival.checkin.models import Device, Scan
from festival.consents.models import Consent
from festival.core.clock import now
from festival.core.text import mask_name
from festival.extensions import db
from festival.messages.models import GroupMessage, Message, MessageState
from festival.privacy.models import SubjectRequest
from festival.registration.looks import about
from festival.registration.models import Attendee, HelperLink, Registration, Ticket

NOBODY = "–"
"""Stands where a name stood, so that lists in /manage still have something to show and to click."""

AUDITED_PROGRAMME = ("festival.", "zone.", "booth.", "workshop.", "session.", "programme.", "checkpoint.")
"""The audit entries that are about the programme. All others may name people: of them stay who did what, and when."""


@dataclass(frozen=True)
class Extent:
    """Whose rows are blanked: a condition for each table. `helpers`: those of the festival, with the texts to many."""

    registrations: ColumnElement[bool]
    attendees: ColumnElement[bool]
    tickets: ColumnElement[bool]
    messages: ColumnElement[bool]
    scans: ColumnElement[bool]
    certificates: ColumnElement[bool]
    requests: ColumnElement[bool]
    audited: ColumnElement[bool]
    helpers: int | None = None


def of_festival(festival_id: int) -> Extent:
    """Everybody in a festival."""
    return Extent(
        registrations=Registration.festival_id == festival_id,
        attendees=Attendee.festival_id == festival_id,
        tickets=Ticket.festival_id == festival_id,
        messages=Message.festival_id == festival_id,
        scans=Scan.festival_id == festival_id,
        certificates=Certificate.festival_id == festival_id,
        requests=SubjectRequest.festival_id == festival_id,
        audited=and_(
            AuditEntry.festival_id == festival_id, *(~AuditEntry.action.startswith(a) for a in AUDITED_PROGRAMME)
        ),
        helpers=festival_id,
    )


def of_household(registration: Registration) -> Extent:
    """One household."""
    people = select(Attendee.id).where(Attendee.registration_id == registration.id)
    tickets = select(Ticket.id).where(Ticket.registration_id == registration.id)
    scans = or_(Scan.attendee_id.in_(people), Scan.ticket_id.in_(tickets))
    certificates = or_(Certificate.attendee_id.in_(people), Certificate.registration_id == registration.id)
    return Extent(
        registrations=Registration.id == registration.id,
        attendees=Attendee.registration_id == registration.id,
        tickets=Ticket.registration_id == registration.id,
        messages=Message.registration_id == registration.id,
        scans=scans,
        certificates=certificates,
        requests=SubjectRequest.registration_id == registration.id,
        audited=_audited_about(registration, scans, certificates),
    )


def _audited_about(
    registration: Registration, scans: ColumnElement[bool], certificates: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The entries that say who looked at a household, took a scan of theirs back, or changed something about a
    certificate. Those two name the person as the log found it, so they are looked up before anything is blanked."""
    undone = db.session.scalars(select(Scan.id).where(scans, Scan.undone_at.is_not(None)))
    named = db.session.execute(select(Certificate.serial, Certificate.name).where(certificates))
    here = AuditEntry.festival_id == registration.festival_id
    return or_(
        about(registration),
        and_(
            here,
            AuditEntry.action == "scan.undone",
            AuditEntry.before["scan"].as_string().in_([str(scan_id) for scan_id in undone]),
        ),
        and_(
            here,
            AuditEntry.action.startswith("certificate."),
            AuditEntry.subject.in_([f"{row.serial} {row.name}" for row in named]),
        ),
    )


def blank(extent: Extent) -> None:
    """Blank all of it in the current transaction: a dozen and a half statements, however many people."""
    for statement in _statements(extent):
        db.session.execute(statement, execution_options={"synchronize_session": False})
    _mask_certificates(extent.certificates)


def _statements(extent: Extent) -> Iterable[Update]:
    """A new column that may name somebody belongs here; a test scans all tables."""
    at = now()
    unlinked = literal("erased-") + cast(Registration.id, String)
    registrations = select(Registration.id).where(extent.registrations)
    yield update(Consent).where(Consent.registration_id.in_(registrations)).values(given_by="")
    yield (
        update(Message).where(extent.messages, Message.state == MessageState.QUEUED).values(state=MessageState.FAILED)
    )
    yield (
        update(Message)
        .where(extent.messages)
        .values(recipient="", recipient_name="", subject="", body="", html="", calendar="", fields={}, reason="")
    )
    yield update(Scan).where(extent.scans).values(answer={}, undo_reason=None)
    yield update(AuditEntry).where(extent.audited).values(subject="", before=null(), after=null())
    certificates = select(Certificate.id).where(extent.certificates)
    yield update(Correction).where(Correction.certificate_id.in_(certificates)).values(wanted_name="", answer=None)
    yield update(CertificateFile).where(CertificateFile.certificate_id.in_(certificates)).values(content=None)
    yield update(Certificate).where(extent.certificates).values(revoke_reason=None, replace_reason=None, details={})
    yield (
        update(SubjectRequest).where(extent.requests).values(wish="", outcome="", put_off_why="", registration_id=None)
    )
    yield (
        update(Ticket)
        .where(extent.tickets)
        .values(revoked_at=func.coalesce(Ticket.revoked_at, literal(at, Ticket.revoked_at.type)))
    )
    yield (
        update(Attendee).where(extent.attendees).values(name=NOBODY, folded_name="", name_key="", guardian_name=None)
    )
    if extent.helpers is not None:
        yield from _of_helpers(extent.helpers)
    yield (
        update(Registration)
        .where(extent.registrations)
        .values(
            contact_name=NOBODY,
            phone="",
            phone_end="",
            email=None,
            public_id=unlinked,
            submission=unlinked,
            recorded_by="",
            group_name="",
            origin=None,
            helped_on=None,
        )
    )


def _of_helpers(festival_id: int) -> Iterable[Update]:
    """Who helped, and what was written to many: free texts of organizers that may name somebody."""
    yield update(Device).where(Device.festival_id == festival_id).values(on_duty="")
    yield update(HelperLink).where(HelperLink.festival_id == festival_id).values(helper_name="")
    yield (
        update(GroupMessage)
        .where(GroupMessage.festival_id == festival_id)
        .values(subject="", body="", short_text="", chosen={})
    )


def _mask_certificates(certificates: ColumnElement[bool]) -> None:
    """Keep of each name what the public page has always shown. One statement to read, one to write all."""
    named = db.session.execute(select(Certificate.id, Certificate.name).where(certificates))
    masked = [{"id": row.id, "name": mask_name(row.name)} for row in named]
    if masked:
        db.session.execute(update(Certificate), masked)
