"""The workbook that a ward sent, cell for cell, and the same list of booths as CSV."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import date, datetime, time

from openpyxl import Workbook

BOOTH_CELLS: dict[str, object] = {
    "A1": "UBND PHƯỜNG VĨNH TUY",
    "A2": "DANH SÁCH GIAN HÀNG THAM GIA NGÀY HỘI TOÀN DÂN HỌC TẬP SỐ 10/10/2027",
    "A4": "STT",
    "B4": "Tên gian",
    "C4": "Lĩnh vực ",
    "D4": "Đơn vị chủ trì",
    "E4": "Vị trí",
    "F4": "SĐT liên hệ",
    "G4": "Ghi chú",
    "A5": 1,
    "B5": "Kích hoạt VNeID mức 2",
    "C5": "Định danh số",
    "D5": "Công an phường",
    "E5": "A1",
    "F5": 912345678,
    "G5": "cần 2 ổ điện",
    "A6": 2,
    "B6": unicodedata.normalize("NFD", "Dịch vụ công trực tuyến"),
    "C6": "dịch vụ công",
    "D6": unicodedata.normalize("NFD", "Trung tâm Phục vụ hành chính công phường"),
    "E6": "A2",
    "F6": "0912.345.679",
    "A7": 3,
    "B7": "  Chống lừa đảo qua mạng  ",
    "C7": "An toàn số",
    "D7": "Đoàn Thanh niên ",
    "E7": "A 3",
    "F7": "(+84) 91 234 5670",
    "A8": 4,
    "B8": "Chống lừa đảo qua mạng",
    "C8": "An toàn số",
    "D8": "Đoàn Thanh niên",
    "E8": "A3",
    "F8": "0912345670",
    "G8": "trùng dòng trên",
    "A10": 5,
    "B10": "Thanh toán không tiền mặt",
    "C10": "Thanh toán số",
    "E10": "B1",
    "F10": "chưa có",
    "A11": 6,
    "C11": "Y tế số",
    "D11": "Trạm Y tế",
    "E11": "B2",
    "F11": "0243 123 4567",
    "G11": "tên gửi sau",
    "A12": 7,
    "B12": '=HYPERLINK("http://example.test","AI cho mọi người")',
    "C12": "AI",
    "D12": "Trường đại học",
    "E12": "B3",
    "F12": "0912345671",
    "A13": 8,
    "B13": "<b>Robot & STEM</b>",
    "C13": "Giáo dục số",
    "D13": "Trường THPT",
    "E13": "B-4",
    "F13": "0912345672",
    "A14": 9,
    "B14": "Điện thoại cho người cao tuổi",
    "C14": "Kỹ năng",
    "D14": "Hội Người cao tuổi",
    "E14": "A1",
    "F14": "0912345673",
    "G14": "trùng vị trí với số 1",
    "A15": "Tổng cộng",
    "B15": "9 gian",
}
SESSION_CELLS: dict[str, object] = {
    "A1": "LỊCH CÁC LỚP",
    "A2": "Tên lớp",
    "B2": "Thời gian",
    "C2": "Phòng",
    "D2": "Số lượng",
    "E2": "Giảng viên / đơn vị",
    "F2": "Đối tượng",
    "A3": "VNeID cho mọi nhà",
    "B3": "8h00 - 8h45",
    "C3": "P.101",
    "D3": "30 người",
    "E3": "Công an phường",
    "F3": "Mọi người",
    "A4": "Tránh bẫy lừa đảo",
    "B4": "8h30-9h15 ngày 10/10",
    "C4": "P.101",
    "D4": 40,
    "E4": "Đoàn Thanh niên",
    "F4": "NCT",
    "A5": "Thanh toán QR",
    "B5": "9:30 – 10:15",
    "C5": "P.102",
    "D5": "khoảng 25",
    "E5": "Ngân hàng",
    "F5": "Người lao động",
    "A6": "AI văn phòng",
    "B6": "14h - 15h30",
    "C6": "Hội trường",
    "D6": "40-50",
    "E6": "Trường đại học",
    "F6": "Cán bộ",
    "A7": "Scratch cho thiếu nhi",
    "B7": "sáng 10/10",
    "C7": "P.201",
    "D7": 20,
    "E7": "Trường Tiểu học",
    "F7": "Thiếu nhi",
    "A8": "Sổ sức khỏe điện tử",
    "B8": datetime.combine(date(2027, 10, 10), time(15)),
    "C8": "P.102",
    "E8": "Trạm Y tế",
    "F8": "Người cao tuổi",
    "A9": unicodedata.normalize("NFD", "Gia đình số"),
    "B9": "16h15 -> 15h30",
    "C9": "P.102",
    "D9": 30,
    "E9": "Hội Phụ nữ",
    "F9": "Gia đình",
    "A10": "Lớp đã hủy",
    "B10": "HỦY",
}


def messy_workbook() -> bytes:
    """The bytes of the .xlsx file."""
    book = Workbook()
    booths = book.active
    booths.title = "DS gian hang "
    booths.merge_cells("A2:G2")
    for sheet, cells in ((booths, BOOTH_CELLS), (book.create_sheet("Lop hoc "), SESSION_CELLS)):
        for place, value in cells.items():
            sheet[place] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


CSV_ROWS = (
    ("Tên gian", "Vị trí", "Đơn vị chủ trì"),
    ("Dịch vụ công trực tuyến", "A2", "Trung tâm Phục vụ hành chính công phường"),
    ("Ở nhà học số", "B7", "Hội Phụ nữ"),
)


def messy_csv(encoding: str) -> bytes:
    """A list of booths as CSV; Windows-1258 writes each tone as a mark after its vowel."""
    file = io.StringIO()
    csv.writer(file).writerows(CSV_ROWS)
    text = file.getvalue()
    if encoding == "cp1258":
        return b"".join(map(_in_1258, text))
    return text.encode(encoding)


def _in_1258(letter: str) -> bytes:
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", letter)
        tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", marks.replace(tone, ""))
        return (base + tone).encode("cp1258")
