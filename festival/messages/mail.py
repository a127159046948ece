"""A message as a mail: headers that name the family rightly, text, HTML, and the calendar beside them (RFC 5322)."""

from __future__ import annotations

import re
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from festival.core.secrets import mark
from festival.core.text import tidy
from festival.messages.models import Message

TO_MANY = ("reminder", "group")
"""Kinds that a household need not get: their headers say how to end them (RFC 2369)."""

_ID = re.compile(r"<message-(\d{1,10})\.([0-9a-f]{16})@")


class _ExactHeaders(EmailPolicy):
    """Python's own way to fold a long header loses a space between two encoded words ("toàn dân" became "toàndân").

    So what is not ASCII in subject and recipient is encoded here as a whole, spaces too (RFC 2047, section 6.2).
    """

    def fold(self, name: str, value: Any) -> str:
        if name == "Subject" and not str(value).isascii():
            return f"{name}: {_encoded(str(value), name)}\r\n"
        if name == "To" and not (person := value.addresses[0]).display_name.isascii():
            return f"{name}: {_encoded(person.display_name, name)}\r\n <{person.addr_spec}>\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


POLICY = _ExactHeaders(max_line_length=76, cte_type="7bit", linesep="\r\n")


def _encoded(text: str, name: str) -> str:
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def compose(message: Message, sender: str, public_url: str) -> EmailMessage:
    """The mail as it goes over the wire; its Message-ID is the same at every attempt.

    Raises ValueError when no mail can be written to such an address.
    """
    mail = EmailMessage(POLICY)
    mail["From"] = sender
    mail["To"] = _address(message.recipient, message.recipient_name)
    mail["Subject"] = tidy(message.subject)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message_id(message.id, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: answering machines leave it alone
    host = urlsplit(public_url).hostname
    if message.kind in TO_MANY:
        mail["List-Id"] = f"<festival-{message.festival_id}.{host}>"
        if link := message.fields.get("link"):
            mail["List-Unsubscribe"] = f"<{link}/consents>"
    mail.set_content(message.body, cte="quoted-printable")
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    if message.calendar:
        mail.add_attachment(
            message.calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename="festival.ics",
            params={"charset": "utf-8", "method": "PUBLISH"},
        )
    return mail


def _address(recipient: str, name: str) -> Address:
    user, _at, domain = recipient.rpartition("@")
    if not user or not domain:
        raise ValueError("not an address")
    return Address(display_name=tidy(name), username=user, domain=domain)


def message_id(number: int, sender: str) -> str:
    """The Message-ID of a message: its number, and a mark that only we can make, so that nobody reports it falsely."""
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    return f"<message-{number}.{_mark(number)}@{domain}>"


def find_message_number(text: str) -> int | None:
    """The number of our message whose Message-ID stands somewhere in `text`; None when there is none of ours."""
    for found in _ID.finditer(text):
        if found[2] == _mark(int(found[1])):
            return int(found[1])
    return None


def _mark(number: int) -> str:
    return mark("message-id", str(number))[:8].hex()
