"""Reading a programme workbook: what is good is offered, what is bad is named with sheet, row and column."""

from __future__ import annotations

import unicodedata
from datetime import date, time, timedelta

import pytest
from openpyxl import Workbook

from festival.programme.reading import FestivalFacts, ProblemCode, ProgrammeReading, Severity
from festival.programme.template_workbook import programme_workbook
from festival.programme.workbook import read_workbook
from tests.programme.workbooks import TEMPLATE_FORM, make_workbook, with_cell

Code = ProblemCode


def the_problem(reading: ProgrammeReading) -> tuple[object, ...]:
    assert len(reading.problems) == 1, reading.problems
    problem = reading.problems[0]
    return problem.severity, problem.code, problem.sheet, problem.row, problem.column


def test_the_template_form_is_read_completely():
    reading = read_workbook(TEMPLATE_FORM)

    assert reading.facts == FestivalFacts(
        name="Ngày hội toàn dân học tập số 2027",
        organizer_name="UBND phường Hai Bà Trưng",
        ward_code="00256",
        first_day=date(2027, 10, 10),
        opens_at=time(7, 30),
        closes_at=time(17, 30),
        venue="Nhà văn hóa phường",
        capacity=1500,
    )
    assert (len(reading.booths), len(reading.sessions)) == (40, 41)
    first = reading.sessions[0]
    assert (first.title, first.room, first.start, first.end, first.capacity) == (
        "Lần đầu dùng điện thoại thông minh",
        "Phòng 101",
        time(8),
        time(9),
        20,
    )
    assert first.starts_at.isoformat() == "2027-10-10T01:00:00+00:00"


def test_sessions_after_closing_time_are_offered_and_to_be_checked():
    reading = read_workbook(TEMPLATE_FORM)

    assert reading.refused == ()
    assert {problem.row for problem in reading.to_check} == {37, 38, 39, 40, 41, 42}
    assert {problem.code for problem in reading.to_check} == {Code.AFTER_CLOSING}


def test_a_sound_workbook_has_no_problems():
    assert read_workbook(make_workbook()).problems == ()


def test_columns_may_stand_in_any_order_and_their_names_in_any_spelling():
    def change(book: Workbook) -> None:
        sheet = book["Gian hàng"]
        rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
        for number, row in enumerate(rows, start=1):
            for index, value in enumerate(row, start=1):
                sheet.cell(number, index).value = value
        sheet["H1"], sheet["I1"], sheet["E1"] = "TEN GIAN HANG :", "mã *", "  khu "

    assert read_workbook(make_workbook(change)).booths == read_workbook(make_workbook()).booths


def test_titles_may_stand_above_the_header():
    reading = read_workbook(make_workbook(lambda book: book["Gian hàng"].insert_rows(1, 3)))

    assert [booth.row for booth in reading.booths] == [5, 6, 7]


def test_decomposed_letters_are_composed():
    title = "Định danh số cho người cao tuổi"
    reading = read_workbook(with_cell("Lớp học", "A2", unicodedata.normalize("NFD", title)))

    assert reading.sessions[0].title == title


@pytest.mark.parametrize(
    ("cell", "value", "read"),
    [
        ("F2", "8h30", time(8, 30)),
        ("F2", "08:30", time(8, 30)),
        ("F2", "8 giờ 30", time(8, 30)),
        ("F2", "8h", time(8)),
        ("F2", "8g15", time(8, 15)),
        ("F2", timedelta(hours=8, minutes=30), time(8, 30)),
        ("F2", time(8, 29, 59, 990_000), time(8, 30)),
        ("E2", "10/10/2027", date(2027, 10, 10)),
        ("E2", "ngày 10-10-2027", date(2027, 10, 10)),
        ("E2", "2027-10-10", date(2027, 10, 10)),
        ("E2", None, date(2027, 10, 10)),
        ("H2", "30", 30),
        ("H2", " 1.500 ", 1500),
        ("H2", 30.0, 30),
        ("D2", 101, "101"),
    ],
)
def test_what_people_type_is_understood(cell, value, read):
    session = read_workbook(with_cell("Lớp học", cell, value)).sessions[0]

    assert {"F": session.start, "E": session.day, "H": session.capacity, "D": session.room}[cell[0]] == read


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "code", "column"),
    [
        ("Gian hàng", "B2", '=HYPERLINK("http://example.test","x")', Code.FORMULA, "Tên gian hàng"),
        ("Gian hàng", "I2", "=1+1", Code.FORMULA, "Ghế"),
        ("Gian hàng", "B2", None, Code.MISSING, "Tên gian hàng"),
        ("Gian hàng", "A2", "A 01", Code.BAD_CODE, "Mã"),
        ("Gian hàng", "A2", "A" * 13, Code.BAD_CODE, "Mã"),
        ("Gian hàng", "B2", "x" * 10_000, Code.TOO_LONG, "Tên gian hàng"),
        ("Gian hàng", "F2", "x" * 10_000, Code.TOO_LONG, "Mô tả"),
        ("Gian hàng", "H2", "hai", Code.NOT_A_NUMBER, "Bàn"),
        ("Gian hàng", "H2", -1, Code.OUT_OF_RANGE, "Bàn"),
        ("Gian hàng", "H2", True, Code.NOT_A_NUMBER, "Bàn"),
        ("Gian hàng", "B2", date(2027, 1, 1), Code.NOT_TEXT, "Tên gian hàng"),
        ("Gian hàng", "B2", "#N/A", Code.ERROR_VALUE, "Tên gian hàng"),
        ("Gian hàng", "A3", "a01", Code.DUPLICATE, "Mã"),
        ("Lớp học", "H2", 0, Code.OUT_OF_RANGE, "Số chỗ"),
        ("Lớp học", "H2", -5, Code.OUT_OF_RANGE, "Số chỗ"),
        ("Lớp học", "H2", 1.5, Code.NOT_WHOLE, "Số chỗ"),
        ("Lớp học", "H2", "1,5", Code.NOT_WHOLE, "Số chỗ"),
        ("Lớp học", "H2", 10**12, Code.OUT_OF_RANGE, "Số chỗ"),
        ("Lớp học", "H2", "30 người", Code.NOT_A_NUMBER, "Số chỗ"),
        ("Lớp học", "F2", "25:00", Code.NOT_A_TIME, "Bắt đầu"),
        ("Lớp học", "F2", 8.5, Code.NOT_A_TIME, "Bắt đầu"),
        ("Lớp học", "F2", "sáng", Code.NOT_A_TIME, "Bắt đầu"),
        ("Lớp học", "G2", "7h", Code.ENDS_BEFORE_START, "Kết thúc"),
        ("Lớp học", "G2", "8:00", Code.ENDS_BEFORE_START, "Kết thúc"),
        ("Lớp học", "E2", "31/02/2027", Code.NOT_A_DATE, "Ngày"),
        ("Lớp học", "E2", "10/10/27", Code.NOT_A_DATE, "Ngày"),
        ("Lớp học", "E2", 46670, Code.NOT_A_DATE, "Ngày"),
        ("Lớp học", "F3", time(8), Code.DUPLICATE, "Tên lớp"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_offered(sheet, cell, value, code, column):
    reading = read_workbook(with_cell(sheet, cell, value))

    assert the_problem(reading) == (Severity.REFUSED, code, sheet, int(cell[1:]), column)
    offered = {"Gian hàng": reading.booths, "Lớp học": reading.sessions}[sheet]
    assert [row.row for row in offered] == [row for row in (2, 3, 4) if row != int(cell[1:])]


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "code", "column"),
    [
        ("Lớp học", "E2", "11/10/2027", Code.OTHER_DAY, "Ngày"),
        ("Lớp học", "F2", "7:00", Code.BEFORE_OPENING, "Bắt đầu"),
        ("Lớp học", "G3", "18:00", Code.AFTER_CLOSING, "Kết thúc"),
        ("Lớp học", "D4", "p101", Code.ROOM_TAKEN, "Phòng"),
        ("Lớp học", "I3", "Khác.", Code.DIFFERS, "Mô tả"),
        ("Lớp học", "J1", "Ghi chú", Code.COLUMN_UNKNOWN, "Ghi chú"),
    ],
)
def test_what_is_odd_is_offered_and_to_be_checked(sheet, cell, value, code, column):
    reading = read_workbook(with_cell(sheet, cell, value))

    assert the_problem(reading) == (Severity.CHECK, code, sheet, int(cell[1:]), column)
    assert len(reading.sessions) == 3


@pytest.mark.parametrize(
    ("cell", "value", "code", "field"),
    [
        ("B1", None, Code.MISSING, "name"),
        ("B1", "=A1", Code.FORMULA, "name"),
        ("B3", "99999", Code.WARD_UNKNOWN, "ward_code"),
        ("B3", "Hai Bà Trưng", Code.WARD_UNKNOWN, "ward_code"),
        ("B4", "hôm nay", Code.NOT_A_DATE, "first_day"),
        ("B6", "7:00", Code.ENDS_BEFORE_START, "closes_at"),
        ("B8", 0, Code.OUT_OF_RANGE, "capacity"),
    ],
)
def test_a_bad_fact_is_left_out_and_the_rest_is_offered(cell, value, code, field):
    reading = read_workbook(with_cell("Thông tin chung", cell, value), known_wards={"00256"})

    assert [problem.code for problem in reading.refused] == [code]
    assert getattr(reading.facts, field) is None
    assert reading.facts.venue == "Nhà văn hóa phường"
    assert len(reading.sessions) == 3


def test_a_ward_code_that_lost_its_zeros_is_completed_and_to_be_checked():
    reading = read_workbook(with_cell("Thông tin chung", "B3", 256), known_wards={"00256"})

    assert reading.facts.ward_code == "00256"
    assert the_problem(reading)[:2] == (Severity.CHECK, Code.ZEROS_LOST)


def test_a_second_day_and_an_address_may_be_given():
    def change(book: Workbook) -> None:
        book["Thông tin chung"].append(("Ngày kết thúc", "11/10/2027"))
        book["Thông tin chung"].append(("Địa chỉ", "1 Đại Cồ Việt"))
        book["Lớp học"]["E2"] = "11/10/2027"

    reading = read_workbook(make_workbook(change))

    assert (reading.facts.last_day, reading.facts.address) == (date(2027, 10, 11), "1 Đại Cồ Việt")
    assert reading.problems == ()


def test_a_blank_day_is_refused_when_the_festival_has_several():
    def change(book: Workbook) -> None:
        book["Thông tin chung"].append(("Ngày kết thúc", "11/10/2027"))
        book["Lớp học"]["E2"] = None

    assert the_problem(read_workbook(make_workbook(change))) == (Severity.REFUSED, Code.MISSING, "Lớp học", 2, "Ngày")


@pytest.mark.parametrize("sheet", ["Thông tin chung", "Gian hàng", "Lớp học"])
def test_a_missing_sheet_is_named_and_the_others_are_offered(sheet):
    def change(book: Workbook) -> None:
        book[sheet].title = "Sheet1"

    reading = read_workbook(make_workbook(change))

    assert (Severity.REFUSED, Code.SHEET_MISSING, sheet) in [(p.severity, p.code, p.sheet) for p in reading.problems]
    assert len(reading.booths) + len(reading.sessions) >= 3


def test_a_workbook_of_other_sheets_is_refused_with_the_names_it_has():
    def change(book: Workbook) -> None:
        for number, sheet in enumerate(book.worksheets):
            sheet.title = f"Trang {number}"

    problem = read_workbook(make_workbook(change)).problems[0]

    assert problem.code is Code.NO_KNOWN_SHEET
    assert problem.refuses_file
    assert problem.details["found"] == "Trang 0, Trang 1, Trang 2"


def test_a_missing_column_refuses_its_sheet_by_name():
    reading = read_workbook(with_cell("Lớp học", "H1", "Số người"))

    assert [(p.code, p.sheet, p.row, p.column) for p in reading.refused] == [
        (Code.COLUMN_MISSING, "Lớp học", 1, "Số chỗ")
    ]
    assert reading.sessions == ()
    assert len(reading.booths) == 3


def test_two_columns_of_one_name_refuse_their_sheet():
    reading = read_workbook(with_cell("Gian hàng", "J1", "Khu"))

    assert the_problem(reading) == (Severity.REFUSED, Code.COLUMN_TWICE, "Gian hàng", 1, "Khu")
    assert reading.booths == ()


def test_a_sheet_without_header_is_refused():
    reading = read_workbook(make_workbook(lambda book: book["Gian hàng"].delete_rows(1)))

    assert the_problem(reading)[:3] == (Severity.REFUSED, Code.HEADER_MISSING, "Gian hàng")


def test_rows_beyond_two_thousand_are_not_read():
    def change(book: Workbook) -> None:
        for number in range(2_100):
            book["Gian hàng"].append((f"Z{number}", "Gian"))

    reading = read_workbook(make_workbook(change))

    assert len(reading.booths) == 2_000
    assert the_problem(reading)[1:4] == (Code.TOO_MANY_ROWS, "Gian hàng", 2_002)


def test_hidden_rows_and_sheets_are_offered_and_to_be_checked():
    def change(book: Workbook) -> None:
        book["Gian hàng"].row_dimensions[3].hidden = True
        book["Lớp học"].sheet_state = "hidden"

    reading = read_workbook(make_workbook(change))

    assert [(p.code, p.sheet, p.row) for p in reading.to_check] == [
        (Code.ROW_HIDDEN, "Gian hàng", 3),
        (Code.SHEET_HIDDEN, "Lớp học", None),
    ]
    assert (len(reading.booths), len(reading.sessions)) == (3, 3)


def test_a_merged_cell_is_named_where_it_swallows_a_needed_value():
    reading = read_workbook(make_workbook(lambda book: book["Lớp học"].merge_cells("D2:D3")))

    assert the_problem(reading) == (Severity.REFUSED, Code.MERGED, "Lớp học", 3, "Phòng")
    assert len(reading.sessions) == 2


def test_a_formula_is_never_kept():
    reading = read_workbook(with_cell("Gian hàng", "B2", '=HYPERLINK("http://example.test","AI")'))

    assert "example.test" not in repr(reading)


def test_text_that_only_looks_like_a_formula_is_text():
    def change(book: Workbook) -> None:
        book["Gian hàng"]["B2"].value = "=1+1"
        book["Gian hàng"]["B2"].data_type = "s"

    assert read_workbook(make_workbook(change)).booths[0].name == "=1+1"


def test_the_empty_template_is_readable_and_offers_nothing():
    reading = read_workbook(programme_workbook())

    assert (reading.booths, reading.sessions, reading.is_refused) == ((), (), False)
    assert {problem.code for problem in reading.problems} == {Code.MISSING}


def test_what_the_template_writes_reads_back_as_it_was():
    reading = read_workbook(TEMPLATE_FORM)

    again = read_workbook(programme_workbook(reading.facts, reading.booths, reading.sessions))

    assert (again.facts, again.booths, again.sessions) == (reading.facts, reading.booths, reading.sessions)
