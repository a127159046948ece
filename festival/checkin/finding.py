"""Finding a person who has no QR at hand: by name, never as a list to browse."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, literal, select

from festival.checkin.models import Admission, Checkpoint, Device, device_checkpoints
from festival.core.text import fold
from festival.extensions import db
from festival.registration.models import Attendee, Registration

MOST = 10
FEWEST_LETTERS = 4


class FindOutcome(enum.Enum):
    """Whether there was enough to look for."""

    FOUND = "found"
    TOO_LITTLE = "too_little"
    WRONG_CHECKPOINT = "wrong_checkpoint"


@dataclass(frozen=True)
class Candidate:
    """Somebody the searcher may mean; the year of birth tells two of one name apart."""

    attendee_id: int
    name: str
    birth_year: int
    admitted_at: datetime | None


@dataclass(frozen=True)
class Found:
    """At most `MOST` people; `more` says that others fit too, so that more has to be typed."""

    outcome: FindOutcome
    people: tuple[Candidate, ...] = ()
    more: bool = False


def find_people(device: Device, checkpoint_id: int, typed: str) -> Found:
    """The people of the device's festival whose names have all the typed words; beginnings without marks are enough.

    Asks for two words, or one and a year of birth: less would be browsing.
    """
    words = fold(typed[:200]).split()[:8]
    years = [int(word) for word in words if len(word) == 4 and word.isascii() and word.isdigit()]
    names = [word for word in words if not word.isdigit()]
    enough = len(names) >= 2 or (len(names) == 1 and years)
    if not enough or sum(map(len, names)) + 2 * len(years) < FEWEST_LETTERS:
        return Found(FindOutcome.TOO_LITTLE)
    if not _may_scan_at(device, checkpoint_id):
        return Found(FindOutcome.WRONG_CHECKPOINT)
    query = (
        select(Attendee.id, Attendee.name, Attendee.birth_year, Admission.admitted_at)
        .join(Registration, Registration.id == Attendee.registration_id)
        .outerjoin(Admission, and_(Admission.attendee_id == Attendee.id, Admission.checkpoint_id == checkpoint_id))
        .where(
            Attendee.festival_id == device.festival_id,
            Attendee.cancelled_at.is_(None),
            Registration.cancelled_at.is_(None),
            *((literal(" ") + Attendee.folded_name).contains(f" {name}", autoescape=True) for name in names),
        )
        .order_by(Attendee.name_key, Attendee.birth_year, Attendee.id)
        .limit(MOST + 1)
    )
    if years:
        query = query.where(Attendee.birth_year == years[0])
    rows = db.session.execute(query).all()
    people = tuple(Candidate(row.id, row.name, row.birth_year, row.admitted_at) for row in rows[:MOST])
    return Found(FindOutcome.FOUND, people, more=len(rows) > MOST)


def _may_scan_at(device: Device, checkpoint_id: int) -> bool:
    allowed = select(Checkpoint.id).join(device_checkpoints, device_checkpoints.c.checkpoint_id == Checkpoint.id)
    mine = allowed.where(device_checkpoints.c.device_id == device.id, Checkpoint.id == checkpoint_id)
    return db.session.scalar(mine) is not None
