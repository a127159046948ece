"""The tables of an installation, for tests that start one of their own: migrated once, and copied from then on."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import flask_migrate

from festival.extensions import db


def make_tables() -> None:
    """What `flask db upgrade` makes of an empty database, in a moment where that is a file. Within an app context."""
    path = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or path is None or Path(path).exists():
        flask_migrate.upgrade()
        return
    kept = Path(_folder().name) / "tables.sqlite"
    if kept.exists():
        shutil.copyfile(kept, path)
        return
    flask_migrate.upgrade()
    with closing(sqlite3.connect(path)) as made, closing(sqlite3.connect(kept)) as copy:
        made.backup(copy)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """One for each process that runs tests; it goes with the process."""
    return tempfile.TemporaryDirectory(prefix="festival-tables-")
