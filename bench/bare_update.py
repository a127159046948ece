"""The least that a check-in could be: one UPDATE … RETURNING through Flask-SQLAlchemy, and nothing else.

`bench/checkin.py` serves it by the same gunicorn from the same database and calls it the limit.
"""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue
from sqlalchemy import BigInteger, Column, Integer, Table, update

from festival.config import Settings
from festival.extensions import Base, db

marks = Table(
    "bench_marks", Base.metadata, Column("id", BigInteger, primary_key=True), Column("count", Integer, nullable=False)
)
_MARK = update(marks).values(count=marks.c.count + 1).returning(marks.c.count)


def create_app() -> Flask:
    """The limit as an application."""
    app = Flask("bare_update")
    app.config.from_mapping(Settings.from_environment().flask())
    db.init_app(app)

    @app.post("/bare")
    def bare() -> ResponseReturnValue:
        count = db.session.scalar(_MARK.where(marks.c.id == request.json["id"]))  # type: ignore[index]
        db.session.commit()
        return {"count": count}

    return app


app = create_app()
