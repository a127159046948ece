"""One call to a gateway: no redirects (they would carry our keys elsewhere), no endless answers, no exceptions."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back: the status (0 when nothing did), the JSON object in it (or none), and trouble in words."""

    status: int
    content: dict[str, Any]
    trouble: str = ""
    retry_after: int = 0


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_asked: Any, **_more: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def call(method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout: float) -> Answer:
    """Ask the gateway. `timeout` is how long it may be silent, in seconds; the settings let only HTTPS through."""
    request = urllib.request.Request(url, data=body, method=method, headers=dict(headers))  # noqa: S310
    try:
        with _opener.open(request, timeout=timeout) as response:
            return _read(response.status, response)
    except urllib.error.HTTPError as error:
        with error:
            return _read(error.code, error, error.headers.get("Retry-After", ""))
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        return Answer(0, {}, f"{type(reason).__name__}: {reason}"[:200])


def _read(status: int, response: Any, retry_after: str = "") -> Answer:
    try:
        text = response.read(MAX_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, {}, f"{type(error).__name__}: {error}"[:200])
    wait = int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 6 else 0
    try:
        content = json.loads(text[:MAX_ANSWER])
    except ValueError:
        content = None
    return Answer(status, content if isinstance(content, dict) else {}, retry_after=wait)
