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

from sqlalchemy import Connection, Table, and_, case, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from festival.checkin.answers import Answer, compose
from festival.checkin.claims import claim
from festival.checkin.decision import Verdict, decide
from festival.checkin.facts import Whose, history_at, load_admissions, load_answers
from festival.checkin.judging import (
    WENT_THROUGH,
    Judged,
    Line,
    Pair,
    Senseless,
    judge_all,
    look_at,
    moment_of,
    read_meaning,
)
from festival.checkin.models import Admission, Checkpoint, Device, DeviceMode, Scan, ScanSource
from festival.checkin.more_facts import load_passages
from festival.checkin.pairing import KnownDevice
from festival.checkin.scan_request import ScanRequest, Unreadable
from festival.checkin.skills import note_skills
from festival.core.prepared import Prepared
from festival.extensions import Base, db, stop_reading
from festival.programme.models import Festival
from festival.registration.models import Attendee

_admissions: Table = Base.metadata.tables[Admission.__tablename__]
_scans: Table = Base.metadata.tables[Scan.__tablename__]
_places: Table = Base.metadata.tables[Checkpoint.__tablename__]
_people: Table = Base.metadata.tables[Attendee.__tablename__]


def _take_over_statement(insert: Any) -> Any:
    """An admission, or its taking over by an earlier scan: one statement, so that the earliest owns it in any order."""
    new = insert(_admissions)
    earlier = or_(
        new.excluded.admitted_at < _admissions.c.admitted_at,
        and_(new.excluded.admitted_at == _admissions.c.admitted_at, new.excluded.scan_id < _admissions.c.scan_id),
    )
    columns = ("device_id", "scan_id", "admitted_at", "changed_at")
    return new.on_conflict_do_update(
        index_elements=["attendee_id", "checkpoint_id"],
        set_={name: getattr(new.excluded, name) for name in columns},
        where=earlier,
    ).returning(_admissions.c.attendee_id, _admissions.c.checkpoint_id)


_DIALECTS = (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
_PAIR = (_admissions.c.attendee_id, _admissions.c.checkpoint_id)
_ADMIT = {dialect: insert(_admissions).on_conflict_do_nothing().returning(*_PAIR) for dialect, insert in _DIALECTS}
_TAKE_OVER = {dialect: _take_over_statement(insert) for dialect, insert in _DIALECTS}
_KEEP = {dialect: insert(_scans).on_conflict_do_nothing().returning(_scans.c.id) for dialect, insert in _DIALECTS}
_OF_AN_ADMISSION = ("attendee_id", "checkpoint_id", "device_id", "scan_id", "admitted_at", "changed_at")
_OF_A_SCAN = [column.name for column in _scans.c if not column.name.startswith("und")]
_ADMIT_ONE = Prepared(_ADMIT, _OF_AN_ADMISSION)
_KEEP_ONE = Prepared(_KEEP, _OF_A_SCAN)


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


def record_scans(device: Device | KnownDevice, scans: Sequence[ScanRequest | Unreadable], at: datetime) -> list[Answer]:
    """Record the scans of `device` that arrived at the moment `at`; the answers are in the same order.

    A scan whose id is known gets its first answer. One that makes no sense, or is for a checkpoint that is not
    this device's, is refused by itself. A household pass without chosen members is answered with its people
    and not recorded. The caller commits.
    """
    origin = Origin(
        Whose(device.festival_id, device.id),
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
                _admit_unheard(scan.id)
    return {
        scan_id: Answer.refused(str(scan_id), "id") if first.body is None else Answer(first.body)
        for scan_id, first in found.items()
    }


def _admit_unheard(scan_id: UUID) -> None:
    """Who went in without hearing that somebody else was first is first after all when that one was undone since."""
    let_in = (Verdict.ADMITTED.value, Verdict.ALREADY_ADMITTED.value)
    other = _people.alias("other")
    first = select(func.min(other.c.id)).where(other.c.registration_id == _people.c.registration_id).scalar_subquery()
    rows = db.session.execute(
        select(
            case((_places.c.per_household, first), else_=_people.c.id).label("attendee_id"),
            _scans.c.checkpoint_id,
            _scans.c.device_id,
            _scans.c.id.label("scan_id"),
            _scans.c.scanned_at.label("admitted_at"),
            _scans.c.received_at.label("changed_at"),
        )
        .join(_people, _people.c.id == _scans.c.attendee_id)
        .join(_places, _places.c.id == _scans.c.checkpoint_id)
        .where(or_(_scans.c.id == scan_id, _scans.c.part_of == scan_id))
        .where(_scans.c.passed, _scans.c.undone_at.is_(None), _scans.c.verdict.in_(let_in))
        .order_by("attendee_id", _scans.c.id)
    )
    by_owner = {row["attendee_id"]: dict(row) for row in reversed(rows.mappings().all())}
    insert_admissions(db.session.connection(), [by_owner[owner] for owner in sorted(by_owner)], take_over=True)


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
    _admit(connection, origin, judged, at)
    answers |= {one.request.id: compose(one, origin.given_names_only) for one in judged}
    recorded = [one for one in judged if not one.choose]
    _keep(connection, origin, recorded, answers, at)
    note_skills(recorded)
    return answers


def _admit(connection: Connection, origin: Origin, judged: Iterable[Judged], at: datetime) -> None:
    """Let people in; whoever comes second, here or at another door, is told about the first."""
    wishes = [(pair, one, line) for one in judged for pair, line in one.admissible()]
    if wishes:
        wishes = claim(origin.whose, wishes)
        _admit_first_comers(connection, origin, wishes, at)
    _note_returns(judged, at)


def _admit_first_comers(
    connection: Connection, origin: Origin, wishes: list[tuple[Pair, Judged, Line]], at: datetime
) -> None:
    owners: dict[Pair, tuple[Judged, Line]] = {}
    for pair, one, line in wishes:
        owners.setdefault(pair, (one, line))
    if not owners:
        return
    in_order = sorted(owners.items(), key=lambda item: item[0])
    mine: set[Pair] = set()
    for offline in (False, True):
        rows = [
            {
                "attendee_id": attendee_id,
                "checkpoint_id": checkpoint_id,
                "device_id": origin.whose.device_id,
                "scan_id": line.scan_id,
                "admitted_at": one.moment,
                "changed_at": at,
            }
            for (attendee_id, checkpoint_id), (one, line) in in_order
            if one.request.offline is offline
        ]
        mine |= insert_admissions(connection, rows, take_over=offline)
    for pair in mine:
        owners[pair][1].verdict = Verdict.ADMITTED
    _tell_the_others(
        # Who was known to be in has been judged with that already (and may have come back).
        [
            (pair, one, line)
            for pair, one, line in wishes
            if line.history.admitted_at is None and not (pair in mine and line is owners[pair][1])
        ]
    )


def _tell_the_others(late: list[tuple[Pair, Judged, Line]]) -> None:
    """Those whom another scan was faster for: when, and at which door."""
    if not late:
        return
    known = load_admissions({pair[0] for pair, _, _ in late}, {pair[1] for pair, _, _ in late})
    for pair, one, line in late:
        line.history = known[pair].history
        first = line.history.admitted_at or one.moment
        # Of two doors at the same moment the one that asked second may have looked at its clock first.
        moment = one.moment if one.request.offline else max(one.moment, first)
        line.verdict = decide(line.facts, one.place, line.history, moment)


def insert_admissions(connection: Connection, rows: Sequence[dict[str, Any]], *, take_over: bool) -> set[Pair]:
    """Let these people in; gives the pairs whose admission is now the given one. Of two doors, exactly one gets it.

    With `take_over` the earlier of two admissions stands, whichever comes first: for scans of phones that could not
    ask. A door that asks and finds somebody in does not let the person in, so it takes nothing over.
    """
    if not rows:
        return set()
    if len(rows) == 1 and not take_over:
        return {(row.attendee_id, row.checkpoint_id) for row in _ADMIT_ONE.rows(connection, **rows[0])}
    statement = (_TAKE_OVER if take_over else _ADMIT)[connection.dialect.name]
    result = connection.execute(statement, rows[0] if len(rows) == 1 else list(rows))
    return {(row.attendee_id, row.checkpoint_id) for row in result}


def _note_returns(judged: Iterable[Judged], at: datetime) -> None:
    """People who go out, or come in again: phones learn it from the admission, which is marked as changed.

    Two doors that let the same person in again at the same moment take turns here, and the second one sees the first.
    """
    for one in judged:
        if one.choose or not one.place.has_a_way_out:
            continue
        for line in one.lines:
            if line.person is None or line.verdict not in (Verdict.ADMITTED, Verdict.EXITED):
                continue
            back = line.verdict is Verdict.ADMITTED
            if back and line.history.admitted_at is None:
                continue  # for the first time
            attendee_id = line.person.attendee_id
            mine = _admissions.c.attendee_id == attendee_id
            if back:
                mine = and_(mine, _admissions.c.checkpoint_id == one.post.id)
            db.session.execute(update(_admissions).where(mine).values(changed_at=at))
            if back and not one.request.offline:
                passages = load_passages([attendee_id], one.post).get(attendee_id, [])
                line.history = history_at(one.moment, passages)
                line.verdict = decide(line.facts, one.place, line.history, one.moment)


def _keep(
    connection: Connection, origin: Origin, recorded: Sequence[Judged], answers: Mapping[UUID, Answer], at: datetime
) -> None:
    """Insert the scans. Raises `_Repeated` when one of them is there already."""
    rows = sorted((row for one in recorded for row in _rows(origin, one, answers, at)), key=lambda row: row["id"])
    if not rows:
        return
    if len(rows) == 1:
        kept = _KEEP_ONE.rows(connection, **rows[0])
    else:
        kept = list(connection.scalars(_KEEP[connection.dialect.name], rows))
    if len(kept) < len(rows):
        raise _Repeated


def _rows(origin: Origin, one: Judged, answers: Mapping[UUID, Answer], at: datetime) -> Iterable[dict[str, Any]]:
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
