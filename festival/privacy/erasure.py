"""Erasing the personal data of a festival that is over.

What goes and what stays is in `blanking.py`; one household that asks for it is erased by `leaving.py`.

Source: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (data are kept no longer than their purpose needs, then erased).
"""

from __future__ import annotations

import enum
import sqlite3
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import exists, func, or_, select

from festival.accounts.audit import record, values_of
from festival.checkin.models import Device
from festival.core.clock import now, today
from festival.extensions import db
from festival.privacy.blanking import blank, of_festival
from festival.privacy.models import Erasure, RequestKind, SubjectRequest
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Attendee, Registration


class ErasureOutcome(enum.Enum):
    """DONE; ERASED_BEFORE (nothing was changed); or why not: NOT_OVER, or NOT_DUE while the data may still be kept."""

    DONE = "done"
    ERASED_BEFORE = "erased_before"
    NOT_OVER = "not_over"
    NOT_DUE = "not_due"


@dataclass(frozen=True)
class ErasureResult:
    """The outcome, and how many people's data were erased, now or before."""

    outcome: ErasureOutcome
    people: int = 0


def erase(festival: Festival, *, early: bool = False, actor: str = "system") -> ErasureResult:
    """Erase the personal data of `festival` in the current transaction and put the festival away.

    Only after the day up to which they are kept (`Festival.erase_after`); with `early`, from the festival's end on.
    A dozen statements, however many people; whoever is second at the same moment finds it done.
    """
    _take_turn(festival)
    if before := db.session.scalar(select(Erasure).where(Erasure.festival_id == festival.id)):
        return ErasureResult(ErasureOutcome.ERASED_BEFORE, before.people)
    if now() < festival.ends:
        return ErasureResult(ErasureOutcome.NOT_OVER)
    if not early and today() <= festival.erase_after:
        return ErasureResult(ErasureOutcome.NOT_DUE)
    people = db.session.scalar(select(func.count(Attendee.id)).where(Attendee.festival_id == festival.id)) or 0
    blank(of_festival(festival.id))
    _put_away(festival, people, actor)
    return ErasureResult(ErasureOutcome.DONE, people)


def _take_turn(festival: Festival) -> None:
    """Wait until nobody else erases this festival; SQLite has one writer anyway (BEGIN IMMEDIATE in `extensions`)."""
    db.session.flush()
    db.session.refresh(festival, with_for_update=True)


def _put_away(festival: Festival, people: int, actor: str) -> None:
    before = values_of(festival)
    festival.status = FestivalStatus.ARCHIVED
    db.session.add(Erasure(festival_id=festival.id, people=people, actor=actor))
    record(
        "festival.erased",
        festival.name,
        festival_id=festival.id,
        before=before,
        after=values_of(festival) | {"people": people},
    )
    db.session.flush()
    db.session.expire_all()


def due_festivals() -> list[Festival]:
    """The festivals whose data may be kept no longer, the oldest first. Drafts that nobody is in are left alone."""
    peopled = or_(
        Festival.status != FestivalStatus.DRAFT,
        exists(select(Registration.id).where(Registration.festival_id == Festival.id)),
        exists(select(Device.id).where(Device.festival_id == Festival.id)),
    )
    query = select(Festival).where(
        Festival.last_day < today(), peopled, ~exists(select(Erasure.id).where(Erasure.festival_id == Festival.id))
    )
    over = db.session.scalars(query.order_by(Festival.last_day, Festival.id))
    return [festival for festival in over if today() > festival.erase_after]


def erase_due_festivals() -> int:
    """Erase what is due, each festival in a transaction of its own: a job of the worker. Gives how many festivals."""
    festivals = due_festivals()
    done = 0
    for festival in festivals:
        result = erase(festival)
        db.session.commit()
        if result.outcome is ErasureOutcome.DONE:
            structlog.get_logger().info("personal data erased", festival=festival.id, people=result.people)
            done += 1
    if done:
        overwrite_what_was()
    elif _somebody_left():
        empty_the_log()
    return done


def _somebody_left() -> bool:
    """Whether a household was erased since the job ran before."""
    lately = now() - timedelta(hours=2)
    asked = SubjectRequest.kind == RequestKind.DELETE
    left = select(SubjectRequest.id).where(
        asked, SubjectRequest.registration_id.is_(None), SubjectRequest.done_at > lately
    )
    return db.session.scalar(left.limit(1)) is not None


def overwrite_what_was() -> None:
    """Call after the commit: makes SQLite write its file anew; in the old one, erased words linger in free places.

    PostgreSQL reuses such places by itself (autovacuum). A file in use is left alone, and the log says so.
    """
    _tidy("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")


def empty_the_log() -> None:
    """Call after the commit: brings what SQLite has logged into its file and empties the log, where words linger that
    `leaving.py` has overwritten in the file."""
    _tidy("PRAGMA wal_checkpoint(TRUNCATE)")


def _tidy(*statements: str) -> None:
    db.session.rollback()  # a reader of our own would hold it up
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()
    try:
        for statement in statements:
            connection.cursor().execute(statement)
    except sqlite3.OperationalError as error:
        structlog.get_logger().warning("file not written anew after an erasure", reason=str(error))
    finally:
        connection.close()
