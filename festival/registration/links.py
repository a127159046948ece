"""The household's secret link `/r/<secret>`: made from the registration and the app's secret, never stored.

A reader of the database learns no link; raising `link_version` voids the old one.
"""

from __future__ import annotations

import base64
import hmac
import secrets

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from festival.core.secrets import mark
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.models import Attendee, Booking, Registration

_ID_LENGTH = 12
_MARK_BYTES = 15
_VERSIONS_KNOWN = 10
"""How many renewals of a link are looked through for one that is gone."""


def new_public_id() -> str:
    """The part of a link that finds the row: 60 random bits."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()[:_ID_LENGTH]


def _mark(public_id: str, version: int) -> str:
    message = f"{public_id}:{version}"
    return base64.b32encode(mark("household-link", message)[:_MARK_BYTES]).decode().lower()


def secret_of(registration: Registration) -> str:
    """The secret in the household's link: 36 lower-case letters and digits."""
    return secret_for(registration.public_id, registration.link_version)


def secret_for(public_id: str, version: int = 1) -> str:
    """The same for a registration that is known by this part of its link only."""
    return public_id + _mark(public_id, version)


def address_of(registration: Registration) -> str:
    """The household's whole link, for mails and QR codes."""
    return f"{current_app.extensions['settings'].public_url}/r/{secret_of(registration)}"


def find_registration(secret: str) -> Registration | None:
    """The registration whose link this is, with people, bookings and tickets loaded; None for any other text."""
    wanted = secret.strip().lower()[:100]
    registration = db.session.scalar(
        select(Registration)
        .where(Registration.public_id == wanted[:_ID_LENGTH])
        .options(
            selectinload(Registration.attendees).selectinload(Attendee.bookings).selectinload(Booking.session),
            selectinload(Registration.tickets),
        )
    )
    if registration is None or not hmac.compare_digest(secret_of(registration).encode(), wanted.encode()):
        return None
    return registration


def was_a_link(secret: str) -> bool:
    """Whether this installation once gave `secret` to a household: its mark tells, with no row left to ask.

    For a text that `find_registration` does not know: the link was replaced, or the household's data were erased.
    """
    wanted = secret.strip().lower()[:100]
    public_id, given = wanted[:_ID_LENGTH], wanted[_ID_LENGTH:].encode()
    return any(
        hmac.compare_digest(_mark(public_id, version).encode(), given) for version in range(1, _VERSIONS_KNOWN + 1)
    )


def festival_of_link(secret: str) -> Festival | None:
    """The festival of a household whose link this was, after `was_a_link`; None when the household is erased."""
    return db.session.scalar(
        select(Festival)
        .join(Registration, Registration.festival_id == Festival.id)
        .where(Registration.public_id == secret.strip().lower()[:_ID_LENGTH])
    )
