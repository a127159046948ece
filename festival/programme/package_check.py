"""Is this zip file a spreadsheet that can be unpacked without harm? Asked before openpyxl sees it.

An .xlsx is a zip of XML parts (ECMA-376 part 2). Each part is walked once with a streaming parser that
keeps nothing, so that bombs are found at their first bytes: parts that unpack to gigabytes, document
types (which ECMA-376 forbids, and which entity bombs need), endless nesting, millions of elements.
On the way it notes what openpyxl's streaming mode does not tell: hidden rows and merged cells.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from festival.programme.reading import ProblemCode

MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_PARTS = 2_000
MAX_ELEMENTS = 1_000_000
MAX_DEPTH = 200
MAX_MERGED_RANGES = 500
_CHUNK = 64 * 1024
_LONGEST_TAG = 512 * 1024


class FileRefused(Exception):
    """The whole file cannot be read; `code` says why, `details` what the words need. Caught by `read_workbook`."""

    def __init__(self, code: ProblemCode, **details: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.details = details


@dataclass
class SheetMarks:
    """Hidden rows and merged ranges ("A2:G2") of one worksheet part."""

    hidden_rows: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)


def check_package(archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    """Walk every part; gives the marks of each XML part by its name in the zip. Raises `FileRefused`."""
    parts = archive.infolist()
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileRefused(ProblemCode.ENCRYPTED)
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise FileRefused(ProblemCode.OTHER_PACKAGE)
    limit = MAX_UNPACKED_BYTES // (1024 * 1024)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise FileRefused(ProblemCode.UNPACKS_TOO_LARGE, limit=limit)
    # zipfile bounds what it inflates for these two methods only; Office writes no others.
    usual = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if len(names) < len(parts) or any(part.compress_type not in usual for part in parts):
        raise FileRefused(ProblemCode.DAMAGED)
    walk = _Walk()
    try:
        return {part.filename: walk.part(archive, part) for part in parts if not part.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise FileRefused(ProblemCode.DAMAGED) from error


class _Walk:
    """The counters of one package, over all its parts."""

    def __init__(self) -> None:
        self.unpacked = 0
        self.elements = 0

    def part(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> SheetMarks:
        marks, parser, depth, fed = SheetMarks(), expat.ParserCreate(namespace_separator=" "), 0, 0

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self.elements += 1
            if depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
                raise FileRefused(ProblemCode.UNPACKS_TOO_LARGE, limit=MAX_UNPACKED_BYTES // (1024 * 1024))
            match name.rpartition(" ")[2]:
                case "row" if attributes.get("hidden") in ("1", "true") and attributes.get("r", "").isdecimal():
                    marks.hidden_rows.add(int(attributes["r"]))
                case "mergeCell" if len(marks.merged) < MAX_MERGED_RANGES:
                    marks.merged.append(attributes.get("ref", ""))

        def end(_name: str) -> None:
            nonlocal depth
            depth -= 1

        def refuse_document_type(*_arguments: object) -> None:
            raise FileRefused(ProblemCode.DANGEROUS)

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.StartDoctypeDeclHandler = refuse_document_type
        readable = True
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                self.unpacked += len(chunk)
                if self.unpacked > MAX_UNPACKED_BYTES:
                    raise FileRefused(ProblemCode.UNPACKS_TOO_LARGE, limit=MAX_UNPACKED_BYTES // (1024 * 1024))
                if readable:
                    fed += len(chunk)
                    readable = self._feed(parser, chunk, part.filename)
                    if readable and fed - parser.CurrentByteIndex > _LONGEST_TAG:
                        # A tag that never ends costs parsers quadratic time (CVE-2023-52425).
                        raise FileRefused(ProblemCode.DANGEROUS)
        if readable:
            self._feed(parser, b"", part.filename)
        return marks

    @staticmethod
    def _feed(parser: expat.XMLParserType, chunk: bytes, name: str) -> bool:
        """Whether the part is XML so far. Pictures are not, old drawings (.vml) may be broken, parts must be sound."""
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            if name.lower().endswith((".xml", ".rels")):
                raise FileRefused(ProblemCode.DAMAGED) from error
            return False
        return True
