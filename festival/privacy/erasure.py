"""Erasing the personal data of a festival that is over.

Rows that figures are made of stay: how many registered, from which ward, born in which year, let in when and where,
in which session. What says who somebody is goes: names, phone numbers, addresses, links, and every free text that may
hold one of them. A certificate still answers to its code, with the name as it was shown there all along: masked.

Source: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 (data are kept no longer than their purpose needs, then erased).
"""

from __future__ import annotations

import enum
import sqlite3
from dataclasses import dataclass

import structlog
from sqlalchemy import String, Update, cast, exists, func, literal, null, or_, select, update

from festival.accounts.audit import record, values_of
from festival.accounts.models import AuditEntry
from festival.certificates.models import Certificate
from festival.checkin.models import Device, Scan
from festival.consents.models import Consent
from festival.core.clock import now, today
from festival.core.text import mask_name
from festival.extensions import db
from festival.messages.models import Message, MessageState
from festival.privacy.models import Erasure
from festival.programme.models import Festival, FestivalStatus
from festival.registration.models import Attendee, Registration, Ticket

NOBODY = "–"
"""Stands where a name stood, so that lists in /manage still have something to show and to click."""

AUDITED_PROGRAMME = ("festival.", "zone.", "booth.", "workshop.", "session.", "programme.", "checkpoint.")
"""The audit entries that are about the programme. All others may name people: of them stay who did what, and when."""


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
    for statement in _statements(festival.id):
        db.session.execute(statement, execution_options={"synchronize_session": False})
    _mask_certificates(festival.id)
    _put_away(festival, people, actor)
    return ErasureResult(ErasureOutcome.DONE, people)


def _take_turn(festival: Festival) -> None:
    """Wait until nobody else erases this festival; SQLite has one writer anyway (BEGIN IMMEDIATE in `extensions`)."""
    db.session.flush()
    db.session.refresh(festival, with_for_update=True)


def _statements(festival_id: int) -> list[Update]:
    """What erases, table by table. A new column that may name somebody belongs here; a test scans all tables."""
    at = now()
    registrations = select(Registration.id).where(Registration.festival_id == festival_id)
    unlinked = literal("erased-") + cast(Registration.id, String)
    return [
        update(Registration)
        .where(Registration.festival_id == festival_id)
        .values(contact_name=NOBODY, phone="", phone_end="", email=None, public_id=unlinked, submission=unlinked),
        update(Attendee)
        .where(Attendee.festival_id == festival_id)
        .values(name=NOBODY, folded_name="", name_key="", guardian_name=None),
        update(Ticket)
        .where(Ticket.festival_id == festival_id)
        .values(revoked_at=func.coalesce(Ticket.revoked_at, literal(at, Ticket.revoked_at.type))),
        update(Consent).where(Consent.registration_id.in_(registrations)).values(given_by=""),
        update(Message)
        .where(Message.festival_id == festival_id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.FAILED),
        update(Message).where(Message.festival_id == festival_id).values(recipient="", subject="", body=""),
        update(Device).where(Device.festival_id == festival_id).values(on_duty=""),
        update(Scan).where(Scan.festival_id == festival_id).values(answer={}, undo_reason=None),
        update(Certificate).where(Certificate.festival_id == festival_id).values(revoke_reason=None),
        update(AuditEntry)
        .where(AuditEntry.festival_id == festival_id, *(~AuditEntry.action.startswith(a) for a in AUDITED_PROGRAMME))
        .values(subject="", before=null(), after=null()),
    ]


def _mask_certificates(festival_id: int) -> None:
    """Keep of each name what the public page has always shown. One statement to read, one to write all."""
    named = db.session.execute(select(Certificate.id, Certificate.name).where(Certificate.festival_id == festival_id))
    masked = [{"id": row.id, "name": mask_name(row.name)} for row in named]
    if masked:
        db.session.execute(update(Certificate), masked)


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
    return done


def overwrite_what_was() -> None:
    """Call after the commit: makes SQLite write its file anew; in the old one, erased words linger in free places.

    PostgreSQL reuses such places by itself (autovacuum). A file in use is left alone, and the log says so.
    """
    db.session.rollback()  # a reader of our own would hold it up
    if db.engine.dialect.name != "sqlite":
        return
    connection = db.engine.raw_connection()
    try:
        for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.cursor().execute(statement)
    except sqlite3.OperationalError as error:
        structlog.get_logger().warning("file not written anew after an erasure", reason=str(error))
    finally:
        connection.close()
