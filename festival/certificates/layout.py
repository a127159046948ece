"""The page of a certificate: laid out by WeasyPrint from our own template, whole or with its fields left open.

`render_whole` sets everything at once. `lay_out` leaves the fields of one person open and says where they belong;
`printing` fills them in many times faster. Both use `styles` of `FIELDS`, so they choose the same size and lines.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import jinja2
import qrcode.constants
from qrcode.main import QRCode
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, path2url

from festival.certificates.lettering import (
    BOLD,
    FACES,
    FONT_FOLDER,
    ITALIC,
    NAME,
    SEMIBOLD,
    TEXT,
    Face,
    Fitted,
    Style,
    fit,
    printable,
)  # fmt: skip
from festival.certificates.wording import CertificateText, SheetText
from festival.config import ROOT

TEMPLATES = ROOT / "templates" / "certificates"
POINTS_PER_PIXEL = 0.75
PAGE_HEIGHT = 595.2755905511812
"""A4 landscape, in points."""


@dataclass(frozen=True)
class Field:
    """A text that differs from person to person: how it may be set, best style first, and in how much room."""

    key: str
    face: Face
    color: str
    align: str
    width: float
    height: float
    """Its room, in points; every style sits in the middle of it."""
    styles: tuple[Style, ...]


_MM = 72 / 25.4
FIELDS = (
    Field(
        "name", NAME, "#43307f", "center", 222 * _MM, 26 * _MM,
        (
            Style(42, 62), Style(38, 62), Style(34, 62), Style(30, 62), Style(27, 62),
            Style(27, 31, 2), Style(24, 30, 2), Style(21, 28, 2), Style(18, 20, 3),
        ),
    ),
    Field("number", TEXT, "#1f1b2e", "center", 108 * _MM, 7 * _MM, (Style(12, 18), Style(10, 18))),
    Field("date", ITALIC, "#1f1b2e", "center", 126 * _MM, 7 * _MM, (Style(13, 19), Style(11, 19), Style(9, 19))),
    Field("code", SEMIBOLD, "#1f1b2e", "left", 60 * _MM, 6 * _MM, (Style(11, 15), Style(9, 15))),
)  # fmt: skip


def field_texts(text: CertificateText) -> dict[str, str]:
    """What stands in each of `FIELDS`."""
    return {
        "name": text.name,
        "number": text.number_line,
        "date": text.place_and_date,
        "code": text.shown_code,
    }


def fit_fields(text: CertificateText) -> dict[str, Fitted]:
    """Each field of `text` set in its room."""
    texts = field_texts(text)
    return {field.key: fit(texts[field.key], field.face, field.styles, field.width) for field in FIELDS}


class OwnFilesOnly(URLFetcher):
    """Hands WeasyPrint the style sheet and the fonts of the certificate and nothing else, local or remote."""

    folders = (TEMPLATES, FONT_FOLDER)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The file behind a `file:` address in one of our two folders. Raises `ValueError` for anything else."""
        parts = urlsplit(url)
        if parts.scheme != "file" or parts.netloc:
            raise ValueError(f"a certificate fetches its own files only, not {url[:80]}")
        path = Path(url2pathname(parts.path)).resolve()
        if not any(path.is_relative_to(folder.resolve()) for folder in self.folders):
            raise ValueError(f"a certificate fetches its own files only, not {path}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _MEDIA_TYPES.get(path.suffix, "text/plain")})


_MEDIA_TYPES = {".css": "text/css", ".ttf": "font/ttf", ".svg": "image/svg+xml"}


def qr_runs(content: str) -> tuple[int, list[tuple[int, int, int]]]:
    """A QR code (level M) as its width in squares and its dark runs: (column, row, length), from the top left.

    The mask is fixed: searching the best of eight costs most of the time, and any mask is valid by ISO/IEC 18004.
    """
    code = QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=3)
    code.add_data(content, optimize=0)
    code.make(fit=True)
    runs = []
    for row, squares in enumerate(code.modules):
        column = 0
        while column < len(squares):
            length = 0
            while column + length < len(squares) and squares[column + length]:
                length += 1
            if length:
                runs.append((column, row, length))
            column += length or 1
    return len(code.modules), runs


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _html(sheet: SheetText, text: CertificateText | None) -> HTML:
    faces = [{"face": face, "url": path2url(face.path)} for face in FACES]
    qr = qr_runs(text.verification_url) if text else None
    page = _environment().get_template("certificate.html").render(
        sheet=sheet, text=text, fields=FIELDS, faces=faces, qr=qr,
        fitted=fit_fields(text) if text else None,
        plain=lambda words: printable(words, TEXT)[0],
    )  # fmt: skip
    return HTML(string=page, base_url=path2url(TEMPLATES) , url_fetcher=OwnFilesOnly())


def render_whole(text: CertificateText) -> bytes:
    """One certificate as PDF, everything set by WeasyPrint. What `printing` prints must look like this."""
    return bytes(_html(text.sheet, text).write_pdf(font_config=FontConfiguration()))


@dataclass(frozen=True)
class Spot:
    """Where a line of a field begins: the point its alignment refers to, on its baseline; PDF points, y upwards."""

    x: float
    y: float


@dataclass(frozen=True)
class OpenPage:
    """The fixed page as PDF, and where the fields go: (field, style, line) → spot, and the QR's corner and width."""

    pdf: bytes
    spots: dict[tuple[str, int, int], Spot]
    qr_left: float
    qr_top: float
    qr_width: float


def lay_out(sheet: SheetText) -> OpenPage:
    """The page that all certificates of `sheet` share, with every field left open."""
    document = _html(sheet, None).render(font_config=FontConfiguration())
    if len(document.pages) != 1:
        raise ValueError(f"a certificate must be one page, not {len(document.pages)}")
    anchors = document.pages[0].anchors
    spots = {}
    for field in FIELDS:
        for number, style in enumerate(field.styles):
            for line in range(style.lines):
                x, _top, _right, bottom = anchors[f"{field.key}-{number}-{line}"]
                spots[field.key, number, line] = Spot(x * POINTS_PER_PIXEL, PAGE_HEIGHT - bottom * POINTS_PER_PIXEL)
    left, top, right, _bottom = anchors["qr"]
    return OpenPage(
        pdf=bytes(document.write_pdf()),
        spots=spots,
        qr_left=left * POINTS_PER_PIXEL,
        qr_top=PAGE_HEIGHT - top * POINTS_PER_PIXEL,
        qr_width=(right - left) * POINTS_PER_PIXEL,
    )


__all__ = [
    "BOLD", "FIELDS", "Field", "OpenPage", "OwnFilesOnly", "Spot", "field_texts", "fit_fields", "lay_out",
    "qr_runs", "render_whole",
]  # fmt: skip
