"""The doors of certificates that need no account: a household's own page, and checking by anybody."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("certificates", __name__)
