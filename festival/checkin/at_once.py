"""The scan that a queue waits for: one ticket, by a phone that is online, of somebody who comes in for the first time.

Nearly all scans of a morning are like that. One statement recognizes the phone and reads all that is known, and one
transaction writes; the rules are those of all scans (`judging.py`), and so are the rows. Whatever is not that simple,
and whoever was faster, is left to `scanning.py`: then nothing has been written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import Dialect, bindparam, insert

from festival.checkin.admitting import ADMIT_ONE
from festival.checkin.answers import Answer, compose
from festival.checkin.decision import Verdict
from festival.checkin.facts import Scene, Way, Whose, add_rows
from festival.checkin.judging import Judged, Meaning, judge_all
from festival.checkin.models import Admission, DeviceMode, Scan
from festival.checkin.pairing import KnownDevice
from festival.checkin.scan_request import MAX_ID, ScanRequest, Unreadable
from festival.checkin.scanning import KEEP_ONE, SCAN_COLUMNS, Origin, rows_of
from festival.checkin.scene_statements import BY_TOKEN, MINE
from festival.core.prepared import Prepared
from festival.core.secrets import digest
from festival.extensions import Base, db
from festival.programme.models import FestivalStatus
from festival.registration.ticket_code import CodeKind, TicketCode, decode

_scans, _admissions = (Base.metadata.tables[entity.__tablename__] for entity in (Scan, Admission))

_OF_THE_SCAN = {
    "attendee_id": "attendee_id",
    "checkpoint_id": "checkpoint_id",
    "device_id": "device_id",
    "scan_id": "id",
    "admitted_at": "scanned_at",
    "changed_at": "received_at",
}
"""What an admission takes over from its scan's row: its columns by theirs."""

_let_in = insert(_admissions).values(
    {column: bindparam(name, type_=_scans.c[name].type) for column, name in _OF_THE_SCAN.items()}
)
_LET_IN_AND_KEEP = Prepared(
    insert(_scans)
    .values({name: bindparam(name, type_=_scans.c[name].type) for name in SCAN_COLUMNS})
    .add_cte(_let_in.returning(_admissions.c.id).cte("let_in"))
    .returning(_scans.c.id)
)
"""Both or neither: that the person is in already, or the scan is known, is an error of the whole statement."""


@dataclass(frozen=True)
class LetIn:
    """The phone, and the answer to its one scan: admitted, and kept."""

    device: KnownDevice
    answer: Answer


def let_in(token: str, scans: Sequence[ScanRequest | Unreadable], at: datetime) -> LetIn | None:
    """Let in the one person of the one scan that arrived at the moment `at`, and commit.

    None, with nothing written, for all that is not as simple: also for a token that is no working phone's.
    """
    if len(scans) != 1:
        return None
    (scan,) = scans
    if isinstance(scan, Unreadable) or scan.offline or scan.skill or scan.members or scan.direction != "in":
        return None
    code = decode(scan.ticket or "")
    if code is None or code.kind is not CodeKind.TICKET or code.ticket_id > MAX_ID or not token:
        return None
    dialect = db.engine.dialect
    with _connection(dialect) as driver:
        given = {"whose": digest(token[:200]), "checkpoint_ids": scan.checkpoint_id, "wanted": code.ticket_id}
        read = BY_TOKEN.run(driver, dialect, given)
        device = _working_phone(read, code.festival_id)
        if device is None:
            return None
        scene = Scene()
        add_rows(scene, read)
        judged = _first_coming_in(scan, code, scene, at)
        if judged is None:
            return None
        answer = compose(judged, device.mode is DeviceMode.KIOSK)
        (row,) = rows_of(Origin(Whose(device.festival_id, device.id)), judged, {scan.id: answer}, at)
        return LetIn(device, answer) if _write(driver, dialect, row) else None


@contextmanager
def _connection(dialect: Dialect) -> Iterator[Any]:
    """A connection of the driver's, on which each statement is a transaction of its own; given back afterwards."""
    pooled = db.engine.raw_connection()
    driver: Any = pooled.dbapi_connection
    try:
        if dialect.name == "postgresql":
            driver.autocommit = True  # SQLite's has been so from the beginning (`extensions.py`)
        yield driver
    finally:
        if dialect.name == "postgresql" and not driver.closed:
            driver.autocommit = False
        pooled.close()


def _working_phone(read: Sequence[Any], festival_id: int) -> KnownDevice | None:
    if not read or read[0].status is FestivalStatus.ARCHIVED or read[0].festival_id != festival_id:
        return None
    device = KnownDevice._make(getattr(read[0], MINE + name) for name in KnownDevice._fields)
    return device if device.revoked_at is None and device.mode is not DeviceMode.SCREEN else None


def _first_coming_in(scan: ScanRequest, code: TicketCode, scene: Scene, at: datetime) -> Judged | None:
    """The scan as judged, when it lets one person in who is not in yet, and takes nothing that may run out."""
    (post,) = scene.posts.values()
    limited = post.stock_left is not None or post.walk_ins or post.per_household or post.stamps_needed
    been_in = any(person.admissions for ticket in scene.tickets.values() for person in ticket.people.values())
    if limited or been_in or not scene.tickets:
        return None
    (judged,) = judge_all([(scan, at)], {scan.id: Meaning(Way.ID, code.ticket_id, code)}, scene)
    if not isinstance(judged, Judged) or len(judged.lines) != 1:
        return None
    return judged if judged.lines[0].verdict is Verdict.ADMITTED else None


def _write(driver: Any, dialect: Dialect, row: dict[str, Any]) -> bool:
    """The admission and the scan, both or neither; False when one of them is there already."""
    if dialect.name == "postgresql":
        try:
            _LET_IN_AND_KEEP.run(driver, dialect, row)
        except UniqueViolation:
            return False
        return True
    driver.execute("BEGIN IMMEDIATE")
    admission = {column: row[name] for column, name in _OF_THE_SCAN.items()}
    both = ADMIT_ONE.run(driver, dialect, admission) and KEEP_ONE.run(driver, dialect, row)
    (driver.commit if both else driver.rollback)()
    return bool(both)
