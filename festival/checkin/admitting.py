"""Letting people in: each once at a checkpoint, by the earliest scan, in whatever order scans arrive.

The caller commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from festival.checkin.claims import claim
from festival.checkin.decision import Verdict, decide
from festival.checkin.earlier_scans import load_admissions
from festival.checkin.facts import Whose, history_at
from festival.checkin.judging import Judged, Line, Pair
from festival.checkin.models import Admission, Checkpoint, Scan
from festival.checkin.more_facts import load_passages
from festival.core.clock import now
from festival.core.prepared import Prepared
from festival.extensions import Base, db
from festival.registration.models import Attendee

_admissions, _scans, _places, _people = (
    Base.metadata.tables[entity.__tablename__] for entity in (Admission, Scan, Checkpoint, Attendee)
)


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
_OF_AN_ADMISSION = ("attendee_id", "checkpoint_id", "device_id", "scan_id", "admitted_at", "changed_at")
ADMIT_ONE = Prepared(_ADMIT, _OF_AN_ADMISSION)


def admit(connection: Connection, whose: Whose, judged: Iterable[Judged], at: datetime) -> None:
    """Let people in; whoever comes second, here or at another door, is told about the first."""
    wishes = [(pair, one, line) for one in judged for pair, line in one.admissible()]
    if wishes:
        wishes = claim(whose, wishes)
        _admit_first_comers(connection, whose, wishes, at)
    _note_returns(judged, at)


def _admit_first_comers(
    connection: Connection, whose: Whose, wishes: list[tuple[Pair, Judged, Line]], at: datetime
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
                "device_id": whose.device_id,
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
    freed = _tell_the_others(
        # Who was known to be in has been judged with that already (and may have come back).
        [
            (pair, one, line)
            for pair, one, line in wishes
            if line.history.admitted_at is None and not (pair in mine and line is owners[pair][1])
        ]
    )
    if freed:
        _admit_first_comers(connection, whose, freed, at)


def _tell_the_others(late: list[tuple[Pair, Judged, Line]]) -> list[tuple[Pair, Judged, Line]]:
    """Those whom another scan was faster for: when, and at which door. Gives those of them whom nobody was faster for
    after all: the other one was undone at this very moment."""
    if not late:
        return []
    known = load_admissions({pair[0] for pair, _, _ in late}, {pair[1] for pair, _, _ in late})
    freed = [wish for wish in late if wish[0] not in known]
    for pair, one, line in late:
        if pair not in known:
            continue
        line.history = known[pair].history
        first = line.history.admitted_at or one.moment
        # Of two doors at the same moment the one that asked second may have looked at its clock first.
        moment = one.moment if one.request.offline else max(one.moment, first)
        line.verdict = decide(line.facts, one.place, line.history, moment)
    return freed


def insert_admissions(connection: Connection, rows: Sequence[dict[str, Any]], *, take_over: bool) -> set[Pair]:
    """Let these people in; gives the pairs whose admission is now the given one. Of two doors, exactly one gets it.

    With `take_over` the earlier of two admissions stands, whichever comes first: for scans of phones that could not
    ask. A door that asks and finds somebody in does not let the person in, so it takes nothing over.
    """
    if not rows:
        return set()
    if len(rows) == 1 and not take_over:
        return {(row.attendee_id, row.checkpoint_id) for row in ADMIT_ONE.rows(connection, **rows[0])}
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


def admit_unheard(scan_id: UUID) -> None:
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
        )
        .join(_people, _people.c.id == _scans.c.attendee_id)
        .join(_places, _places.c.id == _scans.c.checkpoint_id)
        .where(or_(_scans.c.id == scan_id, _scans.c.part_of == scan_id))
        .where(_scans.c.passed, _scans.c.undone_at.is_(None), _scans.c.verdict.in_(let_in))
        .order_by("attendee_id", _scans.c.id)
    )
    at = now()
    by_owner = {row["attendee_id"]: {**row, "changed_at": at} for row in reversed(rows.mappings().all())}
    insert_admissions(db.session.connection(), [by_owner[owner] for owner in sorted(by_owner)], take_over=True)
