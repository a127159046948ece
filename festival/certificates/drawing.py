"""PDF drawing operators for what is put on a page that was laid out before: lines of text, QR codes, boxes."""

from __future__ import annotations

from festival.certificates.lettering import Face, Glyph, measure, shape, subset_font
from festival.certificates.look import channels
from festival.certificates.qr import qr_runs

INK = "#1f1b2e"


def line(text: str, face: Face, size: float, x: float, y: float, align: str = "left") -> str:
    """One line with its beginning, middle or end at `x`, between `BT` and `ET`, where the face is set in this size."""
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
    left = x - share * measure(text, face) * size / 1000
    return f"1 0 0 1 {left:.3f} {y:.3f} Tm {show(shape(text, face), face, size)}"


def words(
    text: str, face: Face, font: str, size: float, x: float, y: float, *, align: str = "left", color: str = INK
) -> str:
    """One line of text by itself."""
    return f"BT {fill(color)} /{font} {size:g} Tf {line(text, face, size, x, y, align)} ET"


def show(glyphs: tuple[Glyph, ...], face: Face, size: float) -> str:
    """The operators that show shaped glyphs, one line from where the text matrix is.

    A number in TJ moves back by thousandths of the size: it makes up for kerns and for marks drawn over the letter
    before. Ts lifts a mark.
    """
    widths = subset_font(face).widths
    shown: list[str] = []
    codes = "<"
    owed = rise = 0
    for glyph in glyphs:
        if glyph.y != rise:
            shown.append(f"[{codes}>] TJ {glyph.y * size / 1000:.3f} Ts")
            codes, rise = "<", glyph.y
        if owed + glyph.x:
            codes += f">{-(owed + glyph.x)}<"
        codes += f"{glyph.id:04x}"
        owed = glyph.advance - glyph.x - widths[glyph.id]
    shown.append(f"[{codes}>] TJ" + (" 0 Ts" if rise else ""))
    return " ".join(shown).replace("<>", "")


def fill(color: str) -> str:
    """The operator that fills with "#rrggbb"."""
    red, green, blue = channels(color)
    return f"{red:.4g} {green:.4g} {blue:.4g} rg"


def qr(content: str, left: float, top: float, width: float) -> str:
    """A QR code `width` points wide with its top left corner there."""
    squares, runs = qr_runs(content)
    scale = width / squares
    boxes = " ".join(f"{column} {row} {length} 1 re" for column, row, length in runs)
    return f"q {fill(INK)} {scale:.5f} 0 0 {-scale:.5f} {left:.3f} {top:.3f} cm {boxes} f Q"


def strokes(*lines: tuple[float, float, float, float], width: float = 0.4, dash: str = "") -> str:
    """Thin lines from (x, y) to (x, y)."""
    drawn = " ".join(f"{a:.2f} {b:.2f} m {c:.2f} {d:.2f} l" for a, b, c, d in lines)
    return f"q {width:g} w {dash} {drawn} S Q"
