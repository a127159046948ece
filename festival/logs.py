"""Structured logs: one JSON line a request, with an id, without personal data.

The address is logged as its route (`/r/<secret>`), never as it was typed: secrets and names stand in addresses.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid

import structlog
from flask import Response, g, request

from festival.application import Application

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def init_logs(app: Application) -> None:
    """Configure structlog and log every request of `app`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    app.logger.handlers[:] = [handler]
    app.logger.propagate = False
    app.before_all(_begin)
    app.after_all(_log)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.request_began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _log(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint not in ("static", "health.alive", "health.ready"):
        structlog.get_logger().info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else "unknown",
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("request_began", time.perf_counter())) * 1000, 1),
        )
    return response
