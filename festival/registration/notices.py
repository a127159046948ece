"""What a household is told by message, and when: each event once, in its own language, as rows in the outbox.

The caller commits, and wakes the worker afterwards. A household without an address is told nothing here: its page says
the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from festival.core.clock import local, now
from festival.messages import outbox
from festival.programme.models import Session
from festival.registration.links import address_of
from festival.registration.models import Registration


def confirmed(registration: Registration) -> None:
    """The household is registered: when, where, who, and its link."""
    with force_locale(registration.language):
        lines = [
            _("Your family is registered for %(festival)s.", festival=registration.festival.name),
            *_when_and_where(registration),
            "",
            *_link(registration),
            "",
            *[f"- {attendee.name}" for attendee in registration.attendees],
        ]
        subject = _("Your tickets: %(festival)s", festival=registration.festival.name)
        _put(registration, f"registered:{registration.id}", subject, lines)


def changed(registration: Registration, what: str) -> None:
    """Something about the registration has changed; `what` is a sentence in the household's language."""
    with force_locale(registration.language):
        subject = _("Changed: %(festival)s", festival=registration.festival.name)
        event = f"changed:{registration.id}:{now().timestamp():.6f}"
        _put(registration, event, subject, [what, "", *_link(registration)])


def cancelled(registration: Registration) -> None:
    """The household does not come any more, or was taken off the list."""
    with force_locale(registration.language):
        subject = _("Cancelled: %(festival)s", festival=registration.festival.name)
        lines = [_("Your registration is cancelled. The places are free for other families.")]
        _put(registration, f"cancelled:{registration.id}", subject, lines)


def offered(registration: Registration, session: Session, seats: int, until: datetime) -> None:
    """Seats have become free for a household that waited: until when it may take them."""
    with force_locale(registration.language):
        lines = [
            _("A place is free for your family: “%(title)s”.", title=session.workshop.title),
            _("Seats: %(number)d", number=seats),
            _("Please say yes or no by %(moment)s.", moment=f"{local(until):%H:%M %d/%m/%Y}"),
            "",
            *_link(registration),
        ]
        subject = _("A place is free: “%(title)s”", title=session.workshop.title)
        _put(registration, f"offered:{registration.id}:{session.id}:{until.timestamp():.0f}", subject, lines)


def offer_ended(registration: Registration, session: Session) -> None:
    """The time to accept an offer is over: the seats went on to the next family."""
    with force_locale(registration.language):
        lines = [
            _(
                "We heard nothing from you, so the place in “%(title)s” went to the next family.",
                title=session.workshop.title,
            ),
            "",
            *_link(registration),
        ]
        subject = _("The place went on: “%(title)s”", title=session.workshop.title)
        _put(registration, f"offer-ended:{registration.id}:{session.id}:{now().timestamp():.0f}", subject, lines)


def link_again(registration: Registration) -> None:
    """The household has asked for its link."""
    with force_locale(registration.language):
        subject = _("Your link: %(festival)s", festival=registration.festival.name)
        _put(registration, f"link:{registration.id}:{now().timestamp():.6f}", subject, _link(registration))


def _when_and_where(registration: Registration) -> list[str]:
    festival = registration.festival
    return [
        _(
            "Day: %(day)s, %(opens)s to %(closes)s",
            day=local(festival.starts).strftime("%d/%m/%Y"),
            opens=festival.opens_at.strftime("%H:%M"),
            closes=festival.closes_at.strftime("%H:%M"),
        ),
        _("Place: %(place)s", place=", ".join(filter(None, (festival.venue, festival.address)))),
    ]


def _link(registration: Registration) -> list[str]:
    return [
        _("Your tickets, changes and certificates are here. Keep this link to yourselves:"),
        address_of(registration),
    ]


def _put(registration: Registration, event: str, subject: str, lines: Sequence[str]) -> None:
    if not registration.email:
        return
    body = [_("Dear %(name)s,", name=registration.contact_name), "", *lines, "", registration.festival.organizer_name]
    mail = outbox.Mail(event, registration.email, subject, "\n".join(body) + "\n")
    outbox.put(mail, registration.festival_id, registration.id)
