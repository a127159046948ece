"""The day's numbers: how many registered, how many came, when, through which door, and how full each session is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import Integer, bindparam, cast, extract, func, select

from festival.certificates.models import Certificate
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device, Scan
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.models import Attendee, Registration

SECONDS_OF_AN_HOUR = 3600

_came = (
    select(
        Scan.device_id,
        Scan.scanned_at,
        func.row_number().over(partition_by=Scan.attendee_id, order_by=(Scan.scanned_at, Scan.id)).label("place"),
    )
    .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
    .where(
        Checkpoint.festival_id == bindparam("festival_id"),
        Checkpoint.kind == CheckpointKind.ENTRANCE,
        Scan.passed,
        Scan.undone_at.is_(None),
        Scan.attendee_id.is_not(None),
        Scan.direction == "in",
    )
    .subquery("came")
)
_seconds = extract("epoch", _came.c.scanned_at)
_hour = (_seconds - _seconds % SECONDS_OF_AN_HOUR) / SECONDS_OF_AN_HOUR
_FIRST_PASSAGES = (
    select(Device.name, cast(_hour, Integer), func.count())
    .select_from(_came)
    .outerjoin(Device, Device.id == _came.c.device_id)
    .where(_came.c.place == 1)
    .group_by(Device.name, _hour)
)
"""By door and hour (whole hours since 1970, no time zone plays a part): how many came first there."""


@dataclass(frozen=True)
class DayFigures:
    """Counts of people unless a name says otherwise.

    Whoever came is counted once, with the first coming in that was not undone, at whichever entrance; `by_door`
    names those who were typed in from a paper list too.
    """

    registrations: int
    people: int
    admitted: int
    stamps: int
    certificates: int
    by_hour: Sequence[tuple[str, int]]
    by_door: Sequence[tuple[str, int]]
    sessions: Sequence[tuple[Session, int]]
    """Each session with how many have been let in."""


def figures_of(festival: Festival) -> DayFigures:
    """The numbers of this moment, in a fixed number of statements."""

    def count(statement: object) -> int:
        return db.session.scalar(statement) or 0  # type: ignore[call-overload]

    moments = db.session.execute(_FIRST_PASSAGES, {"festival_id": festival.id}).all()
    hours: Counter[str] = Counter()
    doors: Counter[str] = Counter()
    for door, hour, people in moments:
        hours[f"{local(datetime.fromtimestamp(hour * SECONDS_OF_AN_HOUR, UTC)).hour:02}:00"] += people
        doors[_("Paper list") if door is None else door] += people
    came = dict(
        db.session.execute(
            select(Checkpoint.session_id, func.count(Admission.id))
            .join(Admission, Admission.checkpoint_id == Checkpoint.id)
            .where(Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.SESSION)
            .group_by(Checkpoint.session_id)
        ).all()
    )
    sessions = db.session.scalars(
        select(Session).where(Session.festival_id == festival.id).order_by(Session.starts_at, Session.room)
    ).all()
    coming = (Attendee.festival_id == festival.id) & Attendee.cancelled_at.is_(None)
    return DayFigures(
        registrations=count(
            select(func.count(Registration.id)).where(
                Registration.festival_id == festival.id, Registration.cancelled_at.is_(None)
            )
        ),
        people=count(select(func.count(Attendee.id)).where(coming)),
        admitted=doors.total(),
        stamps=count(
            select(func.count(Admission.id))
            .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
            .where(Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.BOOTH)
        ),
        certificates=count(
            select(func.count(Certificate.id)).where(
                Certificate.festival_id == festival.id,
                Certificate.revoked_at.is_(None),
                Certificate.replaced_at.is_(None),
            )
        ),
        by_hour=sorted(hours.items()),
        by_door=doors.most_common(),
        sessions=[(session, came.get(session.id, 0)) for session in sessions],
    )
