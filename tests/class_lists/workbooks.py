"""Class lists made by the tests."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

from openpyxl import Workbook

HEADER = ("STT", "Họ và tên", "Ngày sinh", "Lớp", "Họ tên phụ huynh", "Điện thoại phụ huynh", "Buổi học")
PUPILS: tuple[tuple[object, ...], ...] = (
    (1, "Nguyễn Gia Bảo", date(2015, 3, 9), "5A", "Nguyễn Văn Ba", "0912345001", None),
    (2, "Đỗ Khánh An", 2015, "5A", "Đỗ Thị Tư", 912345002, None),
    (3, "Lê Minh Châu", "21/12/2014", "5B", "Lê Văn Năm", "0912 345 003", None),
)


def class_list(
    rows: Sequence[Sequence[object]] = PUPILS, header: Sequence[str] = HEADER, title: str = "Trang 1"
) -> bytes:
    """A workbook of one sheet with these rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet.append(["TRƯỜNG TIỂU HỌC LÊ LỢI"])
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def many(count: int, session: str | None = None) -> list[tuple[object, ...]]:
    """So many pupils of ten classes."""
    return [
        (n, f"Trần Văn Số {n}", 2014, f"{5 + n % 5}{'AB'[n % 2]}", f"Trần Thị Số {n}", f"09{n:08}", session)
        for n in range(1, count + 1)
    ]
