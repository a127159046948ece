"""How a family that lost its link comes back: by phone number and a ticket's code, or by having the link sent again.

Nobody learns here whether a number is registered. Whoever asks is answered the same, and the link goes only to the
address or the number that stands in the registration.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, func, or_, select, update

from festival.core.clock import now
from festival.core.phones import parse_phone
from festival.core.secrets import CODE_ALPHABET, CODE_LENGTH, read_code
from festival.core.text import tidy
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration import notices
from festival.registration.models import Registration, Ticket

CONFIRMS_AFTER = timedelta(minutes=5)
"""A page opened so long after signing up is opened by somebody who has come back: who signs up is led to it at once."""

MOST_SENT = 5
"""A number under which more registrations stand gets the links of the newest ones."""

LONGEST_CONTACT = 255


def read_ticket_code(typed: str) -> str | None:
    """A ticket's short code out of what was typed (small letters, spaces, dashes, U for V); None if it cannot be one.

    The alphabet has no U: who reads one has read a V.
    """
    code = read_code(typed).replace("U", "V")
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else None


def find_household(festival: Festival, phone: str, code: str) -> Registration | None:
    """The household of `festival` with this number (E.164) that has a ticket or the pass with this code.

    A ticket that was taken back opens nothing, unless the whole household was cancelled: its page then says so.
    """
    return db.session.scalar(
        select(Registration)
        .join(Ticket, Ticket.registration_id == Registration.id)
        .where(
            Ticket.festival_id == festival.id,
            Ticket.short_code == code,
            Registration.phone == phone,
            Registration.phone != "",
            or_(Ticket.revoked_at.is_(None), Registration.cancelled_at.is_not(None)),
        )
    )


def read_contact(typed: str) -> str | None:
    """A phone number as E.164 or an e-mail address in small letters; None for anything else."""
    text = tidy(typed)
    if "@" in text:
        return text.lower() if len(text) <= LONGEST_CONTACT else None
    return parse_phone(text)


def households_of(festival: Festival, contact: str) -> Sequence[Registration]:
    """Whose link is sent to somebody who names `contact`: the newest that come, or else the newest cancelled one, whose
    page says that it is cancelled and how to register again."""
    known = func.lower(Registration.email) if "@" in contact else Registration.phone
    rows = db.session.scalars(
        select(Registration)
        .where(Registration.festival_id == festival.id, known == contact)
        .order_by(Registration.cancelled_at.is_not(None), Registration.created_at.desc(), Registration.id.desc())
        .limit(MOST_SENT)
    ).all()
    return [row for row in rows if row.cancelled_at is None] or rows[:1]


def send_links(festival: Festival, contact: str) -> int:
    """Write the messages with the links of those whom `contact` names; gives how many. The worker does this, so that
    the page that was asked takes the same time for a number nobody has."""
    found = households_of(festival, contact)
    for registration in found:
        notices.link_again(registration)
    return len(found)


def renew_link(registration: Registration) -> bool:
    """Void the household's link and give it a new one; False when it was renewed at this very moment by another call.

    One statement, so that of two taps one renews.
    """
    known = registration.link_version
    renewed = cast(
        "CursorResult[Any]",
        db.session.execute(
            update(Registration)
            .where(Registration.id == registration.id, Registration.link_version == known)
            .values(link_version=known + 1)
            .execution_options(synchronize_session=False)
        ),
    )
    db.session.refresh(registration, ["link_version", "changed_at"])
    return renewed.rowcount == 1


def has_come_back(registration: Registration) -> bool:
    """Whether opening the page now shows for the first time that there is a family behind the registration."""
    return registration.confirmed_at is None and now() >= registration.created_at + CONFIRMS_AFTER


def mark_confirmed(registration: Registration) -> None:
    """Note that somebody came back to this registration: it is no part of a flood, and is not released with one.

    That is so when its page is opened for the first time five minutes or more after signing up (`has_come_back`: by the
    link in a message, a bookmark, a code on paper), or when it was found again by number and code. The door's phones
    need not hear of it, so `changed_at` stays.
    """
    db.session.execute(
        update(Registration)
        .where(Registration.id == registration.id, Registration.confirmed_at.is_(None))
        .values(confirmed_at=now(), changed_at=Registration.changed_at)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(registration, ["confirmed_at"])
