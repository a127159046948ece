"""How a household is told something: by mail where it gave an address, otherwise by text message, offers by both.

What belongs to taking part (confirmation, change, offer, cancellation, the link) goes to everybody who can be reached.
Reminders, and what organizers write to many, go to those who agreed to it (`consents`, purpose REMINDERS).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from flask import current_app
from flask_babel import gettext as _

from festival.core.clock import local
from festival.messages import outbox
from festival.messages.letters import Letter, as_html, as_text
from festival.messages.outbox import Addressed, Mail, TextMessage
from festival.messages.sms import gateway_of
from festival.messages.sms.lengths import fit
from festival.registration.links import address_of
from festival.registration.models import Registration

BY_BOTH_WAYS = frozenset({"offer"})
"""Kinds that go to the phone even where there is an address: a mail may be read when the deadline is over."""


class Reachable(Protocol):
    """A household, registered or about to be."""

    @property
    def email(self) -> str | None:
        """The address of its mails, if there is one."""

    @property
    def phone(self) -> str:
        """Its number (E.164), or empty."""


@dataclass(frozen=True)
class Notice:
    """Something to tell one household.

    `button` are the words of the way to its page; without them there is none. `short` is the text message, with that
    link behind it if `short_link`; an empty one is not sent.
    """

    kind: str
    event: str
    subject: str
    paragraphs: Sequence[str]
    short: str = ""
    facts: Sequence[tuple[str, str]] = ()
    listed: Sequence[str] = ()
    button: str = ""
    short_link: bool = True
    small_print: str = ""
    calendar: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    send_after: datetime | None = None
    good_until: datetime | None = None


def tell(registration: Registration, notice: Notice) -> None:
    """Put it into the outbox, once an event. Nothing happens where nobody can be reached: the page says the same."""
    for one in addressed(registration, notice):
        outbox.put(one.message, registration.festival_id, registration.id)


def tell_number(registration: Registration, notice: Notice) -> None:
    """Tell whoever holds the registration's phone number, and nobody else; nothing where no text message can go."""
    if can_text(registration, notice.kind):
        outbox.put(_text_message(registration, notice), registration.festival_id, registration.id)


def addressed(registration: Registration, notice: Notice, group_message_id: int | None = None) -> list[Addressed]:
    """The messages that tell it, none, one or two; in the household's language, which the caller has forced."""
    messages: list[Mail | TextMessage] = []
    if registration.email:
        messages.append(_mail(registration, notice))
    needed = bool(notice.short) and (not messages or notice.kind in BY_BOTH_WAYS)
    if needed and can_text(registration, notice.kind):
        messages.append(_text_message(registration, notice))
    return [Addressed(message, registration.id, group_message_id) for message in messages]


def can_reach(registration: Reachable, kind: str) -> bool:
    """Whether a message of that kind would go anywhere; asked before one is written that takes time."""
    return bool(registration.email) or can_text(registration, kind)


def can_text(registration: Reachable, kind: str) -> bool:
    """Whether a text message of that kind can reach it: by a mobile number, and a gateway that knows the kind."""
    gateway = gateway_of(current_app.extensions["settings"].sms)
    return gateway is not None and gateway.knows(kind) and is_mobile(registration.phone)


def is_mobile(phone: str) -> bool:
    """Whether it is the number of a mobile phone (landlines begin with 02)."""
    return bool(phone) and not phone.startswith("+842")


def common_fields(registration: Registration) -> dict[str, str]:
    """The words that every message has: name, link, festival, day, place."""
    festival = registration.festival
    return {
        "name": registration.contact_name,
        "link": address_of(registration),
        "festival": festival.name,
        "day": f"{local(festival.starts):%d/%m/%Y}",
        "place": ", ".join(filter(None, (festival.venue, festival.address))),
    }


def _mail(registration: Registration, notice: Notice) -> Mail:
    fields = common_fields(registration) | notice.fields
    letter = Letter(
        greeting=_("Dear %(name)s,", name=registration.contact_name),
        paragraphs=notice.paragraphs,
        facts=notice.facts,
        listed=notice.listed,
        button=(notice.button, fields["link"]) if notice.button else None,
        sender=registration.festival.organizer_name,
        small_print=notice.small_print,
    )
    return Mail(
        event=notice.event,
        recipient=registration.email or "",
        recipient_name=registration.contact_name,
        subject=notice.subject,
        body=as_text(letter),
        html=as_html(letter, notice.subject, registration.language),
        kind=notice.kind,
        calendar=notice.calendar,
        language=registration.language,
        fields=fields,
        send_after=notice.send_after,
        good_until=notice.good_until,
    )


def _text_message(registration: Registration, notice: Notice) -> TextMessage:
    fields = common_fields(registration) | notice.fields
    plain = current_app.extensions["settings"].sms.plain
    return TextMessage(
        event=f"{notice.event}:sms",
        recipient=registration.phone,
        recipient_name=registration.contact_name,
        body=fit(notice.short, fields["link"] if notice.button and notice.short_link else "", plain=plain),
        kind=notice.kind,
        language=registration.language,
        fields=fields,
        send_after=notice.send_after,
        good_until=notice.good_until,
    )
