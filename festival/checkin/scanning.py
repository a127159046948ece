"""Recording scans: judged, admitted exactly once, and each one kept with its answer.

One call serves the phone that is online (one scan), the one that comes back from offline (up to 500), codes typed from
paper and the stamp that a visitor gets by a code. What is stored does not depend on the order in which scans arrive:
the earliest one owns an admission, whoever comes first. The order of the locks is the same in every transaction (what
is claimed, admissions by person and place, then scans by id), so two doors can wait for each other but never for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, and_, literal, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from festival.checkin.admitting import admit, admit_unheard
from festival.checkin.answers import Answer, compose
from festival.checkin.earlier_scans import load_answers
from festival.checkin.facts import Whose
from festival.checkin.judging import WENT_THROUGH, Judged, Senseless, judge_all, look_at, moment_of, read_meaning
from festival.checkin.models import Device, DeviceMode, Scan, ScanSource
from festival.checkin.pairing import KnownDevice
from festival.checkin.scan_request import ScanRequest, Unreadable
from festival.checkin.skills import note_skills
from festival.core.prepared import Prepared
from festival.extensions import Base, db, stop_reading
from festival.programme.models import Festival

_scans: Table = Base.metadata.tables[Scan.__tablename__]


_KEEP = {
    dialect: insert(_scans).on_conflict_do_nothing().returning(_scans.c.id)
    for dialect, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
SCAN_COLUMNS = [column.name for column in _scans.c if not column.name.startswith("und")]
KEEP_ONE = Prepared(_KEEP, SCAN_COLUMNS)


@dataclass(frozen=True)
class Origin:
    """Where scans come from. Without a device they are the festival's own: typed from paper, or a visitor's stamp.

    A device's scans were made after it was paired and before it was revoked, whatever its clock says.
    A kiosk (`given_names_only`) faces strangers: it is told no more than it may show.
    """

    whose: Whose
    source: ScanSource = ScanSource.DEVICE
    paired_at: datetime | None = None
    revoked_at: datetime | None = None
    entered_by: int | None = None
    given_names_only: bool = False


class _Repeated(Exception):
    """Raised within this module only: an id that was taken to be new is not."""


def record_scans(
    device: Device | KnownDevice,
    scans: Sequence[ScanRequest | Unreadable],
    at: datetime,
    sent_by: Device | KnownDevice | None = None,
) -> list[Answer]:
    """Record the scans of `device` that arrived at the moment `at`; the answers are in the same order.

    A scan whose id is known gets its first answer. One that makes no sense, or is for a checkpoint that is not
    this device's, is refused by itself. A household pass without chosen members is answered with its people
    and not recorded. With `sent_by`, `device` is what that phone was before (`paired_again.py`). The caller commits.
    """
    origin = Origin(
        Whose(device.festival_id, device.id, sent_by.id if sent_by is not None else None),
        paired_at=device.paired_at,
        revoked_at=device.revoked_at,
        given_names_only=device.mode is DeviceMode.KIOSK,
    )
    return _record_all(origin, scans, at)


def record_for(
    festival: Festival,
    scans: Sequence[ScanRequest],
    at: datetime,
    source: ScanSource,
    entered_by: int | None = None,
) -> list[Answer]:
    """Record scans that no device has made, at any checkpoint of `festival`; else as `record_scans`."""
    return _record_all(Origin(Whose(festival.id), source, entered_by=entered_by), scans, at)


def _record_all(origin: Origin, scans: Sequence[ScanRequest | Unreadable], at: datetime) -> list[Answer]:
    readable = {scan.id: scan for scan in reversed(scans) if isinstance(scan, ScanRequest)}
    answers = _record_or_repeat(origin, list(readable.values()), at) if readable else {}
    return [_answer_to(scan, answers) for scan in scans]


def _answer_to(scan: ScanRequest | Unreadable, answers: Mapping[UUID, Answer]) -> Answer:
    if isinstance(scan, Unreadable):
        return Answer.refused(scan.id, scan.field)
    return answers.get(scan.id) or Answer.refused(str(scan.id), "checkpoint")


def _record_or_repeat(origin: Origin, scans: Sequence[ScanRequest], at: datetime) -> dict[UUID, Answer]:
    """One scan that is answered at once is nearly always new: that it is not shows only when it is to be kept, and
    then all is done again. Of others the ids are looked at first."""
    if len(scans) == 1 and not scans[0].offline:
        try:
            if answers := _record(origin, scans, at):
                return answers
        except _Repeated:
            db.session.rollback()
    stop_reading()
    known = _first_answers(scans, origin)
    new = [scan for scan in scans if scan.id not in known]
    while new:
        try:
            with db.session.begin_nested():
                return known | _record(origin, new, at)
        except _Repeated:  # sent twice at this very moment
            known |= _first_answers(new, origin)
            new = [scan for scan in new if scan.id not in known]
    return known


def _first_answers(scans: Collection[ScanRequest], origin: Origin) -> dict[UUID, Answer]:
    """The answers to those scans that are known.

    One that was answered before, but comes again as offline, never heard that answer: its door acted on what it showed,
    so somebody may have gone in whom the answer refused.
    """
    found = load_answers([scan.id for scan in scans], origin.whose.device_id)
    unheard = [scan for scan in scans if scan.offline and scan.id in found and found[scan.id].believed]
    for scan in unheard:
        if found[scan.id].body is not None and scan.shown is not None:
            went = scan.shown == WENT_THROUGH[scan.direction].value
            somebody = or_(_scans.c.attendee_id.is_not(None), _scans.c.ticket_id.is_(None))  # not a pass as a whole
            db.session.execute(
                update(_scans)
                .where(or_(_scans.c.id == scan.id, _scans.c.part_of == scan.id), _scans.c.undone_at.is_(None))
                .values(offline=True, shown=scan.shown, passed=or_(_scans.c.passed, and_(somebody, literal(went))))
            )
            if went and scan.direction == "in":
                admit_unheard(scan.id)
    return {
        scan_id: Answer.refused(str(scan_id), "id") if first.body is None else Answer(first.body)
        for scan_id, first in found.items()
    }


def _record(origin: Origin, scans: Sequence[ScanRequest], at: datetime) -> dict[UUID, Answer]:
    meanings = {scan.id: read_meaning(scan, origin.whose.festival_id) for scan in scans}
    scene = look_at(origin.whose, scans, meanings)
    latest = min(at, origin.revoked_at or at)
    allowed = sorted(
        ((scan, moment_of(scan, origin.paired_at, latest)) for scan in scans if scan.checkpoint_id in scene.posts),
        key=lambda pair: (pair[1], pair[0].scanned_at, pair[0].id),
    )
    answers: dict[UUID, Answer] = {}
    judged: list[Judged] = []
    for one in judge_all(allowed, meanings, scene):
        if isinstance(one, Senseless):
            answers[one.id] = Answer.refused(str(one.id), one.field)
        else:
            judged.append(one)
    connection = stop_reading()
    admit(connection, origin.whose, judged, at)
    answers |= {one.request.id: compose(one, origin.given_names_only) for one in judged}
    recorded = [one for one in judged if not one.choose]
    _keep(connection, origin, recorded, answers, at)
    note_skills(recorded)
    return answers


def _keep(
    connection: Connection, origin: Origin, recorded: Sequence[Judged], answers: Mapping[UUID, Answer], at: datetime
) -> None:
    """Insert the scans. Raises `_Repeated` when one of them is there already."""
    rows = sorted((row for one in recorded for row in rows_of(origin, one, answers, at)), key=lambda row: row["id"])
    if not rows:
        return
    if len(rows) == 1:
        kept = KEEP_ONE.rows(connection, **rows[0])
    else:
        kept = list(connection.scalars(_KEEP[connection.dialect.name], rows))
    if len(kept) < len(rows):
        raise _Repeated


def rows_of(origin: Origin, one: Judged, answers: Mapping[UUID, Answer], at: datetime) -> Iterable[dict[str, Any]]:
    """The row of a scan; of one with several people, also a row for each of them."""
    scan = one.request
    whole = {
        "id": scan.id,
        "festival_id": one.post.festival_id,
        "checkpoint_id": one.post.id,
        "device_id": origin.whose.device_id,
        "source": origin.source,
        "entered_by": origin.entered_by,
        "ticket_id": one.ticket.id if one.ticket else None,
        "attendee_id": None,
        "part_of": None,
        "direction": scan.direction,
        "scanned_at": one.moment,
        "raw_scanned_at": scan.scanned_at,
        "clock_offset_ms": scan.clock_offset_ms,
        "received_at": at,
        "offline": scan.offline,
        "shown": scan.shown,
        "verdict": answers[scan.id].body["verdict"],
        "passed": False,
        "skill": scan.skill,
        "answer": answers[scan.id].body,
    }
    if len(one.lines) == 1:
        (line,) = one.lines
        person = line.person.attendee_id if line.person is not None else None
        yield whole | {"attendee_id": person, "passed": one.passed(line)}
        return
    yield whole
    for line in one.lines:
        if line.person is not None:
            yield whole | {
                "id": line.scan_id,
                "part_of": scan.id,
                "attendee_id": line.person.attendee_id,
                "verdict": line.verdict.value,
                "passed": one.passed(line),
                "answer": {},
            }
