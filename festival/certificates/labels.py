"""Name badges, booth signs and ticket slips as PDF, drawn with the same fonts and codes as certificates.

One file of any length is written as it goes: fonts first, then a small page at a time.
"""

from __future__ import annotations

import enum
import functools
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from pikepdf import Dictionary, Pdf, String

from festival.certificates import drawing
from festival.certificates.appending import Saved, Update
from festival.certificates.base_pages import COVER_FACES, font_names, save
from festival.certificates.conformance import About, information
from festival.certificates.embedding import embed
from festival.certificates.lettering import NAME, SEMIBOLD, TEXT, Face, Style, fit
from festival.certificates.rooms import MM

FONTS = font_names(COVER_FACES)
GREY = "#4a4658"


@dataclass(frozen=True)
class Slip:
    """A small paper: whose it is, in large letters, lines below, and a code with its text for typing."""

    name: str
    lines: tuple[str, ...]
    qr: str = ""
    code: str = ""


@dataclass(frozen=True)
class Sign:
    """A booth's sign."""

    code: str
    name: str
    lines: tuple[str, ...]
    qr: str
    hint: str


@dataclass(frozen=True)
class Sheet:
    """A paper and how labels lie on it, in millimetres: columns and rows of equal size, centred."""

    width: float
    height: float
    columns: int
    rows: int
    label: tuple[float, float]

    @property
    def corners(self) -> list[tuple[float, float]]:
        """The lower left corner of each label, row by row from the top, in points."""
        width, height = self.label
        left, top = (self.width - self.columns * width) / 2, (self.height + self.rows * height) / 2
        return [
            ((left + column * width) * MM, (top - (row + 1) * height) * MM)
            for row in range(self.rows)
            for column in range(self.columns)
        ]


class BadgePaper(enum.Enum):
    """What badges are printed on: an A4 sheet of ten, to be cut or of ready labels, or a roll of 62 mm."""

    SHEET = "sheet"
    ROLL = "roll"


BADGES = {
    BadgePaper.SHEET: Sheet(210, 297, 2, 5, (90, 54)),
    BadgePaper.ROLL: Sheet(100, 62, 1, 1, (100, 62)),
}
SLIPS = Sheet(210, 297, 2, 4, (98, 70))
SIGN = Sheet(297, 210, 1, 1, (297, 210))
_NAME_STYLES = (
    Style(26, 30),
    Style(22, 26),
    Style(22, 25, 2),
    Style(18, 22),
    Style(18, 21, 2),
    Style(14, 17, 2),
    Style(11, 13, 3),
)
_LINE_STYLES = (Style(9.5, 12.5), Style(9.5, 12, 2), Style(8, 10, 2), Style(7, 9, 2))


def write_badges(people: Iterable[Slip], paper: BadgePaper, about: About, out: IO[bytes]) -> int:
    """Name badges; gives how many. None are written for nobody."""
    sheet = BADGES[paper]
    return _write(
        sheet,
        (_slip(each, *sheet.label, qr=22 if paper is BadgePaper.SHEET else 30) for each in people),
        about,
        out,
        cut=sheet.rows > 1,
    )


def write_slips(tickets: Iterable[Slip], about: About, out: IO[bytes]) -> int:
    """Ticket slips, eight on an A4 sheet, each code 35 mm wide; gives how many."""
    return _write(SLIPS, (_slip(each, *SLIPS.label, qr=35) for each in tickets), about, out, cut=True)


def write_signs(signs: Iterable[Sign], about: About, out: IO[bytes]) -> int:
    """Booth signs, one on an A4 sheet; gives how many."""
    return _write(SIGN, map(_sign, signs), about, out, cut=False)


@functools.cache
def _blank() -> tuple[Saved, int]:
    """A file with our fonts and no page, and the number of its resources."""
    with Pdf.new() as pdf:
        fonts = Dictionary({f"/{name}": embed(pdf, face) for face, name in FONTS.items()})
        pdf.Root["/Lang"] = String("vi")
        pdf.Root["/ViewerPreferences"] = Dictionary(DisplayDocTitle=True)
        pdf.Root["/FestivalFonts"] = pdf.make_indirect(Dictionary(Font=fonts))
        pdf.trailer["/Info"] = pdf.make_indirect(Dictionary(Title=String("Festival")))
        saved = save(pdf)
    with Pdf.open(io.BytesIO(saved.pdf)) as pdf:
        return saved, pdf.Root.FestivalFonts.objgen[0]


def _write(sheet: Sheet, labels: Iterator[str], about: About, out: IO[bytes], *, cut: bool) -> int:
    saved, resources = _blank()
    corners, count = sheet.corners, 0
    pages: list[int] = []
    update: Update | None = None
    while batch := list(islice(labels, len(corners))):
        update = update or Update(saved, out)
        drawn = [f"q 1 0 0 1 {x:.2f} {y:.2f} cm {label} Q" for (x, y), label in zip(corners, batch, strict=False)]
        if cut:
            drawn.append(_cuts(sheet))
        number = saved.size + 2 * len(pages)
        update.add_stream(number, "\n".join(drawn).encode("ascii"))
        size = f"[0 0 {sheet.width * MM:.3f} {sheet.height * MM:.3f}]"
        page = (
            f"<</Type /Page /Parent {saved.pages} 0 R /MediaBox {size} /Resources {resources} 0 R "
            f"/Contents {number} 0 R>>"
        )
        update.add(number + 1, page.encode("ascii"))
        pages.append(number + 1)
        count += len(batch)
    if update is not None:
        kids = " ".join(f"{number} 0 R" for number in pages)
        update.add(saved.pages, f"<</Type /Pages /Count {len(pages)} /Kids [{kids}]>>".encode("ascii"))
        update.add(saved.info, information(about).encode("ascii"))
        update.close(f"{about.title} {count}")
    return count


def _cuts(sheet: Sheet) -> str:
    """Thin dashes between the labels, out to the edges of the sheet."""
    width, height = sheet.label[0] * MM, sheet.label[1] * MM
    across = sorted({y for _x, y in sheet.corners} | {y + height for _x, y in sheet.corners})
    down = sorted({x for x, _y in sheet.corners} | {x + width for x, _y in sheet.corners})
    lines = [(0.0, y, sheet.width * MM, y) for y in across] + [(x, 0.0, x, sheet.height * MM) for x in down]
    return drawing.strokes(*lines, width=0.3, dash="[3 4] 0 d 0.6 G")


def _text(
    text: str, face: Face, styles: Sequence[Style], x: float, top: float, width: float, color: str
) -> tuple[str, float]:
    """Left-aligned lines from `top` down; gives the drawing and where it ends."""
    fitted = fit(text, face, styles, width)
    style, drawn = styles[fitted.style], []
    for line in fitted.lines:
        top -= style.height
        drawn.append(drawing.words(line, face, FONTS[face], style.size, x, top + style.height * 0.26, color=color))
    return "\n".join(drawn), top


def _slip(slip: Slip, width: float, height: float, *, qr: float) -> str:
    """Name and lines at the left, the code at the right with its letters below."""
    edge = 5 * MM
    room = (width - 10 - (qr + 4 if slip.qr else 0)) * MM
    drawn, top = _text(slip.name, NAME, _NAME_STYLES, edge, height * MM - edge, room, drawing.INK)
    parts = [drawn]
    top -= 1.5 * MM
    for line in filter(None, slip.lines):
        drawn, lower = _text(line, TEXT, _LINE_STYLES, edge, top, room, GREY)
        if lower < 3 * MM:
            break
        parts.append(drawn)
        top = lower
    if slip.qr:
        left = (width - 5 - qr) * MM
        upper = (height + qr) / 2 * MM + 2 * MM
        parts.append(drawing.qr(slip.qr, left, upper, qr * MM))
        middle = left + qr * MM / 2
        under = upper - qr * MM - 4.6 * MM
        parts.append(drawing.words(slip.code, SEMIBOLD, FONTS[SEMIBOLD], 11, middle, under, align="center"))
    return "\n".join(parts)


def _sign(sign: Sign) -> str:
    width, middle = 257 * MM, 297 * MM / 2
    parts, top = [], 196 * MM
    rows: list[tuple[str, Face, tuple[Style, ...], str]] = [
        (sign.code, SEMIBOLD, (Style(120, 130), Style(80, 90)), drawing.INK),
        (sign.name, NAME, (Style(54, 62), Style(42, 48, 2), Style(30, 36, 2)), drawing.INK),
        *((line, TEXT, (Style(24, 32), Style(18, 24, 2)), GREY) for line in sign.lines if line),
    ]
    for text, face, styles, color in rows:
        fitted = fit(text, face, styles, width)
        style = styles[fitted.style]
        for line in fitted.lines:
            top -= style.height
            parts.append(
                drawing.words(
                    line, face, FONTS[face], style.size, middle, top + style.height * 0.26, align="center", color=color
                )
            )
        top -= 2 * MM
    code = 44 * MM
    parts.append(drawing.qr(sign.qr, middle - code / 2, 66 * MM, code))
    parts.append(drawing.words(sign.hint, TEXT, FONTS[TEXT], 14, middle, 14 * MM, align="center", color=GREY))
    return "\n".join(parts)
