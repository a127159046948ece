"""Recording scans: judged, admitted exactly once, and each one kept with its answer.

One call serves the phone that is online (one scan) and the one that comes back from offline (up to 500).
The order of the locks is the same in every transaction (admissions by person and place, then scans by id),
so two doors can wait for each other's answer but never for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite

from festival.checkin.answers import Answer, compose
from festival.checkin.decision import decide
from festival.checkin.facts import load_admissions, load_answers
from festival.checkin.judging import Judged, Line, Pair, StrangeMembers, judge_all, look_at, read_meaning
from festival.checkin.models import Admission, Device, Scan
from festival.checkin.scan_request import ScanRequest, Unreadable
from festival.extensions import Base, db

_admissions: Table = Base.metadata.tables[Admission.__tablename__]
_scans: Table = Base.metadata.tables[Scan.__tablename__]

_ADMIT = {
    dialect: insert(_admissions)
    .on_conflict_do_nothing()
    .returning(_admissions.c.id, _admissions.c.attendee_id, _admissions.c.checkpoint_id)
    for dialect, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
_KEEP = {
    dialect: insert(_scans).on_conflict_do_nothing().returning(_scans.c.id)
    for dialect, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


def record_scans(device: Device, scans: Sequence[ScanRequest | Unreadable], at: datetime) -> list[Answer]:
    """Record the scans of `device` that arrived at the moment `at`; the answers are in the same order.

    A scan whose id is known gets its first answer. One that makes no sense, or is for a checkpoint that is not
    this device's, is refused by itself. A household pass without chosen members is answered with its people
    and not recorded. The caller commits.
    """
    readable = {scan.id: scan for scan in reversed(scans) if isinstance(scan, ScanRequest)}
    answers = _record(device, list(readable.values()), at) if readable else {}
    return [_answer_to(scan, answers) for scan in scans]


def _answer_to(scan: ScanRequest | Unreadable, answers: Mapping[UUID, Answer]) -> Answer:
    if isinstance(scan, Unreadable):
        return Answer.refused(scan.id, scan.field)
    return answers.get(scan.id) or Answer.refused(str(scan.id), "checkpoint")


def _record(device: Device, scans: Sequence[ScanRequest], at: datetime) -> dict[UUID, Answer]:
    meanings = {scan.id: read_meaning(scan, device.festival_id) for scan in scans}
    scene = look_at(device.id, scans, meanings)
    allowed = sorted(
        (scan for scan in scans if scan.checkpoint_id in scene.posts), key=lambda scan: (scan.scanned_at, scan.id)
    )
    answers: dict[UUID, Answer] = {}
    judged: dict[UUID, Judged] = {}
    for one in judge_all(allowed, meanings, scene, at):
        if isinstance(one, StrangeMembers):
            answers[one.id] = Answer.refused(str(one.id), "members")
        else:
            judged[one.request.id] = one
    _admit(device, judged.values())
    answers |= {scan_id: compose(one) for scan_id, one in judged.items()}
    recorded = {scan_id: one for scan_id, one in judged.items() if not one.choose}
    others = {scan.id for scan in scans if scan.id not in recorded}
    return answers | _keep(device, recorded, answers, at) | _first_answers(others, device)


def _first_answers(ids: Collection[UUID], device: Device) -> dict[UUID, Answer]:
    if not ids:
        return {}
    return {
        scan_id: Answer.refused(str(scan_id), "id") if body is None else Answer(body)
        for scan_id, body in load_answers(ids, device.id).items()
    }


def _admit(device: Device, judged: Iterable[Judged]) -> None:
    """Insert the admissions; whoever comes second, here or at another door, is told about the first."""
    owners: dict[Pair, Judged] = {}
    wishes: list[tuple[Pair, Judged, Line]] = []
    for one in judged:
        for pair, line in one.admissible():
            wishes.append((pair, one, line))
            owners.setdefault(pair, one)
    if not owners:
        return
    rows = [
        {
            "attendee_id": attendee_id,
            "checkpoint_id": checkpoint_id,
            "device_id": device.id,
            "scan_id": owners[attendee_id, checkpoint_id].request.id,
            "admitted_at": owners[attendee_id, checkpoint_id].moment,
        }
        for attendee_id, checkpoint_id in sorted(owners)
    ]
    for pair, admission_id in insert_admissions(rows).items():
        owners[pair].admitted[pair] = admission_id
    late = [(pair, one, line) for pair, one, line in wishes if pair not in one.admitted]
    if not late:
        return
    known = load_admissions({pair[0] for pair, _, _ in late}, {pair[1] for pair, _, _ in late})
    for pair, one, line in late:
        line.history = known[pair].history
        line.verdict = decide(line.facts, one.post.facts, line.history, one.moment)


def insert_admissions(rows: Sequence[dict[str, Any]]) -> dict[Pair, int]:
    """Let these people in; gives the ids of those admissions that are new. Of two doors, exactly one gets it."""
    connection = db.session.connection()
    result = connection.execute(_ADMIT[connection.dialect.name], rows[0] if len(rows) == 1 else list(rows))
    return {(row.attendee_id, row.checkpoint_id): row.id for row in result}


def _keep(
    device: Device, recorded: Mapping[UUID, Judged], answers: Mapping[UUID, Answer], at: datetime
) -> dict[UUID, Answer]:
    """Insert the scans; for a repeated one, undo what was done just now and give its first answer.

    That the id is new shows only here, because nearly always it is: looking first would cost every scan a statement.
    """
    if not recorded:
        return {}
    rows = [
        {
            "id": scan_id,
            "festival_id": one.post.festival_id,
            "checkpoint_id": one.post.id,
            "device_id": device.id,
            "ticket_id": one.ticket.id if one.ticket else None,
            "attendee_id": _only_person(one),
            "direction": "in",
            "scanned_at": one.request.scanned_at,
            "received_at": at,
            "offline": one.request.offline,
            "shown": one.request.shown,
            "verdict": answers[scan_id].body["verdict"],
            "answer": answers[scan_id].body,
        }
        for scan_id, one in sorted(recorded.items())
    ]
    connection = db.session.connection()
    kept = set(connection.scalars(_KEEP[connection.dialect.name], rows[0] if len(rows) == 1 else rows))
    repeated = recorded.keys() - kept
    if not repeated:
        return {}
    undone = [admission_id for scan_id in repeated for admission_id in recorded[scan_id].admitted.values()]
    if undone:
        db.session.execute(delete(_admissions).where(_admissions.c.id.in_(undone)))
    return _first_answers(repeated, device)


def _only_person(one: Judged) -> int | None:
    if len(one.lines) == 1 and one.lines[0].person is not None:
        return one.lines[0].person.attendee_id
    return None
