"""Sheets between the certificates of a printer's file: whose pile begins here. And marks where to cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from festival.certificates import drawing
from festival.certificates.lettering import NAME, SEMIBOLD, TEXT, Face, Style, fit, measure
from festival.certificates.rooms import MM

CUT = 9 * MM
"""How long a mark at the edge is."""

FOR_PAPER = "Bản để in trên giấy, ký tay và đóng dấu; tệp này không mang chữ ký điện tử."
"""The file for the printer is never signed, also where single files are."""


@dataclass(frozen=True)
class Cover:
    """A pile of certificates: where it goes, how many it has, and which. Papers are Vietnamese."""

    ward: str
    group: str
    count: int
    first: str
    last: str
    festival: str
    design: str


def draw_cover(cover: Cover, width: float, height: float, fonts: Mapping[Face, str]) -> bytes:
    """The drawing of a cover on a page of this size, in points."""
    rows: list[tuple[str, Face, tuple[Style, ...], float]] = [
        (cover.festival, TEXT, (Style(14, 20), Style(11, 15)), 0.80),
        (cover.design, TEXT, (Style(14, 20), Style(11, 15)), 0.74),
        (cover.ward or "Chưa rõ phường, xã", NAME, (Style(46, 56), Style(34, 44), Style(24, 32)), 0.58),
        (cover.group, SEMIBOLD, (Style(28, 36), Style(20, 26), Style(14, 18)), 0.47),
        (f"{cover.count} bản", SEMIBOLD, (Style(24, 32),), 0.35),
        (f"Từ: {cover.first}", TEXT, (Style(14, 20), Style(11, 15)), 0.27),
        (f"Đến: {cover.last}", TEXT, (Style(14, 20), Style(11, 15)), 0.22),
        (FOR_PAPER, TEXT, (Style(11, 15), Style(8, 11)), 0.10),
    ]
    drawn = []
    for text, face, styles, share in rows:
        if text:
            fitted = fit(text, face, styles, width - 30 * MM)
            size, line = styles[fitted.style].size, fitted.lines[0]
            drawn.append(drawing.words(line, face, fonts[face], size, width / 2, height * share, align="center"))
    return "\n".join(drawn).encode("ascii")


def cut_marks(width: float, middle: float) -> bytes:
    """Marks at both edges where a sheet with two certificates is cut."""
    return drawing.strokes((0, middle, CUT, middle), (width - CUT, middle, width, middle)).encode("ascii")


def draw_stamp(words: str, width: float, height: float, font: str) -> bytes:
    """Large words across a page that is no certificate; only their outlines, so that everything can be read."""
    size = width / (measure(words, NAME) / 1000) * 0.72
    across = drawing.words(words, NAME, font, size, 0, -size / 3, align="center", color="#d8d8dc")
    return f"q 0.94 0.34 -0.34 0.94 {width / 2:.2f} {height / 2:.2f} cm 1 Tr 0.7 w 0.62 0.62 0.68 RG {across} Q".encode(
        "ascii"
    )
