"""Runs the migrations on the app's database: `flask --app wsgi db upgrade`."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import text

from festival.core.columns import Moment
from festival.extensions import db


def plainly(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column type as the plain one it is: a migration must not depend on code that changes."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


if context.is_offline_mode():
    raise SystemExit("Festival's migrations look at the database; run them without --sql.")

options = dict(current_app.extensions["migrate"].configure_args)
with db.engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # SQLite rebuilds a table to change it; foreign keys would be violated in between. Only settable outside a
        # transaction, so the one that SQLAlchemy has begun is ended first.
        connection.rollback()
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transaction_per_migration=True,
        render_item=plainly,
        **options,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(20271010)"))
        context.run_migrations()
    if sqlite:
        connection.rollback()
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
