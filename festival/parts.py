"""The parts of the house and their doors: every blueprint, in the order of the design page."""

from __future__ import annotations

import importlib
import importlib.util

from flask import Flask

TABLES = ("accounts", "messages", "consents", "programme", "registration", "checkin", "certificates")
"""The parts that have tables; all are loaded, so that keys between them and migrations know each other."""

PARTS = (
    "festival.checkin.views",
    "festival.household.views",
    "festival.certificates.views",
    "festival.programme.manage_views",
    "festival.checkin.manage_views",
    "festival.certificates.manage_views",
    "festival.reports.views",
    "festival.registration.views",
    "festival.programme.views",
)


def register_parts(app: Flask) -> None:
    """Register the blueprints of all parts."""
    for part in TABLES:
        importlib.import_module(f"festival.{part}.models")
    names = list(PARTS)
    if app.extensions["settings"].development or app.testing:
        names.insert(0, "festival.look")
    for name in names:
        if importlib.util.find_spec(name) is None:  # while the house is being built
            continue
        app.register_blueprint(importlib.import_module(name).bp)
