"""What strangers type and send."""

from __future__ import annotations

import io
from urllib.parse import quote

SCRIPT = "\"'><script>alert(7)</script>"

VALUES: dict[str, str | bytes] = {
    "empty": "",
    "spaces": " \u00a0\u200b ",
    "long": "ạ" * 10_000,
    "script": SCRIPT,
    "formula": "=cmd|'/c calc'!A1",
    "path": "../../../../etc/passwd",
    "nul": "a\x00b",
    "invalid utf-8": b"\xff\xfe\xed\xa0\x80",
    "nfd": "Nguye\u0302\u0303n Thi\u0323 Đo\u0302\u0303",
    "emoji": "👨‍👩‍👧‍👦\u202e",
    "expands": "ﷺ" * 120,
    "negative": "-1",
    "huge": "9" * 20,
    "endless digits": "9" * 5_000,
    "superscript": "²",
    "arabic digits": "٣",
    "float": "1e309",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "first moment": "0001-01-01T00:00",
    "last moment": "9999-12-31T23:59",
    "percent": "%_\\%s%(x)s{0}{{7*7}}",
    "json": '{"a": [1]}',
    "header": "a\r\nSet-Cookie: b=c",
}


SHARP = (
    "empty",
    "long",
    "script",
    "nul",
    "invalid utf-8",
    "expands",
    "huge",
    "endless digits",
    "superscript",
    "first day",
    "last day",
    "first moment",
)
"""Those that have cut something before; where there are very many fields, these are enough."""


def encoded(fields: dict[str, str | bytes]) -> bytes:
    """Fields as a browser sends them, with bytes that no browser would send."""
    return b"&".join(quote(name).encode() + b"=" + quote(value).encode() for name, value in fields.items())


def a_file() -> tuple[io.BytesIO, str]:
    """A file where text is expected."""
    return io.BytesIO(b"\x00\xff not text"), "../../etc/passwd\x00.txt"
