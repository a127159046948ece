"""The day's numbers: how many registered, how many came, when, through which door, and how full each session is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from festival.certificates.models import Certificate
from festival.checkin.models import Admission, Checkpoint, CheckpointKind, Device
from festival.core.clock import local
from festival.extensions import db
from festival.programme.models import Festival, Session
from festival.registration.models import Attendee, Registration


@dataclass(frozen=True)
class DayFigures:
    """Counts of people unless a name says otherwise; a person who came through two entrances counts once."""

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

    entrance = (
        select(
            Admission.attendee_id,
            func.min(Admission.admitted_at).label("at"),
            func.min(Admission.device_id).label("device"),
        )
        .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
        .where(Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.ENTRANCE)
        .group_by(Admission.attendee_id)
        .subquery()
    )
    moments = db.session.execute(
        select(Device.name, entrance.c.at).join(entrance, entrance.c.device == Device.id)
    ).all()
    hours = Counter(f"{local(at).hour:02}:00" for _door, at in moments)
    doors = Counter(door for door, _at in moments)
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
        admitted=len(moments),
        stamps=count(
            select(func.count(Admission.id))
            .join(Checkpoint, Checkpoint.id == Admission.checkpoint_id)
            .where(Checkpoint.festival_id == festival.id, Checkpoint.kind == CheckpointKind.BOOTH)
        ),
        certificates=count(
            select(func.count(Certificate.id)).where(
                Certificate.festival_id == festival.id, Certificate.revoked_at.is_(None)
            )
        ),
        by_hour=sorted(hours.items()),
        by_door=doors.most_common(),
        sessions=[(session, came.get(session.id, 0)) for session in sessions],
    )
