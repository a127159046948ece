"""Before and after in an entry of the log: which field, which value, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flask_babel import lazy_gettext as _

from festival.core.clock import local
from festival.reports.log_words import NAMES_RESIDENTS

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
