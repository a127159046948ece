"""Gateways on this machine that behave like the documented ones, failures included."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Asked = dict[str, Any]
Reply = tuple[int, dict[str, Any] | str, dict[str, str]]


@contextmanager
def served(answer: Callable[[Asked], Reply]) -> Iterator[str]:
    """A server whose answers `answer` makes from method, path, headers, query and body; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            parts = urlsplit(self.path)
            form = "form" in self.headers.get("Content-Type", "")
            body = {key: values[0] for key, values in parse_qs(raw.decode()).items()} if form else raw
            asked = {
                "method": self.command,
                "path": parts.path,
                "query": {key: values[0] for key, values in parse_qs(parts.query).items()},
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body if form or not raw else json.loads(raw),
            }
            status, content, headers = answer(asked)
            text = (content if isinstance(content, str) else json.dumps(content)).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = _do  # noqa: N815

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Zalo:
    """ZNS as documented: a refresh token is good once, an access token until it ends; refusals have status 200."""

    def __init__(self) -> None:
        self.refresh_token = "first-refresh-token"
        self.access_token = ""
        self.renewals = 0
        self.sent: list[dict[str, Any]] = []
        self.tracked: set[str] = set()
        self.error = 0
        self.status = 200
        self.token_status = 200
        self.slow = 0.0
        self.loses_answers = False
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Reply:
        if asked["path"] == "/v4/oa/access_token":
            return self._token(asked)
        assert asked["path"] == "/message/template"
        return self._message(asked)

    def _token(self, asked: Asked) -> Reply:
        form = asked["body"]
        if self.token_status != 200:
            return self.token_status, "", {}
        assert form["app_id"] == "app-1"
        assert form["grant_type"] == "refresh_token"
        if asked["headers"].get("secret_key") != "secret-1":
            return 200, {"error": -14003, "error_name": "Invalid secret key"}, {}
        with self._lock:
            good = form["refresh_token"] == self.refresh_token
            if good:
                self.refresh_token, self.access_token = secrets.token_hex(8), secrets.token_hex(8)
                self.renewals += 1
                content = {
                    "access_token": self.access_token,
                    "refresh_token": self.refresh_token,
                    "expires_in": "90000",
                }
        time.sleep(self.slow)
        if self.loses_answers:
            return 502, "<html>bad gateway</html>", {}
        if not good:
            return 200, {"error": -14014, "error_name": "Invalid refresh token", "error_description": "used"}, {}
        return 200, content, {}

    def _message(self, asked: Asked) -> Reply:
        if self.status != 200:
            return self.status, "", {"Retry-After": "90"} if self.status == 429 else {}
        if not self.access_token or asked["headers"].get("access_token") != self.access_token:
            return 200, {"error": -124, "message": "Access token invalid"}, {}
        body = asked["body"]
        if not (body["phone"].startswith("84") and len(body["phone"]) == 11):
            return 200, {"error": -108, "message": "Phone number invalid"}, {}
        if self.error:
            return 200, {"error": self.error, "message": "as documented"}, {}
        self.sent.append(body)
        return 200, {"error": 0, "message": "Success", "data": {"msg_id": secrets.token_hex(8), "sent_time": "1"}}, {}
