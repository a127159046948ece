"""Certificates by the thousand: one page laid out once per edition, and per person only what differs.

A single certificate is the base page, byte for byte, continued by a stream with the name, number, date, code and QR and
by what the file says about itself. A file for the printer is the base pages plus one small page object and stream a
person; all pages share the base's drawing and fonts.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import IO

from festival.certificates import drawing
from festival.certificates.appending import Update
from festival.certificates.base_pages import BasePage, PrintBase, base_page, print_base
from festival.certificates.conformance import About, information, metadata, utf16
from festival.certificates.covers import Cover, cut_marks, draw_cover, draw_stamp
from festival.certificates.fields import field_texts
from festival.certificates.layout import title_of
from festival.certificates.lettering import NAME, fit
from festival.certificates.look import Paper
from festival.certificates.rooms import MM
from festival.certificates.wording import CertificateText, SheetText
from festival.core.text import tidy

A4 = (210 * MM, 297 * MM)


def overlay(base: BasePage, text: CertificateText) -> bytes:
    """What one person adds to the base page: their name, number, date, code and QR as PDF drawing operators.

    Each carries the mark (MCID) its hole had, so that readers aloud and searches find it where it stands.
    """
    drawn = []
    texts = field_texts(text)
    for field in base.fields:
        words = texts[field.key]
        fitted = fit(words, field.face, field.styles, field.width)
        size, font = field.styles[fitted.style].size, base.fonts[field.face]
        # ActualText is what search, copying and screen readers get, also where a letter is shown as a box.
        drawn.append(f"/Span <</MCID {base.marks[field.key]} /ActualText <{utf16(tidy(words))}>>> BDC BT")
        drawn.append(f"{drawing.fill(field.color)} /{font} {size:g} Tf")
        for number, line in enumerate(fitted.lines):
            spot = base.page.spots[field.key, fitted.style, number]
            drawn.append(drawing.line(line, field.face, size, spot.x, spot.y, field.align))
        drawn.append("ET EMC")
    page = base.page
    code = drawing.qr(text.verification_url, page.qr_left, page.qr_top, page.qr_width)
    drawn.append(f"/Figure <</MCID {base.marks['qr']}>> BDC {code} EMC")
    return "\n".join(drawn).encode("ascii")


def print_one(text: CertificateText) -> bytes:
    """One certificate as PDF/A-2a and PDF/UA-1: the base page continued by this person's stream."""
    base = base_page(text.sheet)
    about = About(tidy(title_of(text)), text.sheet.issuer, text.sheet.festival)
    out = io.BytesIO()
    update = Update(base.saved, out)
    update.add_stream(base.overlay, overlay(base, text))
    packet = metadata(about)
    update.add(
        base.metadata,
        b"<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%b\nendstream" % (len(packet), packet),
    )
    update.add(base.saved.info, information(about).encode("ascii"))
    update.close(f"{text.serial} {text.code}")
    return out.getvalue()


def print_all(
    sheets: Sequence[SheetText],
    items: Iterable[CertificateText | Cover],
    out: IO[bytes],
    *,
    two_up: bool = False,
    stamp: str = "",
) -> int:
    """Certificates of these editions as one PDF for the printer, in the order given, with covers between them.

    With `two_up` two A5 certificates share an A4 sheet with marks where to cut; `stamp` is written across each
    certificate, so that nobody takes a proof for one. Written to `out` as it goes, so memory
    does not grow with the pictures. Gives the number of certificates; with none, nothing is written, because a PDF
    needs a page.
    """
    file: _PrintFile | None = None
    for item in items:
        if file is None:
            file = _PrintFile(print_base(sheets), out, two_up=two_up, stamp=stamp)
        if isinstance(item, Cover):
            file.add_cover(item)
        else:
            file.add(item)
    return file.close() if file is not None else 0


class _PrintFile:
    """The file while it is written."""

    def __init__(self, base: PrintBase, out: IO[bytes], *, two_up: bool, stamp: str) -> None:
        self.base, self.two_up, self.stamp = base, two_up, stamp
        self.update = Update(base.saved, out)
        self.next = base.saved.size
        self.pages: list[int] = []
        self.count = 0
        self.waiting: tuple[SheetText, int] | None = None
        self.shift = self._stream(f"q 1 0 0 1 0 {A4[1] / 2:.3f} cm".encode()) if two_up else 0
        self.back = self._stream(b"Q q") if two_up else 0
        self.cut = self._stream(b"Q " + cut_marks(A4[0], A4[1] / 2)) if two_up else 0

    def _stream(self, content: bytes) -> int:
        number = self.next
        self.next += 1
        self.update.add_stream(number, content)
        return number

    def _page(self, size: tuple[float, float], resources: int, contents: str) -> None:
        page = (
            f"<</Type /Page /Parent {self.base.saved.pages} 0 R /MediaBox [0 0 {size[0]:.6f} {size[1]:.6f}] "
            f"/Resources {resources} 0 R /Contents [{contents}]>>"
        )
        self.update.add(self.next, page.encode("ascii"))
        self.pages.append(self.next)
        self.next += 1

    def add(self, text: CertificateText) -> None:
        """One more certificate."""
        if text.sheet not in self.base.places:
            raise ValueError("a file for the printer holds certificates of the editions it was begun with")
        place = self.base.places[text.sheet]
        base = self.base.bases[text.sheet]
        drawn = overlay(base, text)
        if self.stamp:
            drawn = draw_stamp(self.stamp, base.page.width, base.page.height, base.fonts[NAME]) + b"\n" + drawn
        own = self._stream(drawn)
        self.count += 1
        if not self._pairs(text.sheet):
            self.end_pair()
            self._page((place.width, place.height), place.resources, f"{place.background} 0 R {own} 0 R")
        elif self.waiting and self.waiting[0] == text.sheet:
            self._two(text.sheet, self.waiting[1], own)
            self.waiting = None
        else:
            self.end_pair()
            self.waiting = (text.sheet, own)

    def _pairs(self, sheet: SheetText) -> bool:
        return self.two_up and sheet.look.paper is Paper.A5

    def end_pair(self) -> None:
        """A certificate that waits for a second one gets a sheet of its own."""
        if self.waiting:
            self._two(self.waiting[0], self.waiting[1], None)
            self.waiting = None

    def _two(self, sheet: SheetText, upper: int, lower: int | None) -> None:
        place = self.base.places[sheet]
        one = f"{self.shift} 0 R {place.background} 0 R {upper} 0 R {self.back} 0 R"
        other = f"{place.background} 0 R {lower} 0 R" if lower else ""
        self._page(A4, place.resources, f"{one} {other} {self.cut} 0 R")

    def add_cover(self, cover: Cover) -> None:
        """A sheet that says whose certificates follow, of the size of theirs."""
        self.end_pair()
        place = next(iter(self.base.places.values()))
        size = A4 if self.two_up else (place.width, place.height)
        drawn = self._stream(draw_cover(cover, *size, self.base.cover_fonts))
        self._page(size, self.base.cover, f"{drawn} 0 R")

    def close(self) -> int:
        """Write what holds the pages together; gives how many certificates there are."""
        self.end_pair()
        sheet = next(iter(self.base.places))
        kids = " ".join(f"{number} 0 R" for number in self.pages)
        pages = f"<</Type /Pages /Count {len(self.pages)} /Kids [{kids}]>>"
        self.update.add(self.base.saved.pages, pages.encode("ascii"))
        about = About(f"Chứng nhận – {sheet.festival} (bản để in)", sheet.issuer, sheet.festival)
        self.update.add(self.base.saved.info, information(about).encode("ascii"))
        self.update.close(f"{len(self.pages)} {self.count}")
        return self.count
