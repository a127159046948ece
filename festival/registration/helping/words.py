"""What helpers are told, on paper-like pages and by the scripts that work without a network."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from festival.registration.models import BookingState

_STATES = {
    BookingState.CONFIRMED: _("seat kept"),
    BookingState.OFFERED: _("seat offered, to be confirmed"),
    BookingState.WAITLISTED: _("full: on the waiting list"),
    BookingState.CANCELLED: _("cancelled"),
}

_TEXTS = {
    "waiting": _("waiting to be sent"),
    "waiting_count": _("{count} households are kept on this device and wait to be sent."),
    "kept": _("No network. It is kept on this device, sealed, and will be sent by itself."),
    "not_lasting": _("This device cannot keep anything once the page is closed. Leave it open until all is sent."),
    "offline": _("No network: go on writing."),
    "failed": _("The server could not take this one. It is kept and tried again."),
    "aside": _("These could not be registered. Note them down, then take them away."),
    "take_away": _("Take away"),
    "wrong": _("Please look at this once more. What you typed is still here."),
    "need_name": _("What is this person's name?"),
    "need_year": _("The year of birth has four digits, such as 1958."),
    "need_consent": _("Without this tick we cannot register you."),
    "need_guardian": _("Please give the name of a parent or guardian who is an adult."),
    "need_recorder": _("What is your name?"),
    "need_somebody": _("Who is coming? Tick this, or add a person below."),
    "registered": _("Registered"),
    "too_many": _("Very many were registered with this link just now. It will be sent later."),
    "ended_sent": _("The link was ended. What was kept here has been handed in and taken off this device."),
    "ended_wiped": _("The link was ended. Nothing is kept on this device any more."),
    "ended_waiting": _("The link was ended. {count} households still wait here; connect this device within a day."),
}


def state_words(state: BookingState) -> Any:
    """How a wish stands, in two or three words."""
    return _STATES[state]


def helper_texts() -> dict[str, str]:
    """The texts of the scripts, in the language of the page; {count} stays for them to fill in."""
    return {name: str(text) for name, text in _TEXTS.items()}
