"""Requests at the same moment, each from a browser of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from festival.extensions import db

Request = Callable[[FlaskClient], TestResponse]


def at_once(app: Flask, *requests: Request) -> list[int]:
    """Send all requests when everybody is ready; gives their status codes. An error of ours fails the test."""
    ready = threading.Barrier(len(requests))

    def one(request: Request) -> int:
        browser = app.test_client()
        ready.wait()
        return request(browser).status_code

    db.session.rollback()
    with ThreadPoolExecutor(len(requests)) as crowd:
        return list(crowd.map(one, requests))


def post(address: str, browser: FlaskClient | None = None, **fields: str | list[str]) -> Request:
    """A form to be sent, by the own browser of the request or by the one given."""
    return lambda own: (browser or own).post(address, data=fields)
