"""An .xlsx file as sheets of rows, streamed: formulas are seen and named, never evaluated and never kept."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from festival.programme.package_check import FileRefused, SheetMarks, check_package
from festival.programme.reading import ProblemCode

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_SCANNED_ROWS = 20_000
MAX_SCANNED_COLUMNS = 60

# openpyxl warns of extensions it leaves out; nothing that is read here is in them.
warnings.filterwarnings("ignore", module=r"openpyxl\.")


@dataclass(frozen=True)
class Cell:
    """One cell: its value (text, number, date, time, bool or None); a formula or an error value has none."""

    value: object = None
    is_formula: bool = False
    is_error: bool = False

    @property
    def is_blank(self) -> bool:
        if self.is_formula or self.is_error:
            return False
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())


BLANK = Cell()


@dataclass(frozen=True)
class Row:
    """One row of a sheet; `number` is the one at its left edge in the spreadsheet program."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False

    def cell(self, index: int) -> Cell:
        return self.cells[index] if index < len(self.cells) else BLANK

    @property
    def is_blank(self) -> bool:
        return all(cell.is_blank for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """One worksheet; `rows()` streams the rows that are not blank."""

    title: str
    hidden: bool
    _worksheet: Any = field(repr=False)
    _hidden_rows: frozenset[int] = field(repr=False)
    _merged: tuple[tuple[int, int, int, int], ...] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        # The size a file claims for its sheet may be wrong: it is not used.
        self._worksheet.reset_dimensions()
        with _refusing_damage():
            cells_by_row = self._worksheet.iter_rows(max_row=MAX_SCANNED_ROWS, max_col=MAX_SCANNED_COLUMNS)
            for number, cells in enumerate(cells_by_row, start=1):
                row = Row(number, tuple(map(_cell, cells)), hidden=number in self._hidden_rows)
                if not row.is_blank:
                    yield row

    def is_swallowed(self, row: int, index: int) -> bool:
        """Whether a merge hides the cell at `row` (from 1), column `index` (from 0), so that it cannot hold a value."""
        return any(
            left <= index + 1 <= right and top <= row <= bottom and (left, top) != (index + 1, row)
            for left, top, right, bottom in self._merged
        )


@contextmanager
def open_spreadsheet(source: Path | str | bytes) -> Iterator[tuple[Sheet, ...]]:
    """The sheets of an .xlsx file, given as a path or as its bytes.

    Raises `FileRefused` for everything that is not a sound .xlsx of at most 10 MB, also while rows are read.
    """
    content = _content(source)
    _refuse_other_formats(content)
    with _refusing_damage():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            marks = check_package(archive)
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = tuple(_sheet(worksheet, marks) for worksheet in workbook.worksheets)
    try:
        yield sheets
    finally:
        workbook.close()


@contextmanager
def _refusing_damage() -> Iterator[None]:
    """Whatever openpyxl stumbles over, when parts of a file contradict each other, is a damaged file."""
    try:
        yield
    except FileRefused:
        raise
    except Exception as error:  # it promises no exceptions of its own: KeyError, TypeError, SyntaxError … all occur
        raise FileRefused(ProblemCode.DAMAGED) from error


def _content(source: Path | str | bytes) -> bytes:
    limit = MAX_FILE_BYTES // (1024 * 1024)
    if isinstance(source, bytes):
        content = source
    else:
        if Path(source).stat().st_size > MAX_FILE_BYTES:
            raise FileRefused(ProblemCode.TOO_LARGE, limit=limit)
        content = Path(source).read_bytes()
    if len(content) > MAX_FILE_BYTES:
        raise FileRefused(ProblemCode.TOO_LARGE, limit=limit)
    return content


def _refuse_other_formats(content: bytes) -> None:
    """Name what was sent instead of an .xlsx, by its first bytes; the file's name is never trusted."""
    if not content.strip(b"\x00 \t\r\n"):
        raise FileRefused(ProblemCode.EMPTY_FILE)
    if content.startswith(b"PK"):
        return
    if content.startswith(b"%PDF"):
        raise FileRefused(ProblemCode.PDF)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        # An OLE container: Excel 97's .xls, or a newer workbook behind a password ([MS-OFFCRYPTO] 2.3.4.4).
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise FileRefused(ProblemCode.ENCRYPTED if encrypted else ProblemCode.OLD_EXCEL)
    if b"\x00" not in content[:4096] or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused(ProblemCode.PLAIN_TEXT)
    raise FileRefused(ProblemCode.NOT_A_WORKBOOK)


def _sheet(worksheet: Any, marks: dict[str, SheetMarks]) -> Sheet:
    # The path is openpyxl's own knowledge, and the only link from a sheet's name to its part.
    own = marks.get(worksheet._worksheet_path, SheetMarks())
    return Sheet(
        title=worksheet.title,
        hidden=worksheet.sheet_state != "visible",
        _worksheet=worksheet,
        _hidden_rows=frozenset(own.hidden_rows),
        _merged=tuple(bounds for ref in own.merged if (bounds := _bounds(ref))),
    )


def _bounds(ref: str) -> tuple[int, int, int, int] | None:
    try:
        left, top, right, bottom = range_boundaries(ref)
    except ValueError:
        return None
    return (left, top, right, bottom) if left and top and right and bottom else None


def _cell(cell: Any) -> Cell:
    match cell.data_type:
        case "f":
            return Cell(is_formula=True)
        case "e":
            return Cell(is_error=True)
        case _:
            return Cell(cell.value)
