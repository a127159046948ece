"""The audit log: every change by staff, with what was before and after."""

from __future__ import annotations

import enum
from datetime import date, datetime, time
from typing import Any

from flask_security import current_user
from sqlalchemy import inspect

from festival.accounts.models import AuditEntry
from festival.extensions import Base, db

SECRET_COLUMNS = frozenset(
    {"password", "fs_uniquifier", "sealed_private_key", "sealed", "public_key", "token_digest", "content"}
)
SEARCH_COLUMNS = frozenset({"folded", "folded_room", "folded_name", "name_key", "phone_end"})


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def values_of(row: Base) -> dict[str, Any]:
    """The columns of a row as JSON values, without secrets and search keys; taken before a change, the `before`."""
    columns = inspect(row).mapper.column_attrs.keys()
    return {name: _plain(getattr(row, name)) for name in columns if name not in SECRET_COLUMNS | SEARCH_COLUMNS}


def record(
    action: str,
    subject: str,
    *,
    festival_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry in the current transaction.

    `action` is a word of the domain with its part ("booth.edited"), `subject` what a reader recognizes ("A01 VNeID").
    Where both `before` and `after` are given, only what differs is kept. The actor is the signed-in user, or "system".
    """
    if before is not None and after is not None:
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        before = {key: before[key] for key in sorted(changed & before.keys())}
        after = {key: after[key] for key in sorted(changed & after.keys())}
    signed_in = bool(current_user and current_user.is_authenticated)
    entry = AuditEntry(
        festival_id=festival_id,
        user_id=current_user.id if signed_in else None,
        actor=current_user.email if signed_in else "system",
        action=action,
        subject=subject,
        before=before,
        after=after,
    )
    db.session.add(entry)
    return entry
