"""A gateway that takes one message a call over HTTPS, as most sellers of text messages offer it.

What it is told is the setting FESTIVAL_SMS_BODY: a JSON object in whose texts {to}, {text} and {id} are replaced, sent
as JSON or as a form. Success is a status of 2xx and, where FESTIVAL_SMS_SUCCESS says so ("data.code=100"), that field.
Answers of 429 and 503 ask us to wait; 401, 402 and 403 are between the operator and the gateway, and the message waits
too; any other 4xx refuses this message for good. Everything else is tried again, an answer of 2xx without the field
too: a gateway's own codes do not tell us whether they are about the message or about money.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from festival.core.text import tidy
from festival.messages.placeholders import fill
from festival.messages.sms import SmsAnswer, SmsOutcome, Template
from festival.messages.sms.calling import Answer, call
from festival.messages.sms.lengths import without_marks
from festival.sms_settings import HttpSettings

WAIT_FOR_OPERATOR = timedelta(minutes=15)


class HttpGateway:
    """Speaks to the gateway that the settings describe."""

    free_text = True

    def __init__(self, settings: HttpSettings, timeout: float, plain: bool = False) -> None:
        self._settings = settings
        self._timeout = timeout
        self._plain = plain

    def ready(self) -> str:
        """Always."""
        return ""

    def knows(self, kind: str) -> bool:
        """Every kind: it takes any text."""
        return True

    def send(self, to: str, text: str, template: Template) -> SmsAnswer:
        """Hand one message over. `{id}` is the same at every attempt: a gateway that looks at it sends once."""
        text = without_marks(text) if self._plain else text
        values = {"to": _number(to, self._settings.phone), "text": text, "id": f"festival-{template.id}"}
        body = _filled(self._settings.body, values)
        return self._judge(self._call(body))

    def _call(self, body: dict[str, Any]) -> Answer:
        settings = self._settings
        name, _colon, value = settings.header.partition(":")
        headers = {name.strip(): value.strip()} if name else {}
        if settings.method == "GET":
            parts = urlsplit(settings.url)
            query = "&".join(filter(None, (parts.query, urlencode(body))))
            return call("GET", urlunsplit(parts._replace(query=query)), None, headers, self._timeout)
        if settings.form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return call(settings.method, settings.url, urlencode(body).encode(), headers, self._timeout)
        headers["Content-Type"] = "application/json; charset=utf-8"
        return call(settings.method, settings.url, json.dumps(body).encode(), headers, self._timeout)

    def _judge(self, answer: Answer) -> SmsAnswer:
        if answer.status == 0:
            return SmsAnswer(SmsOutcome.LATER, f"no answer from the gateway: {answer.trouble}")
        said = tidy(json.dumps(answer.content, ensure_ascii=False))[:200] if answer.content else ""
        reason = f"{answer.status} {said}".strip()
        if answer.status in (429, 503):
            return SmsAnswer(SmsOutcome.NOT_NOW, reason, timedelta(seconds=min(max(answer.retry_after, 60), 3600)))
        if answer.status in (401, 402, 403):
            return SmsAnswer(SmsOutcome.NOT_NOW, reason, WAIT_FOR_OPERATOR)
        if 400 <= answer.status < 500:
            return SmsAnswer(SmsOutcome.REFUSED, reason)
        if not 200 <= answer.status < 300:
            return SmsAnswer(SmsOutcome.LATER, reason)
        if self._settings.success and not _has(answer.content, self._settings.success):
            return SmsAnswer(SmsOutcome.LATER, reason)
        return SmsAnswer(SmsOutcome.TAKEN)


def _number(e164: str, style: str) -> str:
    return {"e164": e164, "84": e164.removeprefix("+"), "0": "0" + e164.removeprefix("+84")}[style]


def _filled(body: Any, values: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {key: _filled(value, values) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, values) for value in body]
    return fill(body, values) if isinstance(body, str) else body


def _has(content: Any, wanted: str) -> bool:
    """Whether the field "data.code" of the answer has the value behind the equals sign."""
    path, _equals, value = wanted.partition("=")
    for key in path.strip().split("."):
        content = content.get(key) if isinstance(content, dict) else None
    found = str(content).lower() if isinstance(content, bool) else str(content)
    return found == value.strip()
