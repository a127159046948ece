"""The page of a certificate: laid out by WeasyPrint from our own template, whole or with its fields left open.

`render_whole` sets everything at once. `lay_out` leaves the fields of one person open and says where they belong;
`printing` fills them in many times faster. Both use `styles` of `FIELDS`, so they choose the same size and lines.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import jinja2
from pikepdf import Dictionary, Name, ObjectStreamMode, Pdf, String
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, path2url

from festival.certificates.fields import FIELDS, fit_fields, fit_fixed
from festival.certificates.lettering import FACES, FONT_FOLDER, TEXT, printable
from festival.certificates.qr import qr_runs
from festival.certificates.wording import CertificateText, SheetText
from festival.config import ROOT

TEMPLATES = ROOT / "templates" / "certificates"
POINTS_PER_PIXEL = 0.75
PAGE_HEIGHT = 595.2755905511812
"""A4 landscape, in points."""


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
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
        sheet=sheet, text=text, fields=FIELDS, faces=faces, qr=qr, fixed=fit_fixed(sheet),
        fitted=fit_fields(text) if text else None,
        plain=lambda words: printable(words, TEXT)[0],
    )  # fmt: skip
    return HTML(string=page, base_url=path2url(TEMPLATES), url_fetcher=OwnFilesOnly())


def render_whole(text: CertificateText) -> bytes:
    """One certificate as PDF, everything set by WeasyPrint. What `printing` prints must look like this."""
    return _on_cream_paper(bytes(_html(text.sheet, text).write_pdf(font_config=FontConfiguration())))


def _on_cream_paper(pdf: bytes) -> bytes:
    """The page on cream, on screens only: an office printer would raster the whole sheet with grey dots.

    An optional content group with a print state (ISO 32000-1, 8.11.4.4) is shown and not printed.
    """
    with Pdf.open(io.BytesIO(pdf)) as opened:
        usage = Dictionary(View=Dictionary(ViewState=Name.ON), Print=Dictionary(PrintState=Name.OFF))
        group = opened.make_indirect(Dictionary(Type=Name.OCG, Name=String("Giấy"), Usage=usage))
        events = [Dictionary(Event=event, Category=[event], OCGs=[group]) for event in (Name.View, Name.Print)]
        opened.Root.OCProperties = Dictionary(OCGs=[group], D=Dictionary(ON=[group], AS=events))
        page = opened.pages[0]
        page.resources.Properties = Dictionary(Paper=group)
        page.contents_add(b"q /OC /Paper BDC 1 0.992 0.969 rg 0 0 842 596 re f EMC Q", prepend=True)
        out = io.BytesIO()
        opened.save(out, object_stream_mode=ObjectStreamMode.disable)
        return out.getvalue()


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
        pdf=_on_cream_paper(bytes(document.write_pdf())),
        spots=spots,
        qr_left=left * POINTS_PER_PIXEL,
        qr_top=PAGE_HEIGHT - top * POINTS_PER_PIXEL,
        qr_width=(right - left) * POINTS_PER_PIXEL,
    )
