"""The audit log of one festival: found by person, kind, action, day and words, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, select

from festival.accounts.models import AuditEntry, User
from festival.core.clock import at_local, local
from festival.core.paging import asked_id
from festival.core.text import like_pattern, no_formula, tidy
from festival.extensions import db
from festival.programme.models import Festival
from festival.reports.log_fields import differences
from festival.reports.log_words import ACTIONS, KINDS, NAMES_RESIDENTS, what_was_done

MOST_IN_A_FILE = 20_000


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty matters not."""

    user_id: int | None = None
    kind: str = ""
    action: str = ""
    day: date | None = None
    words: str = ""


@dataclass(frozen=True)
class Line:
    """An entry in words. `subject` is empty where it would name a resident; `entry` is the row itself."""

    entry: AuditEntry
    who: str
    what: str
    subject: str
    changes: Sequence[tuple[str, str, str]]


def read_wanted(asked: Mapping[str, str]) -> Wanted:
    """What an address asks for; nonsense is left out."""
    try:
        day = date.fromisoformat(asked.get("day", ""))
    except ValueError:
        day = None
    try:
        user_id = asked_id(asked.get("who", ""))
    except ValueError:
        user_id = None
    kind, action = asked.get("kind", ""), asked.get("action", "")
    return Wanted(
        user_id,
        kind if kind in KINDS else "",
        action if action in ACTIONS else "",
        day if day and 2000 <= day.year <= 2200 else None,
        tidy(asked.get("q", "")[:100]),
    )


def entries_of(festival: Festival, wanted: Wanted) -> Select[AuditEntry]:
    """The festival's entries, the latest first. Words are not looked for where a resident's name stands: whether one is
    found would tell it."""
    query = select(AuditEntry).where(AuditEntry.festival_id == festival.id)
    if wanted.user_id:
        query = query.where(AuditEntry.user_id == wanted.user_id)
    if wanted.kind:
        query = query.where(AuditEntry.action.startswith(f"{wanted.kind}.", autoescape=True))
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.day:
        begins = at_local(wanted.day, time())
        query = query.where(AuditEntry.at >= begins, AuditEntry.at < begins + timedelta(days=1))
    if wanted.words:
        found = AuditEntry.subject.ilike(like_pattern(wanted.words), escape="\\")
        query = query.where(found, AuditEntry.action.not_in(NAMES_RESIDENTS))
    return query.order_by(AuditEntry.id.desc())


def people_of(festival: Festival) -> list[tuple[int, str]]:
    """Who has changed something in the festival, by name."""
    ids = select(AuditEntry.user_id).where(AuditEntry.festival_id == festival.id)
    users = db.session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)).order_by(User.name))
    return [(row.id, row.name or row.email) for row in users]


def actions_of(festival: Festival) -> list[tuple[str, str]]:
    """What has been done in the festival at all, to choose from, by its words."""
    done = db.session.scalars(select(AuditEntry.action).where(AuditEntry.festival_id == festival.id).distinct())
    return sorted(((action, what_was_done(action)) for action in done if action in ACTIONS), key=lambda pair: pair[1])


def lines_of(entries: Iterable[AuditEntry], people: Mapping[int, str]) -> list[Line]:
    """Entries in words, in the language of whoever reads."""
    return [
        Line(
            entry,
            people.get(entry.user_id or 0) or (_("Festival itself") if entry.actor == "system" else entry.actor),
            what_was_done(entry.action),
            "" if entry.action in NAMES_RESIDENTS else entry.subject,
            differences(entry.action, entry.before, entry.after),
        )
        for entry in entries
    ]


def log_as_csv(lines: Iterable[Line]) -> bytes:
    """One changed field a row: UTF-8 with the mark that Excel needs. No cell becomes a formula (CWE-1236)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow((_("Time"), _("Who"), _("What"), _("Of what"), _("Field"), _("Before"), _("After")))
    for line in lines:
        head = (_moment(line.entry.at), line.who, line.what, line.subject)
        for change in line.changes or [("", "", "")]:
            writer.writerow(map(no_formula, (*head, *change)))
    return stream.getvalue().encode("utf-8-sig")


def _moment(at: datetime) -> str:
    return f"{local(at):%d/%m/%Y %H:%M:%S}"
