"""What stands in the navigation of /manage: only what the signed-in person may open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for
from flask_babel import lazy_gettext as _

from festival.gate import may


@dataclass(frozen=True)
class Entry:
    """One link: its words, its address, and whether one is there now."""

    label: str
    address: str
    current: bool


_FESTIVAL_ENTRIES = (
    ("reports.day", _("Today in figures"), ("reports.day",)),
    (
        "programme_manage.edit_festival",
        _("Festival"),
        ("programme_manage.edit_festival", "programme_manage.publish", "preparing."),
    ),
    ("programme_manage.zones", _("Zones"), ("programme_manage.zone",)),
    ("programme_manage.booths", _("Booths"), ("programme_manage.booth",)),
    ("programme_manage.workshops", _("Workshops"), ("programme_manage.workshop",)),
    ("programme_manage.sessions", _("Sessions"), ("programme_manage.session",)),
    ("programme_manage.timetable", _("Timetable"), ("programme_manage.timetable",)),
    ("reports.registrations", _("Registrations"), ("reports.registration", "floods.")),
    ("helping_manage.index", _("Helpers"), ("helping_manage.", "class_lists.manage")),
    ("mailings.index", _("Messages"), ("mailings.",)),
    ("checkin_manage.index", _("Door"), ("checkin_manage.", "checkin_conflicts.", "checkin_paper.")),
    ("certificates_manage.index", _("Certificates"), ("certificates_manage.", "certificate_")),
    ("privacy_manage.index", _("Personal data"), ("privacy_manage.",)),
    ("audit_log.index", _("Log of changes"), ("audit_log.", "programme_manage.restore_deleted")),
)


def navigation() -> list[Entry]:
    """The entries for the festival at hand, in the order of the work; empty outside a festival."""
    festival = g.get("festival")
    if festival is None:
        return []
    here = request.endpoint or ""
    return [
        Entry(str(label), url_for(endpoint, festival=festival.slug), here.startswith((endpoint, *near)))
        for endpoint, label, near in _FESTIVAL_ENTRIES
        if may(endpoint)
    ]
