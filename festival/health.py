"""Whether the service is alive, and whether it is ready to serve."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from festival.extensions import db, limiter

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@limiter.exempt
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@limiter.exempt
def ready() -> ResponseReturnValue:
    """The database answers and its tables are there; otherwise 503, so that a balancer waits."""
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version")).one()
    except SQLAlchemyError:
        return {"status": "no database"}, 503
    return {"status": "ok"}
