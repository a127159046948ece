"""The mail a household gets when it has registered, where it gave an address."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from festival.core.clock import local
from festival.messages import outbox
from festival.registration.links import address_of
from festival.registration.models import Registration


def confirm_by_mail(registration: Registration) -> None:
    """Put the confirmation into the outbox, in the household's language; nothing without an address."""
    if not registration.email:
        return
    festival = registration.festival
    with force_locale(registration.language):
        lines = [
            _("Dear %(name)s,", name=registration.contact_name),
            "",
            _("Your family is registered for %(festival)s.", festival=festival.name),
            _(
                "Day: %(day)s, %(opens)s to %(closes)s",
                day=local(festival.starts).strftime("%d/%m/%Y"),
                opens=festival.opens_at.strftime("%H:%M"),
                closes=festival.closes_at.strftime("%H:%M"),
            ),
            _("Place: %(place)s", place=", ".join(filter(None, (festival.venue, festival.address)))),
            "",
            _("Your tickets, changes and certificates are here. Keep this link to yourselves:"),
            address_of(registration),
            "",
            *[f"- {attendee.name}" for attendee in registration.attendees],
            "",
            festival.organizer_name,
        ]
        mail = outbox.Mail(
            event=f"registered:{registration.id}",
            recipient=registration.email,
            subject=_("Your tickets: %(festival)s", festival=festival.name),
            body="\n".join(lines) + "\n",
        )
    outbox.put(mail, festival.id, registration.id)
