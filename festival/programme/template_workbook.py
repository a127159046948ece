"""The workbook that organizers fill in: empty, or with a festival's programme as it stands. Reads back as it was."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, time
from typing import Any

import xlsxwriter

from festival.programme.reading import BoothRow, FestivalFacts, SessionRow
from festival.programme.sheets import BOOTHS, FACTS, MAX_ROWS, SESSIONS, Column, Kind, SheetLayout

GUIDE = "Hướng dẫn"
_WIDTHS = {Kind.TEXT: 30, Kind.LONG_TEXT: 60, Kind.CODE: 8, Kind.WARD: 12, Kind.WHOLE: 12, Kind.DAY: 13, Kind.CLOCK: 11}

_GUIDE_LINES = (
    "Cách điền chương trình ngày hội",
    "1. Điền trang “Thông tin chung”, rồi “Gian hàng” (mỗi gian một dòng) và “Lớp học” (mỗi buổi một dòng).",
    "2. Cột tô đậm có dấu * là bắt buộc. Thứ tự các cột có thể đổi, tên cột xin giữ nguyên.",
    "3. Ngày viết dạng 10/10/2027, giờ viết dạng 8:30 hoặc 8h30, số chỗ chỉ ghi số: 30.",
    "4. Mỗi gian hàng một mã riêng, ví dụ A01. Lớp dạy nhiều buổi: chép lại tên lớp và đối tượng, đổi giờ, phòng.",
    "5. Không dùng công thức và không gộp ô. Ô để trống nghĩa là giữ nguyên điều đã có.",
    "6. Sửa xong cứ tải lên lại: gian hàng và buổi học đã có được cập nhật, không bị nhân đôi.",
)


def programme_workbook(
    facts: FestivalFacts = FestivalFacts(),  # noqa: B008 - frozen
    booths: Iterable[BoothRow] = (),
    sessions: Iterable[SessionRow] = (),
) -> bytes:
    """An .xlsx file in the layout of `sheets.py`, in Vietnamese, with these facts and rows (none: a template)."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    writer = _Writer(book)
    writer.facts(facts)
    writer.table(BOOTHS, booths)
    writer.table(SESSIONS, sessions)
    writer.guide()
    book.close()
    return stream.getvalue()


class _Writer:
    def __init__(self, book: Any) -> None:
        self.book = book
        common = {"font_name": "Arial", "font_size": 11, "valign": "top"}
        self.formats = {
            Kind.TEXT: book.add_format(common | {"text_wrap": True}),
            Kind.LONG_TEXT: book.add_format(common | {"text_wrap": True}),
            Kind.CODE: book.add_format(common | {"num_format": "@"}),
            Kind.WARD: book.add_format(common | {"num_format": "@"}),
            Kind.WHOLE: book.add_format(common | {"num_format": "0"}),
            Kind.DAY: book.add_format(common | {"num_format": "dd/mm/yyyy"}),
            Kind.CLOCK: book.add_format(common | {"num_format": "hh:mm"}),
        }
        head = common | {"bold": True, "bg_color": "#EDE9F6", "bottom": 1, "text_wrap": True}
        self.head_needed = book.add_format(head | {"font_color": "#43307F"})
        self.head = book.add_format(head | {"bold": False})
        self.plain = book.add_format(common | {"text_wrap": True})
        self.title = book.add_format(common | {"bold": True, "font_size": 14})

    def facts(self, facts: FestivalFacts) -> None:
        sheet = self.book.add_worksheet(FACTS.name)
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 50)
        for row, column in enumerate(FACTS.columns):
            sheet.write_string(row, 0, _header(column), self.head_needed if column.required else self.head)
            self._write(sheet, row, 1, column, getattr(facts, column.key))

    def table(self, layout: SheetLayout, rows: Iterable[Any]) -> None:
        sheet = self.book.add_worksheet(layout.name)
        sheet.freeze_panes(1, 1)
        for index, column in enumerate(layout.columns):
            sheet.set_column(index, index, _WIDTHS[column.kind], self.formats[column.kind])
            sheet.write_string(0, index, _header(column), self.head_needed if column.required else self.head)
            if column.kind is Kind.WHOLE:
                rule = {"validate": "integer", "criteria": "between", "minimum": column.least, "maximum": column.most}
                rule |= {"error_title": column.name, "error_message": "Chỉ ghi một số nguyên, ví dụ 30."}
                sheet.data_validation(1, index, MAX_ROWS, index, rule)
        for number, row in enumerate(rows, start=1):
            for index, column in enumerate(layout.columns):
                self._write(sheet, number, index, column, getattr(row, column.key))

    def guide(self) -> None:
        sheet = self.book.add_worksheet(GUIDE)
        sheet.set_column(0, 0, 110)
        for row, line in enumerate(_GUIDE_LINES):
            sheet.write_string(row, 0, line, self.title if row == 0 else self.plain)

    def _write(self, sheet: Any, row: int, index: int, column: Column, value: object) -> None:
        """Text is written as text, whatever it begins with: no cell of ours is ever a formula."""
        look = self.formats[column.kind]
        match value:
            case None | "":
                sheet.write_blank(row, index, None, look)
            case time() | date():
                sheet.write_datetime(row, index, value, look)
            case int():
                sheet.write_number(row, index, value, look)
            case _:
                sheet.write_string(row, index, str(value), look)


def _header(column: Column) -> str:
    return f"{column.name} *" if column.required else column.name
