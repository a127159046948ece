"""What is known of scans that were made before: the answers they got, and who was let in by them.

The statements are built once, as those of `facts.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, select

from festival.checkin.decision import History
from festival.checkin.facts import Known
from festival.checkin.models import Admission, Device, Scan
from festival.extensions import Base, db


def _table(entity: type[Base]) -> Table:
    return Base.metadata.tables[entity.__tablename__]


_admissions, _devices, _scans = map(_table, (Admission, Device, Scan))

_ANSWERS = select(_scans.c.id, _scans.c.answer, _scans.c.device_id, _scans.c.offline).where(
    _scans.c.id.in_(bindparam("ids", expanding=True))
)

_ADMITTED = (
    select(
        _admissions.c.attendee_id,
        _admissions.c.checkpoint_id,
        _admissions.c.admitted_at,
        _admissions.c.scan_id,
        _devices.c.name.label("door"),
    )
    .outerjoin(_devices, _devices.c.id == _admissions.c.device_id)
    .where(_admissions.c.attendee_id.in_(bindparam("attendee_ids", expanding=True)))
    .where(_admissions.c.checkpoint_id.in_(bindparam("checkpoint_ids", expanding=True)))
)


@dataclass(frozen=True)
class FirstAnswer:
    """What was answered to a scan before; None to another device than its own, which learns nothing from it.

    `believed` says that it stands as told by the server, not as the phone showed it.
    """

    body: dict[str, Any] | None
    believed: bool


def load_answers(scan_ids: Iterable[UUID], device_id: int | None) -> dict[UUID, FirstAnswer]:
    """What was answered to these scans before, by id; ids that are new are missing."""
    rows = db.session.connection().execute(_ANSWERS, {"ids": list(scan_ids)})
    return {
        row.id: FirstAnswer(row.answer if row.device_id == device_id else None, believed=not row.offline)
        for row in rows
    }


def load_admissions(attendee_ids: Collection[int], checkpoint_ids: Collection[int]) -> dict[tuple[int, int], Known]:
    """Admissions as they are now, by attendee and checkpoint."""
    given = {"attendee_ids": list(attendee_ids), "checkpoint_ids": list(checkpoint_ids)}
    rows = db.session.connection().execute(_ADMITTED, given)
    return {
        (row.attendee_id, row.checkpoint_id): Known(History(row.admitted_at, row.door), row.scan_id) for row in rows
    }
