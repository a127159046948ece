"""The page of a certificate: laid out by WeasyPrint from our own template, whole or with its fields left open.

`render_whole` sets everything at once. `lay_out` leaves the fields of one person open and says where they belong;
`printing` fills them in many times faster. Both use `styles` of `fields_of`, so they choose the same size and lines.
"""

from __future__ import annotations

import functools
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from urllib.request import url2pathname

import jinja2
from PIL import Image
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, path2url

from festival.certificates.fields import BODY, Lines, fields_of, fit_fields, fit_fixed, plan_for
from festival.certificates.lettering import FACES, FONT_FOLDER, TEXT, printable
from festival.certificates.look import PLACES
from festival.certificates.qr import qr_runs
from festival.certificates.rooms import MM, Plan
from festival.certificates.wording import CertificateText, SheetText
from festival.config import ROOT

TEMPLATES = ROOT / "templates" / "certificates"
POINTS_PER_PIXEL = 0.75
VARIANT = "pdf/a-2a"
"""ISO 19005-2, level A: kept for decades, every letter known, tagged. `conformance` adds PDF/UA-1 (ISO 14289-1)."""
_DRAWINGS = "page"
"""The made-up scheme of addresses that stand for what a page brings with it: its border and its pictures."""


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
    """Hands WeasyPrint our style sheet and fonts, and the drawings given; nothing else, local or remote."""

    folders = (TEMPLATES, FONT_FOLDER)

    def __init__(self, drawings: Mapping[str, tuple[bytes, str]] | None = None) -> None:
        super().__init__()
        self.drawings = drawings or {}

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The file behind a `file:` address in one of our folders, or a drawing by its name. Raises `ValueError` for
        anything else."""
        parts = urlsplit(url)
        if parts.scheme == _DRAWINGS and parts.path in self.drawings:
            content, media_type = self.drawings[parts.path]
            return URLFetcherResponse(url, content, {"Content-Type": media_type})
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


def holes_of(sheet: SheetText) -> dict[str, str]:
    """The colour that stands for each open field, and for the QR, on the base page: no other text has it."""
    keys = [*(field.key for field in fields_of(sheet)), "qr"]
    return {key: f"#0000{number:02x}" for number, key in enumerate(keys, 1)}


def title_of(text: CertificateText) -> str:
    """What the file is called in a reader's window: "Chứng nhận – Nguyễn Thị Hoa"."""
    return f"{_title(text.sheet)} – {text.name}"


def _title(sheet: SheetText) -> str:
    return "Thư cảm ơn" if sheet.kind == "host" else "Chứng nhận"


def _html(sheet: SheetText, text: CertificateText | None) -> HTML:
    plan, fields = plan_for(sheet), fields_of(sheet)
    fixed = fit_fixed(sheet)
    known = {picture.sha256 for picture in sheet.pictures}
    page = _environment().get_template("certificate.html").render(
        sheet=sheet, text=text, title=title_of(text) if text else _title(sheet), plan=plan, colors=sheet.look.colors,
        fields=fields, by_key={field.key: field for field in fields}, fixed=fixed,
        stack=list(_stacked(sheet, plan, fixed)),
        fitted=fit_fields(text) if text else None, holes=holes_of(sheet) if text is None else {"qr": ""},
        qr=qr_runs(text.verification_url) if text else (1, [(0, 0, 1)]),
        faces=[{"face": face, "url": path2url(face.path)} for face in FACES],
        drawn={place: shown if (shown := getattr(sheet.look, place)) in known else "" for place in PLACES},
        nation=round(12.5 * min(plan.scale, 0.88 if plan.height > plan.width else 1), 2),
        small=round(9 * max(plan.scale, 0.78), 2), plain=lambda words: printable(words, TEXT)[0],
    )  # fmt: skip
    return HTML(string=page, base_url=path2url(TEMPLATES), url_fetcher=OwnFilesOnly(_drawings(sheet)))


def draw_border(sheet: SheetText) -> str:
    """The border of a page as SVG, in the colours of its look."""
    width, height = plan_for(sheet).border
    border = _environment().get_template(f"borders/{sheet.look.border.value}.svg")
    return border.render(w=width, h=height, colors=sheet.look.colors, star=_star())


def _drawings(sheet: SheetText) -> dict[str, tuple[bytes, str]]:
    ornament = _environment().get_template("ornament.svg").render(colors=sheet.look.colors)
    own = {"border": draw_border(sheet), "ornament": ornament}
    found = {name: (svg.encode(), "image/svg+xml") for name, svg in own.items()}
    found |= {picture.sha256: (picture.png, "image/png") for picture in sheet.pictures}
    if sheet.look.background in found:
        found["background"] = (_pale(found[sheet.look.background][0]), "image/png")
    return found


PALE = 0.13
"""How much of a background's colour is left, so that words stay readable on it."""


def _pale(png: bytes) -> bytes:
    """A picture thinned with white here: with CSS's opacity it would be drawn outside all marks of decoration."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    thinned = Image.blend(paper, Image.alpha_composite(paper, picture), PALE).convert("RGB")
    out = io.BytesIO()
    thinned.save(out, "PNG", optimize=True)
    return out.getvalue()


def _star() -> list[SimpleNamespace]:
    """Fourteen rays of a drum's star and the teeth around it, as points "x y"."""

    def point(radius: float, turn: float) -> str:
        return f"{radius * math.sin(turn):.3f} {-radius * math.cos(turn):.3f}"

    step = 2 * math.pi / 14
    return [
        SimpleNamespace(
            left=point(8.2, (ray + 0.1) * step), tip=point(6.6, (ray + 0.5) * step),
            right=point(8.2, (ray + 0.9) * step), inner_left=point(1.6, (ray - 0.5) * step),
            ray=point(5.9, ray * step), inner_right=point(1.6, (ray + 0.5) * step),
        )
        for ray in range(14)
    ]  # fmt: skip


def _stacked(sheet: SheetText, plan: Plan, fixed: Mapping[str, Lines]) -> Iterator[tuple[str, float]]:
    """The lines of the body with the place of each, in millimetres from the top; together they sit in its middle."""
    heights = {field.key: field.height / MM for field in fields_of(sheet)}
    heights |= {key: text.style.height * len(text.lines) / MM for key, text in fixed.items()}
    heights["ornament"] = plan.ornament[1]
    order = [key for key in ("title", "ornament", BODY[0], "name", *BODY[1:]) if key in heights]
    total = sum(plan.gap(key) + heights[key] for key in order)
    # Many lines begin a little higher: there is air below the header, none above the signers.
    top = plan.body.top + max(-4 * plan.scale, (plan.body.height - total) / 2)
    for key in order:
        top += plan.gap(key)
        yield key, round(top, 3)
        top += heights[key]


def render_whole(text: CertificateText) -> bytes:
    """One certificate as PDF, everything set by WeasyPrint. What `printing` prints must look like this."""
    return bytes(_html(text.sheet, text).write_pdf(font_config=FontConfiguration(), pdf_variant=VARIANT))


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
    width: float
    height: float


def lay_out(sheet: SheetText) -> OpenPage:
    """The page that all certificates of `sheet` share, with every field left open."""
    document = _html(sheet, None).render(font_config=FontConfiguration(), pdf_variant=VARIANT)
    if len(document.pages) != 1:
        raise ValueError(f"a certificate must be one page, not {len(document.pages)}")
    page = document.pages[0]
    height = page.height * POINTS_PER_PIXEL
    spots = {}
    for field in fields_of(sheet):
        for number, style in enumerate(field.styles):
            for line in range(style.lines):
                x, _top, _right, bottom = page.anchors[f"{field.key}-{number}-{line}"]
                spots[field.key, number, line] = Spot(x * POINTS_PER_PIXEL, height - bottom * POINTS_PER_PIXEL)
    left, top, right, _bottom = page.anchors["qr"]
    return OpenPage(
        pdf=bytes(document.write_pdf(pdf_variant=VARIANT)),
        spots=spots,
        qr_left=left * POINTS_PER_PIXEL,
        qr_top=height - top * POINTS_PER_PIXEL,
        qr_width=(right - left) * POINTS_PER_PIXEL,
        width=page.width * POINTS_PER_PIXEL,
        height=height,
    )
