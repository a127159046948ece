"""The part of the worker that empties the outbox, in a thread of its own: a slow mail server holds nothing else up."""

from __future__ import annotations

import threading

import structlog
from flask import Flask

from festival.extensions import db
from festival.messages.delivery import deliver_due

PAUSE = 5.0
"""Seconds between two looks into the outbox, when nobody wakes us."""


class Postman:
    """Sends what is due, again and again, until stopped."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._wake = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)

    def start(self) -> None:
        """Begin; what is due already goes out at once."""
        self._thread.start()

    def wake(self) -> None:
        """Look into the outbox now."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the message at hand, and end."""
        self._stopped = True
        self._wake.set()
        self._thread.join(timeout=30)

    def _work(self) -> None:
        while not self._stopped:
            self._wake.clear()
            if not self._round():
                self._wake.wait(PAUSE)

    def _round(self) -> int:
        with self._app.app_context():
            try:
                return deliver_due(lambda: self._stopped)
            except Exception:  # a database that is away for a moment must not end the post for good
                structlog.get_logger().exception("outbox not emptied")
                db.session.rollback()
                return 0
