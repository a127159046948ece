"""Telling by mail that the house fills up: at 80, 95 and 100 % of its capacity, each once a day.

The dashboard and the doors show it all the time; the mail is for those who look at neither. Called by the worker every
minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from festival.accounts.models import StaffRole, User
from festival.accounts.staff import working_for
from festival.checkin.headcount import Headcount, headcount
from festival.checkin.models import CapacityWarning
from festival.core.clock import local
from festival.extensions import Base, db
from festival.messages import outbox
from festival.programme.models import Festival, FestivalStatus

THRESHOLDS = (80, 95, 100)
"""Percent of the venue's capacity."""

TOLD = (StaffRole.OWNER, StaffRole.ORGANIZER, StaffRole.DOOR_MANAGER)

_warnings = Base.metadata.tables[CapacityWarning.__tablename__]
_NOTE = {
    dialect: insert(_warnings).on_conflict_do_nothing().returning(_warnings.c.percent)
    for dialect, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


def reached(percent: int) -> int | None:
    """The highest threshold that so many percent have reached."""
    return max((threshold for threshold in THRESHOLDS if percent >= threshold), default=None)


def warn_where_due(at: datetime) -> int:
    """Look at every festival whose day it is; gives how many mails were put into the outbox. The caller commits."""
    day = local(at).date()
    running = db.session.scalars(
        select(Festival)
        .where(
            Festival.first_day <= day,
            Festival.last_day >= day,
            Festival.status.in_((FestivalStatus.PUBLISHED, FestivalStatus.LIVE)),
        )
        .order_by(Festival.id)
    ).all()
    return sum(warn_if_due(festival, at) for festival in running)


def warn_if_due(festival: Festival, at: datetime) -> int:
    """One mail to everybody responsible when a threshold is reached for the first time that day; gives how many.

    Two reached since the last look are told as one, the higher. Falling below and rising again tells nothing new.
    """
    count = headcount(festival, at)
    new = _note(festival.id, local(at).date(), [each for each in THRESHOLDS if count.percent >= each], at)
    if not new:
        return 0
    people = responsible_for(festival)
    for user in people:
        outbox.put(_mail(festival, count, max(new), user), festival.id)
    return len(people)


def _note(festival_id: int, day: date, thresholds: Sequence[int], at: datetime) -> list[int]:
    """Those of the thresholds that nobody has noted yet that day: of two workers at once, one gets each."""
    insert = _NOTE[db.session.connection().dialect.name]
    new: list[int] = []
    for percent in thresholds:
        values = {"festival_id": festival_id, "day": day, "percent": percent, "warned_at": at}
        new += db.session.connection().scalars(insert, values)
    return new


def responsible_for(festival: Festival) -> Sequence[User]:
    """The owners, organizers and door managers of the festival who may sign in, each once."""
    return db.session.scalars(
        select(User)
        .where(
            User.active,
            User.id.in_(working_for(festival.organization_id, festival.id, TOLD)),
        )
        .order_by(User.id)
    ).all()


def _mail(festival: Festival, count: Headcount, threshold: int, user: User) -> outbox.Mail:
    clock = local(count.at)
    address = f"{current_app.extensions['settings'].public_url}/manage/{festival.slug}/"
    with force_locale("vi"):
        subject = (
            _("The house is full: %(festival)s", festival=festival.name)
            if threshold >= 100
            else _("The house is %(percent)s %% full: %(festival)s", percent=count.percent, festival=festival.name)
        )
        lines = [
            _("Dear %(name)s,", name=user.name or user.email),
            "",
            _(
                "At %(at)s there are %(inside)s people inside, of %(capacity)s places (%(percent)s %%).",
                at=f"{clock:%H:%M}",
                inside=count.inside,
                capacity=count.capacity,
                percent=count.percent,
            ),
            *(
                [_("Scans not sent yet: %(count)s. There may be more people inside.", count=count.waiting)]
                * bool(count.waiting)
            ),
            "",
            _("Do not let anybody else in until some have left.")
            if threshold >= 100
            else _(
                "Get ready to stop people at the door: from %(full)s %% on nobody else may come in.",
                full=THRESHOLDS[-1],
            ),
            "",
            _("How it is now: %(address)s", address=address),
            "",
            _("You get this once a day for each of these steps: %(steps)s %%.", steps=", ".join(map(str, THRESHOLDS))),
        ]
    return outbox.Mail(
        event=f"capacity:{festival.id}:{clock:%Y-%m-%d}:{threshold}:{user.id}",
        recipient=user.email,
        subject=subject,
        body="\n".join(lines) + "\n",
    )
