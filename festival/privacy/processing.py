"""The register of processing, made from what this festival really does: its consents, its settings, its checkpoints.

For the file that the organizer keeps and shows on demand (Luật 91/2025/QH15 and Nghị định 356/2025/NĐ-CP, impact
assessment of processing). It states facts; what happens outside this service the organizer
writes into it (`register.py`).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from festival.checkin.models import Checkpoint, CheckpointKind
from festival.config import Settings
from festival.consents.models import Purpose
from festival.consents.texts import BY_PURPOSE
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import HelperLink


class Kind(enum.Enum):
    """Each activity's key, under which the organizer's own words are kept."""

    REGISTRATION = "registration"
    DOORS = "doors"
    STAMPS = "stamps"
    CERTIFICATES = "certificates"
    MESSAGES = "messages"
    HELPERS = "helpers"
    PHOTOS = "photos"
    ABUSE = "abuse"


@dataclass(frozen=True)
class Activity:
    """One purpose: of whom what is used, on which basis (`consent`: the text's version, where it is one), who gets
    it, and how long it is kept."""

    kind: Kind
    purpose: str
    people: str
    data: str
    basis: str
    recipients: str
    kept: str


def activities_of(festival: Festival, settings: Settings) -> Sequence[Activity]:
    """What this service does with personal data for this festival, purpose by purpose."""
    kept = _("until %(day)s, then erased", day=f"{festival.erase_after:%d/%m/%Y}")
    staff = _("the organizer's staff who may sign in")
    door = _("the people on duty at the doors, on paired phones")
    kinds = set(db.session.scalars(select(Checkpoint.kind).where(Checkpoint.festival_id == festival.id)))
    activities = [
        Activity(
            Kind.REGISTRATION,
            _("Registration and places"),
            _("Residents who register, their families, children with their guardians"),
            _("Name, year of birth, relation, ward, phone number, e-mail (if given), chosen workshops"),
            _consent(Purpose.TAKING_PART, Purpose.CHILDREN, Purpose.CHILDRENS_OWN),
            staff,
            kept,
        ),
        Activity(
            Kind.DOORS,
            _("Letting in at the doors"),
            _("All who are expected, and those who come without a registration"),
            _("Name, year of birth, last four digits of the phone number, ticket; when and where it was read"),
            _consent(Purpose.TAKING_PART),
            door,
            kept,
        ),
    ]
    if CheckpointKind.BOOTH in kinds:
        activities.append(
            Activity(
                Kind.STAMPS,
                _("Stamps and skills shown at booths"),
                _("Visitors who have their ticket stamped"),
                _("Which booth, when, which skill was shown"),
                _consent(Purpose.TAKING_PART),
                _("the hosts of the booths, while they stamp"),
                kept,
            )
        )
    activities.append(
        Activity(
            Kind.CERTIFICATES,
            _("Certificates"),
            _("Those who took part"),
            _("Name, festival, number, date; a code to check it by"),
            _consent(Purpose.TAKING_PART),
            _("anybody who has the code: the name is masked there"),
            _("the certificate's number, code and masked name stay, so that it can be checked"),
        )
    )
    if channels := _channels(settings):
        activities.append(
            Activity(
                Kind.MESSAGES,
                _("Messages"),
                _("Contact persons"),
                _("Name, e-mail address or phone number, the words of the message"),
                _consent(Purpose.TAKING_PART, Purpose.REMINDERS),
                channels,
                kept,
            )
        )
    if db.session.scalar(select(HelperLink.id).where(HelperLink.festival_id == festival.id).limit(1)) is not None:
        activities.append(
            Activity(
                Kind.HELPERS,
                _("Help with registering"),
                _("Residents without a phone; the helpers"),
                _("As for registration; who wrote it down; a mark of the helper's device"),
                _("Spoken consent, written down by the helper with name and time"),
                _("the helper with the link: only what was written on the same device within 24 hours"),
                kept,
            )
        )
    return [
        *activities,
        Activity(
            Kind.PHOTOS,
            _("Photos and films"),
            _("Visitors"),
            _("Pictures of the day"),
            _consent(Purpose.PHOTOS),
            _("This service stores no pictures. The organizer writes here who takes and shows them."),
            _("as the organizer decides"),
        ),
        Activity(
            Kind.ABUSE,
            _("Protection against abuse"),
            _("Residents who register, staff"),
            _("A mark of the network's address that a form came from (not the address); who of the staff did what"),
            _("Security of the service (Law 91/2025/QH15)"),
            staff,
            kept,
        ),
    ]


def _consent(*purposes: Purpose) -> str:
    texts = [BY_PURPOSE[purpose] for purpose in purposes]
    named = ", ".join(f"“{text.title}” ({text.version})" for text in texts)
    return str(_("Consent: %(texts)s", texts=named))


def _channels(settings: Settings) -> str:
    ways = [_("the mail server's operator")] if settings.smtp_url else []
    ways += [_("the operator of the text message gateway")] if settings.sms.gateway else []
    return ", ".join(ways)


def measures_of(settings: Settings) -> Sequence[str]:
    """How the data are protected, as this installation is set up."""
    return [
        _("Each household has a secret link; it is not stored, and can be replaced."),
        _("QR codes hold a signed number and no personal data."),
        _("Staff sign in; each role sees what it needs. Every change and every look at a household is logged."),
        _("Phones at the doors hold the list encrypted and are wiped when they are taken back."),
        _("Numbers and pictures of identity cards are never stored."),
        _("Data are erased by the service itself after the promised day; a record of it stays."),
        _("Pages are sent over an encrypted connection (HTTPS).")
        if settings.secure
        else _("Attention: this installation does not run over an encrypted connection (HTTPS)."),
    ]
