"""What residents are asked to agree to, purpose by purpose, and the version of each text.

A change of meaning needs a new version: the ledger keeps which one was read. Sources: Luật Bảo vệ dữ liệu cá nhân
91/2025/QH15 (consent is per purpose, explicit, and silence is not consent) and Nghị định 356/2025/NĐ-CP.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from festival.consents.models import Purpose


@dataclass(frozen=True)
class ConsentText:
    """One purpose in plain words. A required one is what registering itself needs."""

    purpose: Purpose
    version: str
    title: str
    text: str
    required: bool = False
    for_children: bool = False


TEXTS: tuple[ConsentText, ...] = (
    ConsentText(
        Purpose.TAKING_PART,
        "2026-11",
        _("Run the festival"),
        _(
            "I agree that the organizer uses the names, years of birth, ward and phone number given here to keep "
            "places, to let us in at the door and to issue certificates. Without this we cannot register you."
        ),
        required=True,
    ),
    ConsentText(
        Purpose.CHILDREN,
        "2026-11",
        _("Children"),
        _(
            "I am the parent or guardian of the children in this form, or act for the guardian named, "
            "and agree to their taking part."
        ),
        required=True,
        for_children=True,
    ),
    ConsentText(
        Purpose.CHILDRENS_OWN,
        "2026-11",
        _("The children agree too"),
        _("We asked the children who are 7 or older, and they want to come."),
        required=True,
        for_children=True,
    ),
    ConsentText(
        Purpose.REMINDERS,
        "2026-11",
        _("Reminders"),
        _("Send us reminders and changes by e-mail or text message."),
    ),
    ConsentText(
        Purpose.PHOTOS,
        "2026-12",
        _("Photos"),
        _(
            "Photos and films of the day in which we can be seen may be shown by the organizer. Signs say where they "
            "are taken. You come in without this tick just the same."
        ),
    ),
)

BY_PURPOSE = {text.purpose: text for text in TEXTS}
