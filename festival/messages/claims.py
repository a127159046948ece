"""Which worker sends which message: claimed for ten minutes, and at once free again when its worker has died.

A worker marks what it is sending with the name of its run, and holds a lock on a file of that name in the instance
folder. The system takes the lock away when the program dies, however it dies (SIGKILL, power). So whoever can lock the
file of another run on this machine knows that it is over, and frees its claims. A worker on another machine is not
known; its claims end after `LEASE`.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, cast

from flask import current_app
from sqlalchemy import ColumnElement, CursorResult, case, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from festival.core.clock import now
from festival.core.secrets import random_token
from festival.extensions import db
from festival.messages.models import Channel, Message, MessageState, SendRate

LEASE = timedelta(minutes=10)
"""So long nobody else tries a message whose worker is silent. Longer than any server lets us wait."""

_held: dict[Path, IO[str]] = {}


@lru_cache(maxsize=1)
def _name_of(process: int) -> str:
    host = re.sub(r"[^A-Za-z0-9.-]", "-", platform.node() or "host")[:60]
    return f"{host}_{process}_{random_token()[:12]}"


def this_run() -> str:
    """The name of this run of the worker: host, process and chance. Its lock is held from the first call on."""
    name = _name_of(os.getpid())
    path = _folder() / name
    while path not in _held:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w", encoding="ascii")
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():  # else somebody took us for dead between the two lines above
            _held[path] = file
    return name


def _folder() -> Path:
    return Path(current_app.extensions["settings"].data) / "workers"


def free_claims_of_the_dead() -> int:
    """Free what dead workers of this machine were sending, and commit. Gives how many messages that were."""
    freed = 0
    for name, path in _dead_runs():
        done = db.session.execute(
            update(Message)
            .where(Message.claimed_by == name, Message.state == MessageState.QUEUED)
            .values(claimed_by=None, send_after=now())
            .execution_options(synchronize_session=False)
        )
        db.session.commit()
        path.unlink(missing_ok=True)  # only now: should we die before, the next one finds it
        freed += cast("CursorResult[Any]", done).rowcount
    return freed


def _dead_runs() -> Iterator[tuple[str, Path]]:
    own = this_run()
    for path in _folder().iterdir():
        if path.name == own:
            continue
        try:
            with path.open("r", encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:  # another worker was quicker
            continue
        except OSError:  # it lives
            continue
        yield path.name, path


def due(at: datetime) -> ColumnElement[bool]:
    """What may be sent at that moment."""
    return (Message.state == MessageState.QUEUED) & (Message.send_after <= at)


def claim(message_id: int, at: datetime) -> Message | None:
    """Take the message for this run: whoever moves `send_after` first has it. The caller commits."""
    claimed = db.session.execute(
        update(Message)
        .where(Message.id == message_id, due(at))
        .values(send_after=at + LEASE, attempts=Message.attempts + 1, claimed_by=this_run())
        .execution_options(synchronize_session=False)
    )
    if not cast("CursorResult[Any]", claimed).rowcount:
        return None
    return db.session.get(Message, message_id, populate_existing=True)


def take_slot(channel: Channel, per_minute: int, at: datetime) -> bool:
    """One of this minute's messages, counted by the database for all workers together; False when all are taken."""
    minute = int(at.timestamp()) // 60
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    first: Any = dialect.insert(SendRate).values(channel=channel.value, minute=minute, taken=1)
    statement = first.on_conflict_do_update(
        index_elements=[SendRate.channel],
        set_={"minute": minute, "taken": _next_taken(minute)},
        where=or_(SendRate.minute != minute, SendRate.taken < per_minute),
    ).returning(SendRate.taken)
    return db.session.execute(statement).scalar() is not None


def _next_taken(minute: int) -> ColumnElement[int]:
    return case((SendRate.minute == minute, SendRate.taken + 1), else_=1)
