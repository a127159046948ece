"""A phone number that registers twice: whoever holds the number is told and led to the earlier registration. Whoever
typed it is answered as for any other number (docs/decisions/the-same-number-twice.md).

A job of the worker looks for it, so that signing up does the same work whether or not a number is known.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from festival.core.clock import local
from festival.extensions import db
from festival.messages.quiet_hours import not_at_night
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Registration
from festival.registration.telling import Notice, tell, tell_number

LATELY = timedelta(hours=2)
"""A worker that was away for longer tells nobody: by then the family has seen both pages."""


def tell_owners(at: datetime) -> int:
    """Write what is to be told about sign-ups of the last two hours; gives for how many numbers. The caller commits.

    Once a day for a number. Not for walk-ins and what helpers write down: a helper may lend out the own number.
    """
    earlier, later = aliased(Registration), aliased(Registration)
    pairs = db.session.execute(
        select(earlier, later)
        .join(later, (later.festival_id == earlier.festival_id) & (later.phone == earlier.phone))
        .join(Festival, Festival.id == later.festival_id)
        .where(
            later.created_at > at - LATELY,
            later.created_at <= at,
            earlier.id < later.id,
            later.phone != "",
            Festival.status.in_((FestivalStatus.PUBLISHED, FestivalStatus.LIVE)),
            *(
                condition
                for each in (earlier, later)
                for condition in (each.cancelled_at.is_(None), each.walk_in.is_(False), each.helper_link_id.is_(None))
            ),
        )
        .order_by(later.id, earlier.id)
        .options(joinedload(earlier.festival), joinedload(later.attendees))
    ).unique()
    told: set[tuple[int, str]] = set()
    for first, second in pairs:
        if (number := (first.festival_id, first.phone)) not in told:
            told.add(number)
            _tell(first, second, at)
    return len(told)


def _tell(first: Registration, second: Registration, at: datetime) -> None:
    """To the number itself, by text message. By mail only where both gave the same address: whoever made the earlier
    registration may be the stranger."""
    festival = first.festival
    with force_locale(second.language):
        notice = Notice(
            kind="link",
            event=f"same-number:{first.id}:{local(at):%Y-%m-%d}",
            send_after=not_at_night(at),
            subject=_("Registered twice? %(festival)s", festival=festival.name),
            paragraphs=[
                _("With your phone number somebody has registered once more for %(festival)s.", festival=festival.name),
                _(
                    "If it was your family: here is the first registration. Please cancel one of the two, so that the "
                    "places are free for others."
                ),
            ],
            button=_("The first registration"),
            short=_("Registered once more with your number. If it was you, cancel one; this is the first:"),
        )
        tell_number(first, notice)
        if first.email and second.email and first.email.casefold() == second.email.casefold():
            tell(first, notice)
