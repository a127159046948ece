"""Helpers' links `/helper/<secret>`: made, found, ended, and what came of each. The caller commits.

A secret is made from the link's public id and the app's own secret, never stored: as a household's (`links.py`).
"""

from __future__ import annotations

import base64
import enum
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from festival.accounts.audit import record, values_of
from festival.core.clock import now
from festival.core.secrets import mark
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration.links import new_public_id
from festival.registration.models import Attendee, HelperLink, LinkKind, Registration

_MARK_BYTES = 15
HANDED_IN_FOR = timedelta(days=1)
"""What was written on a device before its link was ended is taken for so long."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a link is known."""


class LinkState(enum.Enum):
    """OPEN; HANDING_IN: ended less than a day ago, what devices still hold is taken; ENDED: nothing any more."""

    OPEN = "open"
    HANDING_IN = "handing_in"
    ENDED = "ended"


@dataclass(frozen=True)
class LinkRow:
    """A link in the organizer's list: how many it has registered (who still come), and when the last."""

    link: HelperLink
    households: int
    people: int
    last_at: datetime | None


def make_link(
    festival: Festival, kind: LinkKind, group_name: str, helper_name: str, created_by: int | None
) -> HelperLink:
    """A new link; it is in the audit log."""
    link = HelperLink(
        festival_id=festival.id,
        kind=kind,
        group_name=group_name,
        helper_name=helper_name,
        public_id=new_public_id(),
        created_by=created_by,
    )
    link.festival = festival
    db.session.add(link)
    db.session.flush()
    record("helper_link.made", _subject(link), festival_id=festival.id, after=_told(link))
    return link


def end_link(link: HelperLink) -> bool:
    """End a link: it registers nobody any more. False when it had ended before."""
    if link.ended_at is not None:
        return False
    before = _told(link)
    link.ended_at = now()
    record("helper_link.ended", _subject(link), festival_id=link.festival_id, before=before, after=_told(link))
    return True


def _subject(link: HelperLink) -> str:
    return f"{link.group_name} ({link.helper_name})"


def _told(link: HelperLink) -> dict[str, object]:
    return {name: value for name, value in values_of(link).items() if name not in ("public_id", "last_used_at")}


def _mark(public_id: str) -> str:
    return base64.b32encode(mark("helper-link", public_id)[:_MARK_BYTES]).decode().lower()


def secret_of(link: HelperLink) -> str:
    """The secret in the link: 36 lower-case letters and digits."""
    return link.public_id + _mark(link.public_id)


def address_of(link: HelperLink) -> str:
    """The whole link, to be sent or printed."""
    return f"{current_app.extensions['settings'].public_url}/helper/{secret_of(link)}"


def find_link(secret: str) -> HelperLink | None:
    """The link with this secret, ended or not; None for any other text."""
    wanted = secret.strip().lower()[:100]
    link = db.session.scalar(select(HelperLink).where(HelperLink.public_id == wanted[: -len(_mark(""))]))
    if link is None or not hmac.compare_digest(secret_of(link).encode(), wanted.encode()):
        return None
    return link


def state_of(link: HelperLink, at: datetime) -> LinkState:
    """What the link is good for at that moment."""
    if link.ended_at is None:
        return LinkState.OPEN
    return LinkState.HANDING_IN if at < link.ended_at + HANDED_IN_FOR else LinkState.ENDED


def note_used(link: HelperLink, at: datetime) -> None:
    """Remember when the link was used last."""
    if link.last_used_at is None or at - link.last_used_at >= SEEN_EVERY:
        link.last_used_at = at


def get_link(festival: Festival, link_id: int) -> HelperLink | None:
    """A link of this festival by its number, for staff."""
    return db.session.scalar(select(HelperLink).where(HelperLink.id == link_id, HelperLink.festival_id == festival.id))


def rows_of(links: Sequence[HelperLink]) -> list[LinkRow]:
    """What came of these links, in the same order."""
    people = (
        select(Attendee.registration_id, func.count().label("people"))
        .where(Attendee.cancelled_at.is_(None))
        .group_by(Attendee.registration_id)
        .subquery()
    )
    counted = db.session.execute(
        select(
            Registration.helper_link_id,
            func.count(Registration.id),
            func.coalesce(func.sum(people.c.people), 0),
            func.max(Registration.created_at),
        )
        .join(people, people.c.registration_id == Registration.id)
        .where(Registration.helper_link_id.in_([link.id for link in links]), Registration.cancelled_at.is_(None))
        .group_by(Registration.helper_link_id)
    )
    known = {row[0]: row for row in counted}
    rows = []
    for link in links:
        _id, households, number, last = known.get(link.id, (link.id, 0, 0, None))
        rows.append(LinkRow(link, households, int(number), last))
    return rows
