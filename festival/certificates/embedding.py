"""Whole alphabets in a PDF: a font embedded so that any name can be set later, by glyph numbers."""

from __future__ import annotations

import pikepdf
from pikepdf import Dictionary, Name, Pdf, Stream, String

from festival.certificates.lettering import Face, subset_font


def embed(pdf: Pdf, face: Face) -> pikepdf.Object:
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
