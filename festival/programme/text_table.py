"""A table as text: what spreadsheet programs save as CSV. Read like a sheet of a workbook (`table_reading.py`).

Excel writes UTF-8 with a mark, UTF-16 with tabs ("Unicode text"), or a code page: Windows-1258 keeps Vietnamese letters
and is read where `legacy` allows it; one that has lost them is refused.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator

from festival.programme.package_check import FileRefused
from festival.programme.reading import ProblemCode
from festival.programme.spreadsheet import MAX_FILE_BYTES, MAX_SCANNED_COLUMNS, MAX_SCANNED_ROWS, Cell, Row

LONGEST_CELL = 4_000
_DELIMITERS = "\t;,"


class TextTable:
    """The lines of a text as rows of cells. What begins with = is a formula: seen, never kept."""

    title = ""
    hidden = False

    def __init__(self, content: bytes, legacy: bool = False) -> None:
        """Raises `FileRefused` for what is no text in an encoding that keeps Vietnamese letters."""
        if len(content) > MAX_FILE_BYTES:
            raise FileRefused(ProblemCode.TOO_LARGE, limit=MAX_FILE_BYTES // (1024 * 1024))
        self._text = _decoded(content, legacy)
        first = next((line for line in self._text.splitlines() if line.strip()), "")
        self._delimiter = max(_DELIMITERS, key=first.count)

    def rows(self) -> Iterator[Row]:
        """The rows that are not blank."""
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter)
        try:
            for number, cells in enumerate(reader, start=1):
                if number > MAX_SCANNED_ROWS:
                    return
                row = Row(number, tuple(map(_cell, cells[:MAX_SCANNED_COLUMNS])))
                if not row.is_blank:
                    yield row
        except csv.Error as error:
            raise FileRefused(ProblemCode.DAMAGED) from error

    def is_swallowed(self, row: int, index: int) -> bool:
        """Text knows no merged cells."""
        return False


def looks_like_text(content: bytes) -> bool:
    """Whether a file is text rather than a workbook, a picture or anything else; its name is never trusted."""
    if content.startswith((b"PK", b"%PDF", b"\xd0\xcf\x11\xe0")):
        return False
    return content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" not in content


def _decoded(content: bytes, legacy: bool) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if not legacy or (found := _windows_1258(content)) is None:
            raise FileRefused(ProblemCode.OTHER_ENCODING) from error
        text = found
    if not text.strip() or "\0" in text:
        raise FileRefused(ProblemCode.EMPTY_FILE if not text.strip() else ProblemCode.DAMAGED)
    return text


def _windows_1258(content: bytes) -> str | None:
    """The text, composed; None if it is another code page. Windows-1258 writes a tone as a mark after its vowel, so a
    mark that stands on no vowel gives another code page away."""
    try:
        text = content.decode("cp1258")
    except UnicodeDecodeError:
        return None
    before = ""
    for letter in text:
        if unicodedata.combining(letter) and unicodedata.normalize("NFD", before)[:1].lower() not in set("aeiouy"):
            return None
        before = letter
    return unicodedata.normalize("NFC", text)


def _cell(text: str) -> Cell:
    if text.lstrip().startswith("="):
        return Cell(is_formula=True)
    return Cell(text[:LONGEST_CELL])
