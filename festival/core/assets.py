"""Addresses of static files, which change with their content, and how long a browser may keep them."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from flask import request, url_for

from festival.config import ROOT

_STATIC = f"{ROOT}/static/"


@lru_cache(maxsize=256)
def _fingerprint(path: str, changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def static_max_age(filename: str | None) -> int | None:
    """How long a browser may keep a static file, in seconds: a year by its hashed address, fonts for a month; anything
    else (modules that import each other by plain names) is asked about each time, and a 304 answers."""
    if "v" in request.args:
        return 365 * 86400
    return 30 * 86400 if filename and filename.startswith("vendor/fonts/") else None


def asset(filename: str) -> str:
    """The address of a file below static/ (or of a built one below static/vendor/), changing with its content."""
    for folder in ("", "vendor/"):
        path = f"{_STATIC}{folder}{filename}"
        try:
            changed = os.stat(path).st_mtime_ns
        except OSError:
            continue
        return url_for("static", filename=f"{folder}{filename}", v=_fingerprint(path, changed))
    return url_for("static", filename=filename)
