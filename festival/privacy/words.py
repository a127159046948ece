"""The law's words in everybody's: what may be asked for, and what stands in a file of somebody's data."""

from __future__ import annotations

from flask_babel import gettext as _

from festival.checkin.models import ScanSource
from festival.checkin.words.verdicts import verdict_words
from festival.messages.models import Channel, MessageState
from festival.privacy.models import RequestKind
from festival.registration.forms import RELATIONS
from festival.registration.models import BookingState, Relation


def kind_words(kind: RequestKind) -> str:
    """What somebody asks for, as a few words within a sentence."""
    words = {
        RequestKind.SEE: _("to see or get them"),
        RequestKind.CORRECT: _("to have them corrected"),
        RequestKind.RESTRICT: _("to have their use restricted or stopped"),
        RequestKind.DELETE: _("to have them deleted"),
    }
    return str(words[kind])


def kind_title(kind: RequestKind) -> str:
    """The same as a choice in a form or a heading."""
    words = {
        RequestKind.SEE: _("See or get data"),
        RequestKind.CORRECT: _("Correct data"),
        RequestKind.RESTRICT: _("Restrict or stop the use"),
        RequestKind.DELETE: _("Delete data"),
    }
    return str(words[kind])


def booking_words(state: BookingState) -> str:
    """How somebody stands with a session."""
    words = {
        BookingState.CONFIRMED: _("has a seat"),
        BookingState.WAITLISTED: _("on the waiting list"),
        BookingState.OFFERED: _("a seat is offered"),
        BookingState.CANCELLED: _("cancelled"),
    }
    return str(words[state])


def scan_words(verdict: str) -> str:
    """What a door answered to a ticket; a verdict that there is no more stays as it was noted."""
    known = {each.value: words["word"] for each, words in verdict_words().items()}
    return known.get(verdict, verdict)


def source_words(source: str) -> str:
    """To whom a ticket was shown."""
    words = {
        ScanSource.DEVICE.value: _("a door's phone"),
        ScanSource.VISITOR.value: _("the visitor's own phone"),
        ScanSource.PAPER.value: _("a list on paper"),
    }
    return str(words[source])


def channel_words(channel: str) -> str:
    """By what a message went."""
    return str({Channel.EMAIL.value: _("E-mail"), Channel.SMS.value: _("Text message")}[channel])


def message_words(state: str) -> str:
    """What became of a message."""
    words = {
        MessageState.QUEUED.value: _("waits"),
        MessageState.SENT.value: _("sent"),
        MessageState.FAILED.value: _("not sent"),
        MessageState.BOUNCED.value: _("came back"),
        MessageState.WITHDRAWN.value: _("withdrawn"),
    }
    return str(words[state])


def relation_words(relation: Relation) -> str:
    """What a member is to the contact person."""
    return str({**dict(RELATIONS), Relation.SELF: _("Contact person")}[relation])


FOR_PAGES = {
    "kind": kind_title,
    "booking": booking_words,
    "scan": scan_words,
    "source": source_words,
    "channel": channel_words,
    "message": message_words,
    "relation": relation_words,
}
"""The words above by short names, for templates."""
