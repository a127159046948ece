"""How large codes come out, on paper and on a screen: measured in the picture, from the first black module to the last.

The white around a code, four modules wide, is not a part of its size (ISO/IEC 18004).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pymupdf
from PIL import Image
from playwright.sync_api import Locator, Page
from pyzbar import pyzbar

from festival.registration.tickets import qr_matrix

DPI = (200, 150, 300)
"""One decoder misses one code in twenty at any one resolution, whatever the code: where modules fall between dots."""


@dataclass(frozen=True)
class Seen:
    """A code that a decoder read in a picture: its text, and its width and height in units of the picture."""

    text: str
    width: float
    height: float


def codes_in(picture: Image.Image, unit: float = 1) -> list[Seen]:
    """The codes of a picture, `unit` of a millimetre or pixel to each of its dots."""
    grey = picture.convert("L")
    black = np.asarray(grey) < 128
    seen = []
    for found in pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE]):
        text = str(found.data.decode())
        left, top, wide, high = found.rect
        white = round(2 * wide / len(qr_matrix(text)))  # half of what has to be free around it
        here = black[max(0, top - white) : top + high + white, max(0, left - white) : left + wide + white]
        across, down = np.flatnonzero(here.any(axis=0)), np.flatnonzero(here.any(axis=1))
        seen.append(Seen(text, float(np.ptp(across) + 1) * unit, float(np.ptp(down) + 1) * unit))
    return seen


def printed(page: Page, path: Path, **settings: object) -> list[list[Seen]]:
    """The codes on each sheet that comes out of the printer when the page is printed on A4, in millimetres."""
    page.pdf(path=path, **{"format": "A4", "prefer_css_page_size": True, **settings})
    sheets = []
    with pymupdf.open(path) as book:
        for sheet in book:
            looks = [_codes_on(sheet, dpi) for dpi in DPI]
            texts = dict.fromkeys(code.text for look in looks for code in look)
            sheets.append([code for text in texts for code in max((_of(text, look) for look in looks), key=len)])
    return sheets


def _codes_on(sheet: pymupdf.Page, dpi: int) -> list[Seen]:
    dots = sheet.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
    return codes_in(Image.frombytes("L", (dots.width, dots.height), dots.samples), 25.4 / dpi)


def _of(text: str, look: list[Seen]) -> list[Seen]:
    return [code for code in look if code.text == text]


def shown(place: Locator) -> Seen:
    """The one code there on the screen, in pixels of the screen."""
    scale = place.evaluate("() => devicePixelRatio")
    (seen,) = codes_in(Image.open(io.BytesIO(place.screenshot())), 1 / scale)
    return seen
