"""What is created once and shared: the database, sign-in, languages, limits, the queue."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from flask import Response, has_request_context, request
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security.core import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table inherits: constraint names that migrations can rely on."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

migrate = Migrate(db=db, compare_type=True, render_as_batch=True)
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address, default_limits=[])
security = Security()
compress = Compress()
SHORT_BYTES = 2_000


def compress_long(response: Response) -> Response:
    """Compress the answer to a call when it is long: a roster, not a verdict."""
    length = response.content_length
    return response if length is not None and length < SHORT_BYTES else compress.after_request(response)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """SQLite as a server needs it: readers beside one writer, foreign keys, patience; transactions begin below."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """A transaction that may write takes SQLite's write lock at once, and waits for it instead of failing later.

    A request that only reads (GET, HEAD) begins lazily, so that readers never wait.
    """
    if connection.dialect.name != "sqlite":
        return
    reads = has_request_context() and (
        request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint in READING_FIRST
    )
    writes = connection.get_execution_options().get(_WRITES, not reads)
    connection.info[_WRITES] = writes
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_WRITES = "festival_writes"
READING_FIRST: set[str] = set()
"""Endpoints that read, think, and call `stop_reading` before they write: SQLite's write lock is not held meanwhile."""


def stop_reading() -> Connection:
    """From here on this transaction may write; before, it has only read. Does nothing where it could write already.

    As on PostgreSQL, somebody else may have written meanwhile: what must be exact is decided by what is written.
    Gives the session's connection.
    """
    connection = db.session.connection()
    if connection.info.get(_WRITES, True):
        return connection
    cursor = connection.connection.cursor()
    cursor.execute("COMMIT")
    cursor.execute("BEGIN IMMEDIATE")
    cursor.close()
    connection.info[_WRITES] = True
    return connection


def begin_reading() -> None:
    """Commit, and begin a transaction that only reads until the next commit: for work outside of a request that looks
    long before it writes, so that on SQLite nobody waits for it."""
    db.session.commit()
    db.session.connection(execution_options={_WRITES: False})


def begin_writing() -> None:
    """End what this request has read, and begin a transaction that may write: for a GET that notes something too.

    SQLite cannot make a writer of a reader whom another writer has overtaken: it says "database is locked" at once.
    """
    db.session.commit()
    db.session.connection(execution_options={_WRITES: True})
