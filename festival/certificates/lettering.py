"""Letters on paper: the fonts a certificate is set in, shaping, measuring, and fitting a name into its room.

HarfBuzz shapes here as it does inside WeasyPrint, with the same font file, so both ways of printing a certificate
put every glyph, mark and kern at the same place.
"""

from __future__ import annotations

import functools
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz
from fontTools import agl, subset
from fontTools.ttLib import TTFont

from festival.config import ROOT
from festival.core.text import tidy

FONT_FOLDER = ROOT / "static" / "vendor" / "fonts"
"""Whole TTF files from npm packages: with fonts split by unicode-range WeasyPrint sets wrong Vietnamese letters."""

FEATURES = {"liga": False, "clig": False, "calt": False, "dlig": False, "hlig": False}
"""What is switched off, here and in certificate.css: a copied "fi" must stay two letters."""

_LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *(0x180, 0x243, 0x1A0, 0x1A1, 0x1AF, 0x1B0, *range(0x1CD, 0x1DD)),
    *(0x2B9, 0x2BB, 0x2BC, *range(0x300, 0x333)),
    *range(0x1E00, 0x1F00),
    *(0x2010, 0x2011, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x25A1),
]
"""Latin as written in Vietnam, by its minorities and by guests; a name in another script is shown as missing."""


class FontMissingError(RuntimeError):
    """The front-end packages were not installed: there is no font to print with."""


@dataclass(frozen=True)
class Face:
    """One font file and how certificate.css calls it."""

    family: str
    file: str
    weight: int = 400
    style: str = "normal"

    @property
    def path(self) -> Path:
        """The font file. Raises `FontMissingError` with what to do when it is not there."""
        path = FONT_FOLDER / self.file
        if not path.is_file():
            raise FontMissingError(f"{path} is missing: `npm ci --ignore-scripts && npm run build` brings it.")
        return path


NAME = Face("Certificate Name", "EBGaramond_600SemiBold.ttf", 600)
TEXT = Face("Certificate Text", "BeVietnamPro_400Regular.ttf")
ITALIC = Face("Certificate Text", "BeVietnamPro_400Regular_Italic.ttf", style="italic")
SEMIBOLD = Face("Certificate Text", "BeVietnamPro_600SemiBold.ttf", 600)
BOLD = Face("Certificate Text", "BeVietnamPro_700Bold.ttf", 700)
FACES = (NAME, TEXT, ITALIC, SEMIBOLD, BOLD)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One shaped glyph; lengths in thousandths of the font size, y upwards."""

    id: int
    advance: int
    x: int
    y: int


@dataclass(frozen=True)
class Style:
    """One way to set a field: so many lines of this size. Sizes and heights in points."""

    size: float
    height: float
    lines: int = 1


@dataclass(frozen=True)
class Fitted:
    """A text set by the first style it fits in. `missing` are the letters the font lacks, shown as boxes."""

    style: int
    lines: tuple[str, ...]
    missing: tuple[str, ...] = ()
    cut: bool = False
    """Whether even the smallest style had no room, so that the text ends with "…"."""


@functools.cache
def _font(face: Face) -> uharfbuzz.Font:
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(face.path))))


@functools.cache
def letters_of(face: Face) -> frozenset[str]:
    """The letters that can be set; further ones are put together from these and their marks."""
    return frozenset(map(chr, set(_font(face).face.unicodes) & set(_LETTERS)))


@functools.lru_cache(maxsize=1024)
def shape(text: str, face: Face) -> tuple[Glyph, ...]:
    """The glyphs of one line, left to right, marks placed and pairs kerned. Every font here has 1000 units an em."""
    if not text:
        return ()
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction, buffer.language = "ltr", "vi"
    uharfbuzz.shape(_font(face), buffer, FEATURES)
    return tuple(
        Glyph(info.codepoint, position.x_advance, position.x_offset, position.y_offset)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


def measure(text: str, face: Face) -> int:
    """The width of one line in thousandths of the font size."""
    return sum(glyph.advance for glyph in shape(text, face))


def printable(text: str, face: Face) -> tuple[str, tuple[str, ...]]:
    """`text` as it can be set (NFC, one line, a box for each letter the font lacks) and those letters."""
    letters = letters_of(face)
    box = "□" if "□" in letters else "?"
    shown: list[str] = []
    missing: list[str] = []
    for letter in tidy(text):
        if letter in letters or all(part in letters for part in unicodedata.normalize("NFD", letter)):
            shown.append(letter)
        else:
            missing.append(letter)
            if not unicodedata.combining(letter):
                shown.append(box)
    return "".join(shown), tuple(dict.fromkeys(missing))


def fit(text: str, face: Face, styles: Sequence[Style], width: float) -> Fitted:
    """Set `text` in `width` points: by the first style whose lines hold it, broken at spaces, as even as can be.

    One word wider than a line is broken between letters, and what has no room even in the last style ends
    with "…"; both happen in the last style only.
    """
    shown, missing = printable(text, face)
    words = shown.split(" ")
    for number, style in enumerate(styles):
        room = width * 1000 / style.size
        if (lines := _break(words, face, room, style.lines)) is not None:
            return Fitted(number, lines, missing)
    room = width * 1000 / styles[-1].size
    lines, cut = _break_anywhere(shown, face, room, styles[-1].lines)
    return Fitted(len(styles) - 1, lines, missing, cut)


def _break(words: Sequence[str], face: Face, room: float, count: int) -> tuple[str, ...] | None:
    """At most `count` lines no wider than `room`, the widest as narrow as possible; None when they do not fit."""
    if count == 1:
        line = " ".join(words)
        return (line,) if measure(line, face) <= room else None
    best: tuple[float, tuple[str, ...]] | None = None
    for position in range(1, len(words)):
        first = " ".join(words[:position])
        if measure(first, face) > room:
            break
        rest = _break(words[position:], face, room, count - 1)
        if rest is None:
            continue
        widest = max(measure(line, face) for line in (first, *rest))
        if best is None or widest < best[0]:
            best = (widest, (first, *rest))
    return best[1] if best else None


def _break_anywhere(text: str, face: Face, room: float, count: int) -> tuple[tuple[str, ...], bool]:
    lines: list[str] = []
    while text and len(lines) < count:
        length = len(text)
        while length > 1 and measure(text[:length], face) > room:
            length -= 1
        space = text.rfind(" ", 1, length) if length < len(text) else -1
        length = space if space > 0 else length
        lines.append(text[:length].strip())
        text = text[length:].strip()
    if text:
        last = lines[-1]
        while last and measure(f"{last}…", face) > room:
            last = last[:-1]
        lines[-1] = f"{last}…"
    return tuple(lines), bool(text)


@dataclass(frozen=True)
class Subset:
    """A font reduced to the letters of `_LETTERS`, its glyph numbers kept."""

    program: bytes
    widths: dict[int, int]
    """Glyph number → width, in thousandths of the font size."""
    letters: dict[int, str]
    """Glyph number → the letter it is, for search and copying."""
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int
    italic_angle: float


@functools.cache
def subset_font(face: Face) -> Subset:
    """The part of a font that a base page carries so that any name can be set on it later."""
    options = subset.Options(
        retain_gids=True, notdef_outline=True, hinting=False, glyph_names=False,
        layout_features=["ccmp", "locl", "kern", "mark", "mkmk"], name_IDs=[], legacy_kern=False,
    )  # fmt: skip
    font = subset.load_font(str(face.path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=_LETTERS)
    subsetter.subset(font)
    kept = subsetter.glyphs_retained
    for table in ("GSUB", "GPOS", "GDEF", "DSIG", "STAT", "gasp", "OS/2", "cmap", "name"):
        if table in font:
            del font[table]
    original = TTFont(face.path)
    file = io.BytesIO()
    font.save(file, reorderTables=False)
    numbers = {name: original.getGlyphID(name) for name in kept}
    head, hhea = original["head"], original["hhea"]
    letters = {
        original.getGlyphID(glyph): chr(code)
        for code, glyph in sorted(original.getBestCmap().items(), reverse=True)
        if glyph in kept
    }
    for glyph in kept:  # forms for stacked marks have no code of their own, only a name such as "acutecomb.case"
        if numbers[glyph] not in letters and (letter := agl.toUnicode(glyph)):
            letters[numbers[glyph]] = letter
    return Subset(
        program=file.getvalue(),
        widths={numbers[name]: original["hmtx"][name][0] for name in kept},
        letters=letters,
        box=(head.xMin, head.yMin, head.xMax, head.yMax),
        ascent=hhea.ascent,
        descent=hhea.descent,
        cap_height=original["OS/2"].sCapHeight,
        italic_angle=float(original["post"].italicAngle),
    )
