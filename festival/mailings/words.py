"""The words of the list: kinds, states, ways, reasons that are our own."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from festival.messages.delivery import HELD_AT_NIGHT, TOO_LATE
from festival.messages.models import Channel, MessageState

KINDS = {
    "confirmation": _("Confirmation"),
    "change": _("Change"),
    "offer": _("Offer of a place"),
    "offer_ended": _("Offer ended"),
    "reminder": _("Reminder"),
    "cancellation": _("Cancellation"),
    "certificate": _("Certificate ready"),
    "certificate_answer": _("Name on a certificate"),
    "certificate_revoked": _("Certificate taken back"),
    "link": _("Link sent again"),
    "group": _("Written to many"),
    "notice": _("Notice to staff"),
}

STATES = {
    MessageState.QUEUED: _("waits"),
    MessageState.SENT: _("sent"),
    MessageState.FAILED: _("failed"),
    MessageState.BOUNCED: _("came back"),
    MessageState.WITHDRAWN: _("withdrawn"),
}

CHANNELS = {Channel.EMAIL: _("E-mail"), Channel.SMS: _("Text message")}

_REASONS = {HELD_AT_NIGHT: _("held at night, until 07:00"), TOO_LATE: _("too late to be of use")}


def kind_words(kind: str) -> str:
    """A kind in words."""
    return str(KINDS.get(kind, kind))


def reason_words(reason: str) -> str:
    """Why: in our words where it is ours, otherwise in the server's own."""
    return str(_REASONS.get(reason, reason))
