"""Reminders for those who agreed to them: the day before at 17:00, and two hours before a household's first session.

A household without a session is reminded of the opening. Whoever registers later than a reminder was due is not told
what it has just read. Each reminder is an event of its own, so that a worker that starts again tells nobody twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from festival.consents import ledger
from festival.consents.models import Purpose
from festival.core.clock import at_local, local
from festival.extensions import db
from festival.messages import outbox
from festival.messages.models import Message
from festival.messages.outbox import Addressed
from festival.programme.models import Festival, FestivalStatus, Session
from festival.programme.timetable import place
from festival.registration.calendar import Sitting, household_calendar, sittings_of
from festival.registration.models import Attendee, Booking, BookingState, Registration
from festival.registration.notices import lines_of, when_and_where
from festival.registration.telling import Notice, addressed

DAY_BEFORE_AT = time(17)
SOON = timedelta(hours=2)
BATCH = 200
"""So many households are written to in one transaction."""

MOST_IN_ONE_GO = 2000
"""The worker has other things to do each minute, and more mails than that do not go out in one anyway."""


@dataclass(frozen=True)
class _Due:
    """One household, its first moment, and whether that is soon (or tomorrow)."""

    registration_id: int
    first: datetime
    soon: bool

    @property
    def event(self) -> str:
        if self.soon:
            return f"reminder-soon:{self.registration_id}:{self.first.timestamp():.0f}"
        return f"reminder-day:{self.registration_id}:{local(self.first):%Y-%m-%d}"


def write_due(at: datetime) -> int:
    """Write what is due at that moment; gives how many messages. Commits, batch by batch: a job of the worker."""
    written = 0
    festivals = db.session.scalars(
        select(Festival).where(
            Festival.status.in_((FestivalStatus.PUBLISHED, FestivalStatus.LIVE)),
            Festival.first_day <= local(at + timedelta(days=1)).date(),
            Festival.last_day >= local(at).date(),
        )
    ).all()
    db.session.commit()
    for festival in festivals:
        if local(at).time() < DAY_BEFORE_AT and local(at + SOON).date() < festival.first_day:
            continue  # the day before, until the afternoon
        for batch in _batches(list(_due(festival, at))):
            written += _write(festival, batch)
            db.session.commit()
            if written >= MOST_IN_ONE_GO:
                return written
    return written


def _due(festival: Festival, at: datetime) -> Iterator[_Due]:
    for row in db.session.execute(_candidates(festival)):
        first = row.first or festival.starts
        day_before = at_local(local(first).date() - timedelta(days=1), DAY_BEFORE_AT)
        midnight = at_local(local(first).date(), time(0))
        if day_before <= at < midnight and row.created_at < day_before:
            yield _Due(row.id, first, soon=False)
        if first - SOON <= at < first and row.created_at < first - SOON:
            yield _Due(row.id, first, soon=True)


def _candidates(festival: Festival) -> Select[int, datetime, datetime | None]:
    """The households that agreed, each with when it registered and when its first session begins."""
    first = (
        select(func.min(Session.starts_at))
        .join(Booking, Booking.session_id == Session.id)
        .join(Attendee, Attendee.id == Booking.attendee_id)
        .where(
            Attendee.registration_id == Registration.id,
            Attendee.cancelled_at.is_(None),
            Booking.state == BookingState.CONFIRMED,
        )
        .correlate(Registration)
        .scalar_subquery()
    )
    return select(Registration.id, Registration.created_at, first.label("first")).where(
        Registration.festival_id == festival.id,
        Registration.cancelled_at.is_(None),
        ledger.agreed(Purpose.REMINDERS, Registration.id),
    )


def _batches(due: Sequence[_Due]) -> Iterator[list[_Due]]:
    """Those not told yet, some at a time."""
    for start in range(0, len(due), BATCH):
        batch = due[start : start + BATCH]
        events = [event for one in batch for event in (one.event, f"{one.event}:sms")]
        told = set(db.session.scalars(select(Message.event).where(Message.event.in_(events))))
        if new := [one for one in batch if not {one.event, f"{one.event}:sms"} & told]:
            yield new


def _write(festival: Festival, batch: Sequence[_Due]) -> int:
    ids = [one.registration_id for one in batch]
    rows = db.session.scalars(
        select(Registration).where(Registration.id.in_(ids)).options(joinedload(Registration.festival))
    )
    households = {row.id: row for row in rows}
    sittings = sittings_of(ids)
    messages: list[Addressed] = []
    for one in batch:
        household = households[one.registration_id]
        with force_locale(household.language):
            messages += addressed(household, _notice(household, one, sittings[household.id]))
    return outbox.put_all(messages, festival.id)


def _notice(household: Registration, one: _Due, sittings: Sequence[Sitting]) -> Notice:
    festival = household.festival
    day = local(one.first).date()
    today = [each for each in sittings if local(each.session.starts_at).date() == day]
    clock = f"{local(one.first):%H:%M}"
    where = _where(festival, today)
    title = today[0].session.workshop.title if today else festival.name
    if one.soon:
        subject = _("Today at %(clock)s: %(festival)s", clock=clock, festival=festival.name)
        sentence = _("It begins soon, at %(clock)s. Have your tickets ready on the phone or on paper.", clock=clock)
        short = _("Today %(clock)s: %(title)s, %(place)s. Your tickets:", clock=clock, title=title, place=where)
    else:
        subject = _("Tomorrow: %(festival)s", festival=festival.name)
        sentence = _("We look forward to seeing you tomorrow. You begin at %(clock)s.", clock=clock)
        short = _("Tomorrow %(clock)s: %(title)s, %(place)s. Your tickets:", clock=clock, title=title, place=where)
    return Notice(
        kind="reminder",
        event=one.event,
        subject=subject,
        paragraphs=[
            sentence,
            _("Can you not come? Please cancel on your page, so that another family gets the places."),
        ],
        facts=when_and_where(household),
        listed=lines_of(today),
        button=_("Our tickets"),
        small_print=_("You agreed to reminders. On your page you can take that back at any time."),
        short=short,
        calendar=household_calendar(household, sittings).decode(),
        fields={"session": title, "time": clock},
        good_until=one.first,
    )


def _where(festival: Festival, today: Sequence[Sitting]) -> str:
    return (place(today[0].session) if today else "") or festival.venue
