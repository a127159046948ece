"""Correcting whom a household is reached by."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from festival.core.phones import show_phone
from festival.registration import notices
from festival.registration.changing import take_turn
from festival.registration.models import Registration


@dataclass(frozen=True)
class Contact:
    """The contact person as typed: the number as E.164, empty only where there never was one."""

    name: str
    phone: str
    email: str | None
    ward_code: str | None


def contact_of(registration: Registration) -> Contact:
    """The contact person as registered."""
    return Contact(registration.contact_name, registration.phone, registration.email, registration.ward_code)


def change_contact(registration: Registration, contact: Contact) -> bool:
    """Correct the contact person; False when nothing is different. Possible at any time: it is a right.

    A new number or address is told to the old one too: links go to where the registration says, so nobody takes a
    registration over unnoticed.
    """
    take_turn(registration)
    before = contact_of(registration)
    if contact == before:
        return False
    reached_otherwise = (before.phone, before.email) != (contact.phone, contact.email)
    if reached_otherwise:
        _tell(registration, contact)
    registration.contact_name, registration.phone = contact.name, contact.phone
    registration.email, registration.ward_code = contact.email, contact.ward_code
    if reached_otherwise:
        _tell(registration, contact)
    return True


def _tell(registration: Registration, contact: Contact) -> None:
    with force_locale(registration.language):
        reached = ", ".join(filter(None, (show_phone(contact.phone), contact.email)))
        what = _("From now on your family is reached here: %(contact)s.", contact=reached)
    notices.changed(registration, what)
