"""The workbook that schools fill in. Reads back as it was."""

from __future__ import annotations

import io

import xlsxwriter

from festival.registration.class_lists.reading import LAYOUT, MOST_PUPILS

GUIDE = "Hướng dẫn"
_WIDTHS = {"number": 6, "name": 30, "birth_year": 12, "class_name": 10, "guardian": 30, "phone": 20, "session": 34}
_GUIDE_LINES = (
    "Cách điền danh sách lớp",
    "1. Mỗi học sinh một dòng ở trang “Danh sách lớp”. Nhiều lớp: điền cột Lớp, hoặc mỗi lớp một trang mang tên lớp.",
    "2. Cột tô đậm có dấu * là bắt buộc. Thứ tự các cột có thể đổi, tên cột xin giữ nguyên.",
    "3. Năm sinh ghi 2015, hoặc ngày sinh 09/03/2015: chỉ năm được giữ lại.",
    "4. Học sinh dưới 16 tuổi cần họ tên phụ huynh. Điện thoại phụ huynh để báo khi có thay đổi.",
    "5. Buổi học (không bắt buộc): tên buổi như trên chương trình, thêm giờ nếu có nhiều ca, ví dụ 08:30 VNeID.",
    "6. Không dùng công thức và không gộp ô. Gửi lại danh sách đã sửa thì em nào đã đăng ký không bị nhân đôi.",
)


def class_list_workbook() -> bytes:
    """An empty .xlsx file in the layout of `reading.py`, in Vietnamese."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    common = {"font_name": "Arial", "font_size": 11, "valign": "top"}
    head = common | {"bg_color": "#EDE9F6", "bottom": 1, "text_wrap": True}
    needed, optional = book.add_format(head | {"bold": True, "font_color": "#43307F"}), book.add_format(head)
    text = book.add_format(common | {"num_format": "@"})
    sheet = book.add_worksheet(LAYOUT.name)
    sheet.freeze_panes(1, 0)
    columns = [column for column in LAYOUT.columns if column.key in _WIDTHS]
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[column.key], text)
        sheet.write_string(
            0, place, f"{column.name} *" if column.required else column.name, needed if column.required else optional
        )
    sheet.data_validation(1, 1, MOST_PUPILS, 1, {"validate": "length", "criteria": "<=", "value": 120})
    guide = book.add_worksheet(GUIDE)
    guide.set_column(0, 0, 110)
    plain, title = book.add_format(common | {"text_wrap": True}), book.add_format(common | {"bold": True})
    for row, line in enumerate(_GUIDE_LINES):
        guide.write_string(row, 0, line, plain if row else title)
    book.close()
    return stream.getvalue()
