"""What a file of one household's data holds, part by part; `holding.py` fills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from festival.privacy.models import RequestKind
from festival.registration.looks import ListLook, Look
from festival.registration.models import BookingState, Relation


@dataclass(frozen=True)
class Contact:
    """Who registered, how they are reached, and who wrote it down for them. `address_mark`: a keyed digest of the
    network address that the form came from is kept, never the address; `device_mark` the same of a helper's device."""

    name: str
    phone: str
    email: str
    ward: str
    language: str
    link: str
    registered_at: datetime
    cancelled_at: datetime | None
    came_back_at: datetime | None
    at_the_door: bool
    written_by: str
    group: str
    helper: str
    address_mark: bool
    device_mark: bool


@dataclass(frozen=True)
class HeldBooking:
    """A session somebody chose, and how it stands."""

    session: str
    room: str
    starts_at: datetime
    state: BookingState
    chosen_at: datetime


@dataclass(frozen=True)
class HeldScan:
    """A ticket shown somewhere: when, where, to whom (a door, a visitor's own phone, a list), which way, the answer."""

    at: datetime
    place: str
    source: str
    direction: str
    verdict: str
    skill: str
    taken_back: bool


@dataclass(frozen=True)
class HeldAdmission:
    """Let in, stamped, or given something. `stamp`: at a booth."""

    at: datetime
    place: str
    stamp: bool


@dataclass(frozen=True)
class HeldCorrection:
    """A name that was asked for, and what came of it. `approved` is None while nobody has decided."""

    wanted_name: str
    asked_at: datetime
    decided_at: datetime | None
    approved: bool | None
    answer: str


@dataclass(frozen=True)
class HeldFile:
    """A file that was handed out: its digest (SHA-256), and whether its bytes are kept because they are signed."""

    sha256: str
    made_at: datetime
    kept: bool


@dataclass(frozen=True)
class HeldCertificate:
    """A certificate as it was issued, and what became of it."""

    kind: str
    design: str
    serial: str
    code: str
    name: str
    details: Mapping[str, Any]
    issued_at: datetime
    revoked_at: datetime | None
    revoke_reason: str
    replaced_at: datetime | None
    replace_reason: str
    corrections: tuple[HeldCorrection, ...]
    files: tuple[HeldFile, ...]


@dataclass(frozen=True)
class HeldPerson:
    """One member of the household and what hangs on the ticket."""

    name: str
    birth_year: int
    relation: Relation
    guardian: str
    ticket_code: str
    cancelled_at: datetime | None
    bookings: tuple[HeldBooking, ...]
    admissions: tuple[HeldAdmission, ...]
    scans: tuple[HeldScan, ...]
    skills: tuple[str, ...]
    certificates: tuple[HeldCertificate, ...]


@dataclass(frozen=True)
class HeldMessage:
    """A message to the household."""

    at: datetime
    channel: str
    recipient: str
    subject: str
    body: str
    state: str
    sent_at: datetime | None


@dataclass(frozen=True)
class HeldConsent:
    """One answer to one purpose, with the version of the text that was read."""

    purpose: str
    title: str
    version: str
    language: str
    given: bool
    given_by: str
    at: datetime


@dataclass(frozen=True)
class HeldRequest:
    """What the household asked for about its data, and what came of it."""

    kind: RequestKind
    wish: str
    received_at: datetime
    answered_at: datetime | None
    put_off_at: datetime | None
    put_off_why: str
    done_at: datetime | None
    outcome: str


@dataclass(frozen=True)
class Held:
    """All of it, at one moment. `kept_until` is the last day before it is erased."""

    festival: str
    organizer: str
    made_at: datetime
    kept_until: date
    contact: Contact
    pass_code: str
    people: tuple[HeldPerson, ...]
    certificates: tuple[HeldCertificate, ...]
    """Of the whole family; each person's own stand there."""
    consents: tuple[HeldConsent, ...]
    messages: tuple[HeldMessage, ...]
    requests: tuple[HeldRequest, ...]
    looks: tuple[Look, ...]
    list_looks: tuple[ListLook, ...]
