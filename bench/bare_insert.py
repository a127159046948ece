"""The least that a registration could be: one row inserted through Flask-SQLAlchemy, and nothing else.

`bench/registration.py` serves it by the same gunicorn from the same database and calls it the limit.
"""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import BigInteger, Column, Integer, String, Table, insert

from festival.config import Settings
from festival.extensions import Base, db

rows = Table(
    "bench_rows",
    Base.metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("name", String(120), nullable=False),
)
_INSERT = insert(rows).returning(rows.c.id)


def create_app() -> Flask:
    """The limit as an application."""
    app = Flask("bare_insert")
    app.config.from_mapping(Settings.from_environment().flask())
    db.init_app(app)

    @app.post("/bare")
    def bare() -> ResponseReturnValue:
        made = db.session.scalar(_INSERT.values(name=request.form["name"]))
        db.session.commit()
        return {"id": made}

    return app


app = create_app()
