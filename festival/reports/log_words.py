"""The audit log in the words of the domain: what was done, which field, which value.

A test looks through the code for actions and fails on one that has no words here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _

from festival.core.clock import local

KINDS: dict[str, Any] = {
    "festival": _("Festival"),
    "programme": _("Import"),
    "zone": _("Zones"),
    "booth": _("Booths"),
    "workshop": _("Workshops"),
    "session": _("Sessions"),
    "checkpoint": _("Checkpoints"),
    "device": _("Phones at the door"),
    "door_list": _("Paper lists"),
    "slips": _("Paper slips"),
    "scan": _("Scans"),
    "registration": _("Households looked at"),
    "registrations": _("Lists of registrations"),
    "helper_link": _("Helpers"),
    "class_list": _("Class lists"),
    "flood": _("Floods"),
    "message": _("Messages"),
    "group_message": _("Messages to many"),
    "certificate": _("Certificates"),
    "certificate_design": _("Designs"),
    "signing_key": _("Signing keys"),
    "papers": _("Badges and signs"),
    "privacy": _("Personal data"),
    "staff": _("Staff"),
    "invitation": _("Invitations"),
    "role": _("Roles"),
    "organization": _("Organizations"),
    "log": _("Log of changes"),
}
"""What a change is about: the part of an action before its dot."""

ACTIONS: dict[str, Any] = {
    "festival.created": _("Festival made"),
    "festival.edited": _("Festival changed"),
    "festival.published": _("Festival published"),
    "festival.unpublished": _("Festival taken back to a draft"),
    "festival.prepared": _("Festival prepared from an earlier one"),
    "festival.erased": _("Residents' data erased"),
    "programme.imported": _("Programme imported"),
    "programme.import_taken_back": _("Import taken back"),
    "zone.created": _("Zone made"),
    "zone.edited": _("Zone changed"),
    "zone.deleted": _("Zone deleted"),
    "zone.restored": _("Zone brought back"),
    "booth.created": _("Booth made"),
    "booth.edited": _("Booth changed"),
    "booth.deleted": _("Booth deleted"),
    "booth.restored": _("Booth brought back"),
    "workshop.created": _("Workshop made"),
    "workshop.edited": _("Workshop changed"),
    "workshop.deleted": _("Workshop deleted"),
    "workshop.restored": _("Workshop brought back"),
    "session.created": _("Session made"),
    "session.edited": _("Session changed"),
    "session.deleted": _("Session deleted"),
    "session.restored": _("Session brought back"),
    "checkpoint.added": _("Checkpoint made"),
    "checkpoint.edited": _("Checkpoint changed"),
    "checkpoint.removed": _("Checkpoint deleted"),
    "checkpoint.added_for_sessions": _("Checkpoints made for all sessions"),
    "checkpoint.added_for_booths": _("Checkpoints made for all booths"),
    "checkpoint.walk_ins": _("Walk-ins allowed or ended"),
    "device.invited": _("Phone invited to the door"),
    "device.renamed": _("Phone renamed"),
    "device.checkpoints": _("Phone given other checkpoints"),
    "device.revoked": _("Phone ended"),
    "door_list.printed": _("Door list printed"),
    "door_list.typed": _("Paper list typed in"),
    "slips.printed": _("Paper slips printed"),
    "scan.undone": _("Scan undone"),
    "registration.seen": _("Household looked at"),
    "registrations.listed": _("Lists of people opened"),
    "registrations.exported": _("Registrations downloaded"),
    "helper_link.made": _("Link for a helper made"),
    "helper_link.ended": _("Link of a helper ended"),
    "helper_link.slips_printed": _("Slips of a helper printed"),
    "class_list.imported": _("Class list imported"),
    "flood.released": _("Flood of registrations released"),
    "flood.restored": _("Released registrations restored"),
    "message.resent": _("Message sent again"),
    "group_message.written": _("Message to many written"),
    "group_message.withdrawn": _("Message to many withdrawn"),
    "certificate.issued_to_all": _("Certificates issued to all"),
    "certificate.issued_to_chosen": _("Certificates issued to some"),
    "certificate.revoked": _("Certificate revoked"),
    "certificate.replaced": _("Certificate replaced"),
    "certificate.corrected": _("Certificate corrected"),
    "certificate.correction_refused": _("Correction of a certificate refused"),
    "certificate.signed_elsewhere": _("Certificate signed elsewhere"),
    "certificate.list_published": _("List of certificates published"),
    "certificate.list_withdrawn": _("List of certificates withdrawn"),
    "certificate.design_made": _("Design made"),
    "certificate.design_changed": _("Design changed"),
    "certificate.design_put_away": _("Design put away"),
    "certificate.design_brought_back": _("Design brought back"),
    "certificate.rule_changed": _("Rule for certificates changed"),
    "certificate.picture_added": _("Picture added"),
    "certificate.picture_removed": _("Picture removed"),
    "certificate_design.key_chosen": _("Signing key chosen for a design"),
    "signing_key.added": _("Signing key added"),
    "signing_key.edited": _("Signing key changed"),
    "signing_key.retired": _("Signing key retired"),
    "papers.badges_printed": _("Badges printed"),
    "papers.slips_printed": _("Slips with tickets printed"),
    "papers.signs_printed": _("Signs printed"),
    "privacy.register_edited": _("Register of processing changed"),
    "privacy.request_answered": _("Request about data answered"),
    "privacy.request_put_off": _("Request about data put off"),
    "privacy.request_done": _("Request about data done"),
    "staff.added": _("Member of staff added"),
    "staff.password_reset": _("Password reset"),
    "staff.let_in_again": _("Idle account opened"),
    "invitation.made": _("Member of staff invited"),
    "invitation.made_anew": _("Invitation made anew"),
    "invitation.withdrawn": _("Invitation withdrawn"),
    "invitation.accepted": _("Invitation accepted"),
    "role.ended": _("Role ended"),
    "organization.added": _("Organization added"),
    "organization.edited": _("Organization changed"),
    "log.exported": _("Log of changes downloaded"),
}

NAMES_RESIDENTS = frozenset(
    {
        "registration.seen",
        "scan.undone",
        "message.resent",
        "certificate.revoked",
        "certificate.replaced",
        "certificate.corrected",
        "certificate.correction_refused",
        "certificate.signed_elsewhere",
    }
)
"""Actions whose entries hold a resident's name, or what was written about one. The log leaves that out: a list and a
file of it would show households to staff without a look being noted. It stands on the page of whom it is about."""

FIELDS: dict[str, Any] = {
    "name": _("Name"),
    "title": _("Workshop title"),
    "code": _("Code"),
    "position": _("Place in the list"),
    "topic": _("Topic"),
    "host_name": _("Run by"),
    "description": _("Description"),
    "skills": _("Skills"),
    "power_watts": _("Power (W)"),
    "tables": _("Tables"),
    "chairs": _("Chairs"),
    "audience": _("For whom"),
    "learn_more_url": _("Link to go on learning"),
    "room": _("Room"),
    "zone_id": _("Zone (number)"),
    "booth_id": _("Booth (number)"),
    "workshop_id": _("Workshop (number)"),
    "starts_at": _("Begins at"),
    "ends_at": _("Ends at"),
    "capacity": _("Seats"),
    "seats_taken": _("Seats taken"),
    "places_taken": _("People registered"),
    "status": _("State"),
    "organizer_name": _("Organized by"),
    "ward_code": _("Ward code"),
    "first_day": _("First day"),
    "last_day": _("Last day"),
    "opens_at": _("Doors open at"),
    "closes_at": _("Doors close at"),
    "venue": _("Place"),
    "address": _("Address"),
    "about": _("What visitors should know"),
    "contact_phone": _("Phone for questions"),
    "contact_email": _("E-mail for questions"),
    "slug": _("Short name in the address"),
    "registration_opens": _("Registration opens"),
    "registration_closes": _("Registration closes"),
    "keep_days": _("Days to keep residents' data"),
    "people": _("People"),
    "households": _("Households"),
    "count": _("Number"),
    "entry": _("Undone entry"),
    "kind": _("Kind"),
    "opens": _("Opens at"),
    "closes": _("Closes at"),
    "opens_before": _("Lets in so many minutes before"),
    "re_entry": _("Re-entry allowed"),
    "walk_ins": _("Walk-ins allowed"),
    "per_household": _("Once for each household"),
    "stock": _("Stock"),
    "stock_taken": _("Given out"),
    "stamps_needed": _("Stamps needed"),
    "new": _("New"),
    "renamed": _("Renamed"),
    "zones": _("Zones"),
    "booths": _("Booths"),
    "workshops": _("Workshops"),
    "sessions": _("Sessions"),
    "session_id": _("Session (number)"),
    "checkpoints": _("Checkpoints"),
    "reason": _("Reason"),
    "role": _("Role"),
    "organization": _("Organization"),
    "copied_from": _("Made from"),
    "rule": _("Rule"),
    "look": _("Look"),
    "by_residents": _("Residents take it themselves"),
    "signing_key": _("Signing key"),
    "signing_key_id": _("Signing key (number)"),
    "day": _("Day"),
    "file": _("File"),
}
"""The columns that organizers fill in. Others stand under their own name."""

VALUES: dict[str, dict[str, Any]] = {
    "status": {
        "draft": _("Draft"),
        "published": _("Published"),
        "live": _("Running"),
        "closed": _("Ended"),
        "archived": _("Archived"),
        "applied": _("Applied"),
        "approved": _("Approved"),
        "declined": _("Declined"),
    },
    "kind": {
        "entrance": _("Entrance"),
        "session": _("Session"),
        "booth": _("Booth"),
        "volunteers": _("Volunteers"),
        "custom": _("Handed out"),
        "participation": _("Participation"),
        "completion": _("Completion"),
        "volunteer": _("Helping as a volunteer"),
        "host": _("Thanks to a host"),
        "household": _("Household"),
    },
    "role": {
        "owner": _("Owner"),
        "organizer": _("Organizer"),
        "issuer": _("Certificate issuer"),
        "door_manager": _("Door manager"),
        "observer": _("Observer"),
    },
}
"""What stands in a column that has a closed list."""

LEFT_OUT = frozenset({"id", "festival_id", "organization_id", "created_at", "certificates_issued"})
_MOMENTS = frozenset({"starts_at", "ends_at", "registration_opens", "registration_closes", "valid_from", "valid_until"})
_DAYS = frozenset({"first_day", "last_day", "day"})
_HOURS = frozenset({"opens_at", "closes_at", "opens", "closes"})


def what_was_done(action: str) -> str:
    """An action in words; one of an older or newer release stands as it is."""
    return str(ACTIONS.get(action, action))


def differences(action: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Any]:
    """(field, before, after) in words, without what is empty on both sides."""
    if action in NAMES_RESIDENTS:
        return []
    old, new = before or {}, after or {}
    names = [name for name in {**old, **new} if name not in LEFT_OUT]
    rows = [(str(FIELDS.get(name, name)), _words(name, old.get(name)), _words(name, new.get(name))) for name in names]
    return [row for row in rows if row[1] or row[2]]


def _words(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = str(value)
    if name in VALUES:
        return str(VALUES[name].get(text, text))
    try:
        if name in _MOMENTS:
            return f"{local(datetime.fromisoformat(text)):%H:%M %d/%m/%Y}"
        if name in _DAYS:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        if name in _HOURS:
            return f"{time.fromisoformat(text):%H:%M}"
    except ValueError:
        pass  # an import's entry has it as a text of its own
    return text
