"""Certificates by the thousand: one page laid out once per festival, and per person only what differs.

A PDF may be continued after its end (ISO 32000-1, 7.5.6, incremental updates): new objects, a table of where they
are, a trailer that points back. A single certificate is the base page, byte for byte, plus a stream with the name,
number, date, code and QR. A file for the printer is the base page plus one small page object and stream a person;
all pages share the base's drawing and fonts.
"""

from __future__ import annotations

import functools
import hashlib
import io
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from festival.certificates.fields import FIELDS, Field, field_texts, fit_fields
from festival.certificates.layout import OpenPage, Spot, lay_out
from festival.certificates.lettering import Face, Glyph, measure, shape, subset_font
from festival.certificates.qr import qr_runs
from festival.certificates.wording import CertificateText, SheetText
from festival.core.text import tidy

_INK = "#1f1b2e"
_FACES: tuple[Face, ...] = tuple(dict.fromkeys(field.face for field in FIELDS))
_RESOURCE = {face: f"Field{number}" for number, face in enumerate(_FACES)}


@dataclass(frozen=True)
class BasePage:
    """A festival's page ready to be continued: the file, its numbers and where the fields go."""

    pdf: bytes
    sheet: SheetText
    page: OpenPage
    size: int
    """How many objects it has: the first free object number."""
    xref_at: int
    root: int
    info: int
    pages: int
    shared: str
    """The entries every page of a bulk file has: size, fonts, language."""
    background: int
    """The stream that draws the fixed page."""
    overlay: int
    """The empty stream a person's own one takes the place of."""


@functools.lru_cache(maxsize=32)
def base_page(sheet: SheetText) -> BasePage:
    """The base of all certificates of `sheet`: about half a second once, then from memory."""
    page = lay_out(sheet)
    with Pdf.open(io.BytesIO(page.pdf)) as pdf:
        fonts = pdf.make_indirect(Dictionary({f"/{_RESOURCE[face]}": _embed(pdf, face) for face in _FACES}))
        only = pdf.pages[0]
        for key, font in only.resources.get("/Font", Dictionary()).items():
            fonts[key] = font
        only.resources["/Font"] = fonts
        resources = pdf.make_indirect(only.resources)
        only.obj["/Resources"] = resources
        only.contents_coalesce()
        drawing = only.Contents.read_bytes()
        # The background leaves the graphics state as it found it: what follows counts from the corner of the sheet.
        background = pdf.make_indirect(Stream(pdf, b"q\n" + drawing + b"\nQ\n"))
        overlay = pdf.make_indirect(Stream(pdf, b" "))
        only.obj["/Contents"] = Array([background, overlay])
        pdf.Root["/Lang"] = String("vi")
        pdf.Root["/ViewerPreferences"] = Dictionary(DisplayDocTitle=True)
        pdf.trailer["/Info"] = pdf.make_indirect(pdf.docinfo)
        file = io.BytesIO()
        pdf.save(
            file, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=True, deterministic_id=True
        )
    return _numbered(file.getvalue(), sheet, page)


def _numbered(saved: bytes, sheet: SheetText, page: OpenPage) -> BasePage:
    """Object numbers change on saving, so they are looked up in the saved file."""
    with Pdf.open(io.BytesIO(saved)) as pdf:
        only = pdf.pages[0]
        box = " ".join(str(side) for side in only.mediabox)
        return BasePage(
            pdf=saved,
            sheet=sheet,
            page=page,
            size=int(pdf.trailer.Size),
            xref_at=int(saved[saved.rindex(b"startxref") :].split()[1]),
            root=pdf.Root.objgen[0],
            info=pdf.trailer.Info.objgen[0],
            pages=pdf.Root.Pages.objgen[0],
            shared=f"/MediaBox [{box}] /Resources {only.obj.Resources.objgen[0]} 0 R",
            background=only.Contents[0].objgen[0],
            overlay=only.Contents[1].objgen[0],
        )


def _embed(pdf: Pdf, face: Face) -> pikepdf.Object:
    """`face` as a composite font whose codes are glyph numbers, with every letter a name may need."""
    subset = subset_font(face)
    name = Name(f"/FESTIV+{face.path.stem.replace('_', '-')}")
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=name, Flags=4 if face.style == "normal" else 68, FontBBox=list(subset.box),
        ItalicAngle=subset.italic_angle, Ascent=subset.ascent, Descent=subset.descent, CapHeight=subset.cap_height,
        StemV=100, FontFile2=pdf.make_indirect(Stream(pdf, subset.program)),
    )  # fmt: skip
    widths: list[object] = []
    for glyph, width in sorted(subset.widths.items()):
        widths += [glyph, [width]]
    letters = "".join(
        f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>\n" for glyph, letter in sorted(subset.letters.items())
    )
    blocks = letters.splitlines()
    ranges = "".join(
        f"{len(part)} beginbfchar\n{chr(10).join(part)}\nendbfchar\n"
        for part in (blocks[start : start + 100] for start in range(0, len(blocks), 100))
    )
    unicode_map = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Adobe-Identity-UCS def "
        "/CMapType 2 def 1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{ranges}endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDToGIDMap=Name.Identity, DW=1000,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor), W=widths,
    )  # fmt: skip
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=name,
            Encoding=Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)],
            ToUnicode=pdf.make_indirect(Stream(pdf, unicode_map.encode("ascii"))),
        )
    )


def overlay(page: OpenPage, text: CertificateText) -> bytes:
    """What one person adds to the base page: their name, number, date, code and QR as PDF drawing operators."""
    drawn = []
    texts, fitted = field_texts(text), fit_fields(text)
    for field in FIELDS:
        chosen = fitted[field.key]
        size = field.styles[chosen.style].size
        # ActualText is what search, copying and screen readers get, also where a letter is shown as a box.
        drawn.append(f"/Span <</ActualText <{_utf16(texts[field.key])}>>> BDC BT")
        drawn.append(f"{_fill(field.color)} /{_RESOURCE[field.face]} {size:g} Tf")
        for number, line in enumerate(chosen.lines):
            drawn.append(_line(line, field, size, page.spots[field.key, chosen.style, number]))
        drawn.append("ET EMC")
    drawn.append(_qr(page, text.verification_url))
    return "\n".join(drawn).encode("ascii")


def _line(line: str, field: Field, size: float, spot: Spot) -> str:
    """One line from its spot: left-aligned there, or with its middle there."""
    left = spot.x - (measure(line, field.face) * size / 2000 if field.align == "center" else 0)
    return f"1 0 0 1 {left:.3f} {spot.y:.3f} Tm {_show(shape(line, field.face), field.face, size)}"


def _show(glyphs: tuple[Glyph, ...], face: Face, size: float) -> str:
    """The operators that show shaped glyphs.

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


def _fill(color: str) -> str:
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return f"{red:.4g} {green:.4g} {blue:.4g} rg"


def _qr(page: OpenPage, content: str) -> str:
    squares, runs = qr_runs(content)
    scale = page.qr_width / squares
    boxes = " ".join(f"{column} {row} {length} 1 re" for column, row, length in runs)
    return f"q {_fill(_INK)} {scale:.5f} 0 0 {-scale:.5f} {page.qr_left:.3f} {page.qr_top:.3f} cm {boxes} f Q"


def _utf16(text: str) -> str:
    """A PDF text string in hexadecimal, where no letter of a name can end the string or the object."""
    return "feff" + tidy(text).encode("utf-16-be").hex()


class _Update:
    """Objects appended to a file, and the cross-reference section that makes them count."""

    def __init__(self, base: BasePage, out: IO[bytes]) -> None:
        self.base, self.out = base, out
        self.at = len(base.pdf)
        self.offsets: dict[int, int] = {}
        out.write(base.pdf)

    def add(self, number: int, content: bytes) -> None:
        """Write object `number`, new or in place of the base's."""
        self.offsets[number] = self.at
        self.at += self.out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))

    def add_stream(self, number: int, content: bytes) -> None:
        packed = zlib.compress(content, 1)
        self.add(number, b"<</Length %d /Filter /FlateDecode>>\nstream\n%b\nendstream" % (len(packed), packed))

    def close(self, key: str) -> None:
        """The table of offsets (in runs of consecutive numbers) and the trailer."""
        numbers = sorted(self.offsets)
        lines = [b"xref\n"]
        start = 0
        while start < len(numbers):
            end = start + 1
            while end < len(numbers) and numbers[end] == numbers[end - 1] + 1:
                end += 1
            lines.append(b"%d %d\n" % (numbers[start], end - start))
            lines += [b"%010d 00000 n \n" % self.offsets[number] for number in numbers[start:end]]
            start = end
        base = self.base
        own_id = hashlib.sha256(key.encode()).hexdigest()[:32]
        sheet_id = hashlib.sha256(repr(base.sheet).encode()).hexdigest()[:32]
        lines.append(
            f"trailer\n<</Size {max(base.size, numbers[-1] + 1)} /Root {base.root} 0 R /Info {base.info} 0 R "
            f"/Prev {base.xref_at} /ID [<{sheet_id}> <{own_id}>]>>\nstartxref\n{self.at}\n%%EOF\n".encode("ascii")
        )
        self.out.write(b"".join(lines))


def _info(title: str, sheet: SheetText) -> bytes:
    return (
        f"<</Title <{_utf16(title)}> /Author <{_utf16(sheet.issuer)}> /Subject <{_utf16(sheet.festival)}> "
        "/Creator (Festival)>>"
    ).encode("ascii")


def print_one(text: CertificateText) -> bytes:
    """One certificate as PDF: the base page continued by this person's stream."""
    base = base_page(text.sheet)
    out = io.BytesIO()
    update = _Update(base, out)
    update.add_stream(base.overlay, overlay(base.page, text))
    update.add(base.info, _info(f"Chứng nhận – {text.name}", text.sheet))
    update.close(f"{text.serial} {text.code}")
    return out.getvalue()


def print_all(sheet: SheetText, texts: Iterable[CertificateText], out: IO[bytes]) -> int:
    """All certificates of one festival as one PDF for the printer, a page each, in the order given.

    Written to `out` as it goes, so memory does not grow with the pictures. Gives the number of pages; with none,
    nothing is written, because a PDF needs a page.
    """
    base: BasePage | None = None
    pages: list[int] = []
    for text in texts:
        if text.sheet != sheet:
            raise ValueError("a file for the printer holds one festival's certificates")
        if base is None:
            base = base_page(sheet)
            update = _Update(base, out)
        number = base.size + 2 * len(pages)
        update.add_stream(number + 1, overlay(base.page, text))
        page = (
            f"<</Type /Page /Parent {base.pages} 0 R {base.shared} /Contents [{base.background} 0 R {number + 1} 0 R]>>"
        )
        update.add(number, page.encode("ascii"))
        pages.append(number)
    if base is not None:
        kids = " ".join(f"{number} 0 R" for number in pages)
        update.add(base.pages, f"<</Type /Pages /Count {len(pages)} /Kids [{kids}]>>".encode("ascii"))
        update.add(base.info, _info(f"Chứng nhận – {sheet.festival}", sheet))
        update.close(f"{len(pages)} {pages[0]}")
    return len(pages)
