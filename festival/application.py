"""Flask, with a short way for the calls of paired phones.

A phone that scans sends no form and no session, and nobody is signed in on it: looking for them costs more than the
scan itself. What does concern its calls is registered here by name; limits of single routes stand on their views.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Request, Response, request
from flask.sessions import NullSession, SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

CALLS = "/door/api/"
"""Below it only paired phones are answered (`tests/checkin/test_short_way.py`)."""


class NoSessionForCalls(SecureCookieSessionInterface):
    """Sessions in a signed cookie, and none at all for a call: a view that writes into one there fails at once."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(CALLS):
            return NullSession()
        return super().open_session(app, request)


class Application(Flask):
    """What is hung up by `before_all` and `after_all` runs for pages and calls, `before_request` for pages only."""

    session_interface = NoSessionForCalls()

    def __init__(self, import_name: str, **places: str) -> None:
        super().__init__(import_name, **places)  # type: ignore[arg-type]  # the places are all texts
        self._before_calls: list[Callable[[], ResponseReturnValue | None]] = []
        self._after_calls: list[Callable[[Response], Response]] = []

    def before_all(self, ask: Callable[[], ResponseReturnValue | None]) -> None:
        """Ask this before every page and every call; an answer ends the request."""
        self.before_request(ask)
        self.before_calls(ask)

    def before_calls(self, ask: Callable[[], ResponseReturnValue | None]) -> None:
        """Ask this before every call."""
        self._before_calls.append(ask)

    def after_all(self, finish: Callable[[Response], Response]) -> None:
        """Let this finish the answer to every page and every call; what came last is first."""
        self.after_request(finish)
        self.after_calls(finish)

    def after_calls(self, finish: Callable[[Response], Response]) -> None:
        """Let this finish the answer to every call."""
        self._after_calls.insert(0, finish)

    def preprocess_request(self) -> ResponseReturnValue | None:
        if not request.path.startswith(CALLS):
            return super().preprocess_request()
        for ask in self._before_calls:
            answer = ask()
            if answer is not None:
                return answer
        return None

    def process_response(self, response: Response) -> Response:
        if not request.path.startswith(CALLS):
            return super().process_response(response)
        for finish in self._after_calls:
            response = finish(response)
        return response
