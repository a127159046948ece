"""Workbooks made by the tests: the template's three sheets with one cell changed, and files that are none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, time
from typing import Any

from openpyxl import Workbook

from festival.config import ROOT

TEMPLATE_FORM = ROOT / "festival" / "programme" / "reference" / "programme.xlsx"

FACTS = (
    ("Tên ngày hội", "Ngày hội toàn dân học tập số 2027"),
    ("Đơn vị tổ chức", "UBND phường Hai Bà Trưng"),
    ("Mã phường", "00256"),
    ("Ngày", date(2027, 10, 10)),
    ("Giờ mở cửa", time(7, 30)),
    ("Giờ đóng cửa", time(17, 30)),
    ("Địa điểm", "Nhà văn hóa phường"),
    ("Sức chứa", 1500),
)
BOOTH_HEADER = (
    "Mã",
    "Tên gian hàng",
    "Chủ đề",
    "Đơn vị phụ trách",
    "Khu",
    "Mô tả",
    "Nhu cầu điện (W)",
    "Bàn",
    "Ghế",
)
BOOTHS = (
    ("A01", "VNeID mức 2", "Định danh số", "Công an phường", "Khu A", "Mang theo điện thoại.", 500, 2, 4),
    ("A02", "Dịch vụ công", "Dịch vụ công", "Đoàn Thanh niên", "Khu A", "", 1000, 1, 2),
    ("B01", "Chống lừa đảo", "An toàn số", "Hội Phụ nữ", "Khu B", "", None, None, None),
)
SESSION_HEADER = ("Tên lớp", "Đối tượng", "Đơn vị phụ trách", "Phòng", "Ngày", "Bắt đầu", "Kết thúc", "Số chỗ", "Mô tả")
DAY = date(2027, 10, 10)
SESSIONS = (
    ("VNeID từ A đến Z", "Mọi người", "Công an", "P101", DAY, time(8), time(8, 45), 30, "Thực hành."),
    ("VNeID từ A đến Z", "Mọi người", "Công an", "P101", DAY, time(9), time(9, 45), 30, "Thực hành."),
    ("Robot dò đường", "Thiếu nhi", "Trường", "P102", DAY, time(8), time(9), 16, "Lắp và chạy."),
)


def make_workbook(change: Callable[[Workbook], Any] | None = None) -> bytes:
    """The sound workbook of this page, changed by `change`, as the bytes of an .xlsx file."""
    book = Workbook()
    facts = book.active
    facts.title = "Thông tin chung"
    for line in FACTS:
        facts.append(line)
    for title, header, rows in (("Gian hàng", BOOTH_HEADER, BOOTHS), ("Lớp học", SESSION_HEADER, SESSIONS)):
        sheet = book.create_sheet(title)
        sheet.append(header)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_cell(sheet: str, cell: str, value: object) -> bytes:
    """The sound workbook with another value in one cell; a number is formatted as one."""

    def change(book: Workbook) -> None:
        if isinstance(value, int | float):
            book[sheet][cell].number_format = "General"
        book[sheet][cell] = value

    return make_workbook(change)


def with_part(name: str, content: bytes | Callable[[bytes], bytes], **more: Any) -> bytes:
    """The sound workbook with one part of the zip replaced, changed or added."""
    before, stream = zipfile.ZipFile(io.BytesIO(make_workbook())), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            if part != name:
                after.writestr(part, before.read(part))
        old = before.read(name) if name in before.namelist() else b""
        after.writestr(name, content(old) if callable(content) else content, **more)
    return stream.getvalue()
