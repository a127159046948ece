"""Pages laid out once per edition and ready to be continued: for single files, and several together for the printer."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Pdf, Stream, String

from festival.certificates.appending import Saved
from festival.certificates.conformance import open_holes, prune_tags
from festival.certificates.embedding import embed
from festival.certificates.fields import Field, fields_of
from festival.certificates.layout import OpenPage, holes_of, lay_out
from festival.certificates.lettering import NAME, SEMIBOLD, TEXT, Face
from festival.certificates.wording import SheetText

COVER_FACES = (NAME, TEXT, SEMIBOLD)
"""What is set on covers and labels."""


@dataclass(frozen=True)
class BasePage:
    """An edition's page ready to be continued: the file, its numbers and where the fields go."""

    saved: Saved
    sheet: SheetText
    page: OpenPage
    fields: tuple[Field, ...]
    marks: dict[str, int]
    """Each field's place in the order of reading (MCID), and the QR's."""
    fonts: dict[Face, str]
    """What each face is called on the page."""
    overlay: int
    """The empty stream a person's own one takes the place of."""
    metadata: int

    @property
    def pdf(self) -> bytes:
        """The page with nobody's name."""
        return self.saved.pdf


@functools.lru_cache(maxsize=24)
def base_page(sheet: SheetText) -> BasePage:
    """The base of all certificates of `sheet`: about half a second once, then from memory."""
    page, fields = lay_out(sheet), fields_of(sheet)
    fonts = font_names(tuple(dict.fromkeys(field.face for field in fields)))
    with Pdf.open(io.BytesIO(page.pdf)) as pdf:
        marks = open_holes(pdf, holes_of(sheet))
        prune_tags(pdf)
        only = pdf.pages[0]
        _add_fonts(pdf, only, fonts)
        # The background leaves the graphics state as it found it: what follows counts from the corner of the sheet.
        background = pdf.make_indirect(Stream(pdf, b"q\n" + only.Contents.read_bytes() + b"\nQ\n"))
        only.obj["/Contents"] = Array([background, pdf.make_indirect(Stream(pdf, b" "))])
        for needless in ("/Names", "/Outlines"):
            if needless in pdf.Root:
                del pdf.Root[needless]
        pdf.trailer["/Info"] = pdf.make_indirect(pdf.docinfo)
        saved = save(pdf)
    with Pdf.open(io.BytesIO(saved.pdf)) as pdf:  # object numbers change on saving
        overlay, metadata = pdf.pages[0].Contents[1].objgen[0], pdf.Root.Metadata.objgen[0]
    return BasePage(saved, sheet, page, fields, marks, fonts, overlay, metadata)


def font_names(faces: Sequence[Face]) -> dict[Face, str]:
    """What faces are called in the resources of a page."""
    return {face: f"Field{number}" for number, face in enumerate(faces)}


def _add_fonts(pdf: Pdf, page: pikepdf.Page, names: dict[Face, str]) -> None:
    fonts = pdf.make_indirect(Dictionary({f"/{name}": embed(pdf, face) for face, name in names.items()}))
    for key, font in page.resources.get("/Font", Dictionary()).items():
        fonts[key] = font
    page.resources["/Font"] = fonts
    page.obj["/Resources"] = pdf.make_indirect(page.resources)


def save(pdf: Pdf) -> Saved:
    """`pdf` saved so that it can be continued: with a table of objects at its end, and always the same bytes."""
    file = io.BytesIO()
    pdf.save(
        file, min_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=True,
        deterministic_id=True,
    )  # fmt: skip
    saved = file.getvalue()
    with Pdf.open(io.BytesIO(saved)) as again:
        return Saved(
            pdf=saved,
            size=int(again.trailer.Size),
            xref_at=int(saved[saved.rindex(b"startxref") :].split()[1]),
            id=bytes(again.trailer.ID[0]).hex(),
            root=again.Root.objgen[0],
            info=again.trailer.Info.objgen[0],
            pages=again.Root.Pages.objgen[0],
        )


@dataclass(frozen=True)
class Place:
    """What a page of a printer's file takes from its edition: size and resources, and the drawing below the texts."""

    width: float
    height: float
    resources: int
    background: int


@dataclass(frozen=True)
class PrintBase:
    """The pages of some editions in one file, without tags: paper has no use for them."""

    saved: Saved
    bases: dict[SheetText, BasePage]
    places: dict[SheetText, Place]
    cover: int
    """The resources of covers."""
    cover_fonts: dict[Face, str]


def print_base(sheets: Sequence[SheetText]) -> PrintBase:
    """What the printer's file of certificates of these editions begins with. At least one is needed."""
    bases = {sheet: base_page(sheet) for sheet in dict.fromkeys(sheets)}
    first, *others = bases.values()
    cover_fonts = font_names(COVER_FACES)
    with Pdf.open(io.BytesIO(first.pdf)) as pdf:
        for other in others:
            with Pdf.open(io.BytesIO(other.pdf)) as opened:
                pdf.pages.append(opened.pages[0])
        for page in pdf.pages:
            for key in ("/StructParents", "/Tabs"):
                if key in page.obj:
                    del page.obj[key]
        for key in ("/StructTreeRoot", "/MarkInfo", "/Metadata"):
            del pdf.Root[key]
        fonts = Dictionary({f"/{name}": embed(pdf, face) for face, name in cover_fonts.items()})
        pdf.Root["/FestivalCover"] = pdf.make_indirect(Dictionary(Font=fonts))
        pdf.trailer["/Info"] = pdf.make_indirect(Dictionary(Title=String("Chứng nhận")))
        saved = save(pdf)
    with Pdf.open(io.BytesIO(saved.pdf)) as pdf:
        places = {
            sheet: Place(
                float(page.mediabox[2]),
                float(page.mediabox[3]),
                page.obj.Resources.objgen[0],
                page.Contents[0].objgen[0],
            )
            for sheet, page in zip(bases, pdf.pages, strict=True)
        }
        cover = pdf.Root.FestivalCover.objgen[0]
    return PrintBase(saved, bases, places, cover, cover_fonts)
