"""Skills shown at a booth: chosen by its host from the booth's list when the visitor is stamped, each kept once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from festival.checkin.decision import Verdict
from festival.checkin.judging import Judged
from festival.checkin.models import ShownSkill
from festival.extensions import Base, db
from festival.programme.models import Booth

_shown: Table = Base.metadata.tables[ShownSkill.__tablename__]
_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def note_skills(judged: Iterable[Judged]) -> None:
    """Keep the skills that these scans tell of, for people who are (or were before) stamped there.

    A skill that is not on the booth's list any more is kept in the scan only.
    """
    rows = [row for one in judged if one.request.skill and one.post.booth_id for row in _rows(one)]
    if rows:
        connection = db.session.connection()
        connection.execute(_INSERT[connection.dialect.name](_shown).on_conflict_do_nothing(), rows)


def _rows(one: Judged) -> Iterable[dict[str, Any]]:
    booth = db.session.get_one(Booth, one.post.booth_id)
    if one.request.skill not in booth.skill_list:
        return
    for line in one.lines:
        stamped = line.verdict in (Verdict.ADMITTED, Verdict.ALREADY_ADMITTED)
        if line.person is not None and stamped:
            yield {
                "attendee_id": line.person.attendee_id,
                "checkpoint_id": one.post.id,
                "skill": one.request.skill,
                "scan_id": line.scan_id,
                "shown_at": one.moment,
            }
