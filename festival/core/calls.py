"""Calls of our own pages with JSON: read with care, whoever sent them."""

from __future__ import annotations

import json
from typing import Any

from flask import abort, request


def read_object(most_bytes: int) -> dict[str, Any]:
    """The JSON object of a call by our own page. 403 from elsewhere, 413 for too much, 415 or 400 for no JSON object.

    A form of another site can send this content type no more than it can choose its Origin.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        abort(403)
    if request.mimetype != "application/json":
        abort(415)
    if (request.content_length or 0) > most_bytes:
        abort(413)
    body = request.get_data(cache=False)
    if len(body) > most_bytes:
        abort(413)
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(raw, dict):
        abort(400)
    return raw
