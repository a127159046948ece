"""What makes a file PDF/A-2a and PDF/UA-1 beside its drawing: metadata in XMP, holes in the order of reading.

ISO 19005-2 (archiving, level A) and ISO 14289-1 (accessibility). The metadata must say the same as the document
information, so both are written anew for each certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, Pdf

CREATOR = "Festival"
PRODUCER = "Festival, WeasyPrint"


@dataclass(frozen=True)
class About:
    """What a file says about itself."""

    title: str
    author: str
    subject: str


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfaid:part="2" pdfaid:conformance="A" pdfuaid:part="1" \
pdf:Producer="{producer}" xmp:CreatorTool="{creator}">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>vi</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType></rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def metadata(about: About) -> bytes:
    """The XMP packet: PDF/A-2a, PDF/UA-1 (whose name PDF/A wants explained), title, author, subject, language."""
    values = {"title": about.title, "author": about.author, "subject": about.subject}
    known = {name: escape(text) for name, text in values.items()}
    return _XMP.format(producer=PRODUCER, creator=CREATOR, **known).encode()


def information(about: About) -> str:
    """The document information dictionary, which says the same."""
    return (
        f"<</Title <{utf16(about.title)}> /Author <{utf16(about.author)}> /Subject <{utf16(about.subject)}> "
        f"/Creator <{utf16(CREATOR)}> /Producer <{utf16(PRODUCER)}>>>"
    )


def utf16(text: str) -> str:
    """A PDF text string in hexadecimal, where no letter of a name can end the string or the object."""
    return "feff" + text.encode("utf-16-be").hex()


_PAINTS = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s"}
_SHOWS = {"Tj", "TJ", "'", '"', "Do"}


def open_holes(pdf: Pdf, colors: Mapping[str, str]) -> dict[str, int]:
    """Take what stands for the fields out of the page and keep its place in the order of reading.

    `colors` are those the holes are drawn in. Gives each field's marked-content number (MCID), which whoever fills it
    in uses again, so that the tags of the base page are the tags of every certificate.
    """
    wanted = {tuple(int(color[start : start + 2], 16) for start in (1, 3, 5)): key for key, color in colors.items()}
    page = pdf.pages[0]
    instructions = list(pikepdf.parse_content_stream(page))
    numbers: dict[str, int] = {}
    kept: list[Any] = []
    start = 0
    while start < len(instructions):
        end = _end_of_mark(instructions, start)
        part = instructions[start : end + 1]
        key = next((wanted[color] for color in map(_color, part) if color in wanted), None)
        if end > start and key is not None:
            numbers[key] = int(part[0].operands[1].MCID)
            kept += [_emptied(each) for each in part[1:-1] if str(each.operator) not in _SHOWS]
        else:
            kept += part
        start = end + 1
    if missing := set(colors) - set(numbers):
        raise ValueError(f"no place on the page for {sorted(missing)}")
    page.obj["/Contents"] = pdf.make_stream(pikepdf.unparse_content_stream(kept))
    return numbers


def _end_of_mark(instructions: list[Any], start: int) -> int:
    """Where the marked content that begins here ends; `start` itself when none with a number begins here."""
    first = instructions[start]
    if str(first.operator) != "BDC" or "/MCID" not in first.operands[1]:
        return start
    depth = 0
    for place in range(start, len(instructions)):
        operator = str(instructions[place].operator)
        depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
        if depth == 0:
            return place
    raise ValueError("marked content without an end")


def _color(instruction: Any) -> tuple[int, ...] | None:
    operands, operator = instruction.operands, str(instruction.operator)
    if operator not in {"rg", "scn", "sc"} or len(operands) != 3:
        return None
    return tuple(round(float(part) * 255) for part in operands)


def _emptied(instruction: Any) -> Any:
    """The state that a hole leaves behind stays (whoever draws next relies on it), what it painted goes."""
    if str(instruction.operator) in _PAINTS:
        return ContentStreamInstruction([], Operator("n"))
    return instruction


def prune_tags(pdf: Pdf) -> None:
    """Take elements without content out of the structure tree: the marks of styles that were not needed."""
    root = pdf.Root.StructTreeRoot
    for child in root.K:
        _prune(child)


def _prune(element: Any) -> bool:
    """Whether something is left of the element."""
    kids = element.get("/K", Array())
    left = [kid for kid in kids if not isinstance(kid, Dictionary) or kid.get("/S") is None or _prune(kid)]
    element[Name.K] = Array(left)
    return bool(left)
