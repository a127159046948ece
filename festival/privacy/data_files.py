"""A household's data as files to take away: JSON for machines, PDF for people.

The PDF is set by WeasyPrint with whole font files; fonts split for browsers would set wrong Vietnamese letters.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from werkzeug.exceptions import ServiceUnavailable

from festival.config import ROOT
from festival.privacy import words
from festival.privacy.held import Held

TEMPLATES = ROOT / "templates" / "privacy"
FORMAT = 2
"""Raised when a field of the JSON file changes its meaning."""


def as_json(held: Held) -> bytes:
    """The file for machines: UTF-8, times in UTC (ISO 8601)."""
    file = {"format": FORMAT, **asdict(held)}
    return json.dumps(file, ensure_ascii=False, indent=2, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    raise TypeError(f"{value!r} has no place in a file of data")


def as_pdf(held: Held) -> bytes:
    """The file for people, in the language of the page. Raises `ServiceUnavailable` as `print_page` does."""
    return print_page(
        lambda faces: render_template("privacy/data_file.html", held=held, words=words.FOR_PAGES, faces=faces)
    )


def print_page(written: Callable[[list[dict[str, Any]]], str]) -> bytes:
    """The page that `written` gives for the type faces, set as PDF. Raises `ServiceUnavailable` where the libraries for
    printing are missing, as for certificates; `make run` says what to install."""
    try:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration

        from festival.certificates.layout import OwnFilesOnly
        from festival.certificates.lettering import BOLD, FONT_FOLDER, SEMIBOLD, TEXT
    except OSError as missing:
        current_app.logger.error("data cannot be printed here: %s", missing)
        raise ServiceUnavailable from missing

    class OwnFiles(OwnFilesOnly):
        """Our style sheet and our fonts, nothing else."""

        folders = (TEMPLATES, FONT_FOLDER)

    faces = [{"face": face, "url": _address(face.path)} for face in (TEXT, SEMIBOLD, BOLD)]
    html = HTML(string=written(faces), base_url=_address(TEMPLATES) + "/", url_fetcher=OwnFiles())
    return bytes(html.write_pdf(font_config=FontConfiguration()))


def _address(path: Path) -> str:
    return path.resolve().as_uri()
