"""A workbook that was sent waits here between its preview and the organizer's word."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import CursorResult, delete, select

from festival.accounts.models import User
from festival.core.clock import now
from festival.core.secrets import random_token
from festival.core.text import tidy
from festival.extensions import db
from festival.programme.models import Festival, ProgrammeUpload

KEPT_FOR = timedelta(days=1)


def keep_upload(user: User, festival: Festival | None, filename: str, content: bytes) -> ProgrammeUpload:
    """Keep a file for its preview; what the same person sent before for the same festival is forgotten."""
    earlier = delete(ProgrammeUpload).where(ProgrammeUpload.user_id == user.id)
    earlier = earlier.where(ProgrammeUpload.festival_id == (festival.id if festival else None))
    db.session.execute(earlier)
    upload = ProgrammeUpload(
        token=random_token(),
        user_id=user.id,
        festival_id=festival.id if festival else None,
        filename=tidy(filename)[-200:] or "programme.xlsx",
        content=content,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def find_upload(token: str, user: User, festival: Festival | None) -> ProgrammeUpload | None:
    """The file that this person sent for this festival (None: for a new one), not older than a day."""
    query = select(ProgrammeUpload).where(
        ProgrammeUpload.token == token,
        ProgrammeUpload.user_id == user.id,
        ProgrammeUpload.festival_id == (festival.id if festival else None),
        ProgrammeUpload.created_at > now() - KEPT_FOR,
    )
    return db.session.scalar(query)


def forget_upload(upload: ProgrammeUpload) -> None:
    """Remove a file that is imported or not wanted."""
    db.session.delete(upload)


def forget_old_uploads() -> int:
    """Remove files older than a day and commit: a job of the worker. Gives how many."""
    result = db.session.execute(delete(ProgrammeUpload).where(ProgrammeUpload.created_at <= now() - KEPT_FOR))
    db.session.commit()
    return result.rowcount if isinstance(result, CursorResult) else 0
