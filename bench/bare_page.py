"""The least that a page could be: Flask answering a constant of as many bytes as `/<bytes>` asks for.

`bench/pages.py` serves it by the same gunicorn and calls it the limit.
"""

from __future__ import annotations

from flask import Flask

app = Flask("bare_page")


@app.get("/<int:length>")
def bare(length: int) -> bytes:
    return b"x" * length
