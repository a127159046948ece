"""The families that a phone remembers, so that stamping at forty booths asks for nothing.

A signed cookie holds at most five of them: the registration's public id and the version of its link, and where only a
ticket's short code was typed, the ticket. No name, no number. It lasts longer than a session, because the link is
opened days before the festival; a button forgets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from festival.core.secrets import CODE_LENGTH, read_code
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.changing import coming
from festival.registration.models import Attendee, Registration, Ticket

COOKIE = "festival_families"
LASTS = timedelta(days=30)
MOST = 5


@dataclass(frozen=True)
class Remembered:
    """One entry of the cookie. `ticket_id` is 0 for a family whose link was opened on this phone."""

    public_id: str
    link_version: int
    ticket_id: int = 0


@dataclass(frozen=True)
class Family:
    """A family, or one ticket of it, in the festival at hand. `whole`: its link was opened here, so that names may be
    shown in full and the link too."""

    registration: Registration
    people: tuple[Attendee, ...]
    whole: bool


def entry_of(registration: Registration, ticket: Ticket | None = None) -> Remembered:
    """How a family is remembered: by its link, or by one ticket whose code was typed."""
    return Remembered(registration.public_id, registration.link_version, ticket.id if ticket else 0)


def remembered() -> list[Remembered]:
    """What the phone that asks remembers, the newest first."""
    try:
        entries = _signer().loads(request.cookies.get(COOKIE, "")[:2000], max_age=int(LASTS.total_seconds()))
        return [Remembered(str(entry[0]), int(entry[1]), int(entry[2])) for entry in entries[:MOST]]
    except (BadData, ValueError, TypeError, IndexError, KeyError):
        return []


def remember(response: Response, entry: Remembered) -> None:
    """Put the family first in the phone's cookie; a link outranks a ticket of the same family."""
    known = remembered()
    if entry.ticket_id and any(one.public_id == entry.public_id and not one.ticket_id for one in known):
        return
    others = [one for one in known if one.public_id != entry.public_id or (entry.ticket_id and one != entry)]
    kept = [entry, *others][:MOST]
    response.set_cookie(
        COOKIE,
        _signer().dumps([[one.public_id, one.link_version, one.ticket_id] for one in kept]),
        max_age=LASTS,
        secure=current_app.extensions["settings"].secure,
        httponly=True,
        samesite="Lax",
    )


def forget(response: Response) -> None:
    """Take the cookie off the phone."""
    response.delete_cookie(COOKIE)


def families_in(festival: Festival, entries: Sequence[Remembered]) -> list[Family]:
    """The families of `entries` that are of this festival, not cancelled, and whose link is still the same."""
    rows = db.session.scalars(
        select(Registration)
        .where(
            Registration.festival_id == festival.id,
            Registration.public_id.in_([entry.public_id for entry in entries]),
            Registration.cancelled_at.is_(None),
        )
        .options(selectinload(Registration.attendees), selectinload(Registration.tickets))
    )
    by_id = {row.public_id: row for row in rows}
    families = []
    for entry in entries:
        registration = by_id.get(entry.public_id)
        if registration is None or registration.link_version != entry.link_version:
            continue
        people = coming(registration)
        if entry.ticket_id:
            people = _people_of(registration, entry.ticket_id)
        if people:
            families.append(Family(registration, tuple(people), whole=not entry.ticket_id))
    return families


def _people_of(registration: Registration, ticket_id: int) -> list[Attendee]:
    ticket = next((one for one in registration.tickets if one.id == ticket_id and one.revoked_at is None), None)
    if ticket is None:
        return []
    return [one for one in coming(registration) if ticket.attendee_id in (None, one.id)]


def find_by_code(festival: Festival, typed: str) -> Ticket | None:
    """The valid ticket or pass of this festival with that short code; None alike for one taken back and for none."""
    code = read_code(typed)
    if len(code) != CODE_LENGTH:
        return None
    ticket = db.session.scalar(select(Ticket).where(Ticket.festival_id == festival.id, Ticket.short_code == code))
    if ticket is None or ticket.revoked_at is not None or ticket.registration.cancelled_at is not None:
        return None
    return ticket if _people_of(ticket.registration, ticket.id) else None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="families on this phone")
