"""Reading class lists: columns by many names, one sheet a class, CSV; what is wrong is named with its row."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from festival.programme.reading import ProblemCode, Severity
from festival.registration.class_lists.reading import MOST_PUPILS, read_class_list
from festival.registration.class_lists.template import class_list_workbook
from tests.class_lists.workbooks import HEADER, PUPILS, class_list, many, saved
from tests.programme.test_bad_files import entities, outside_entity, zip_of
from tests.programme.workbooks import with_part

Code = ProblemCode


def codes(read) -> set[ProblemCode]:
    return {problem.code for problem in read.problems}


def test_only_the_year_of_a_birthday_is_read_and_phones_get_their_zero_back():
    read = read_class_list(class_list())

    assert read.problems == ()
    assert [pupil.birth_year for pupil in read.pupils] == [2015, 2015, 2014]
    assert [pupil.phone for pupil in read.pupils] == ["+84912345001", "+84912345002", "+84912345003"]
    assert [pupil.class_name for pupil in read.pupils] == ["5A", "5A", "5B"]


def test_how_the_columns_were_understood_is_told():
    read = read_class_list(class_list(header=("TT", "Họ tên", "Năm sinh", "Lớp", "Phụ huynh", "SĐT", "Buổi")))

    assert ("Họ và tên", "Họ tên") in read.columns
    assert ("Điện thoại phụ huynh", "SĐT") in read.columns
    assert len(read.pupils) == 3


def test_names_in_two_columns_are_put_together():
    header = ("Họ đệm", "Tên", "Năm sinh", "Phụ huynh")
    read = read_class_list(class_list([("Nguyễn Gia", "Bảo", 2015, "Nguyễn Văn Ba")], header))

    assert [pupil.name for pupil in read.pupils] == ["Nguyễn Gia Bảo"]


def test_a_sheet_a_class_is_named_by_the_sheet_and_hidden_ones_are_left_alone():
    book = Workbook()
    for title in ("5A", "5B", "Cũ"):
        sheet = book.create_sheet(title)
        sheet.append(["Họ và tên", "Năm sinh", "Phụ huynh"])
        sheet.append([f"Nguyễn {title}", 2015, "Nguyễn Văn Ba"])
    del book["Sheet"]
    book["Cũ"].sheet_state = "hidden"

    read = read_class_list(saved(book))

    assert [(pupil.class_name, pupil.name) for pupil in read.pupils] == [("5A", "Nguyễn 5A"), ("5B", "Nguyễn 5B")]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8", ";"), ("utf-16", "\t"), ("utf-8", "\t")]
)
def test_text_is_read_like_a_workbook(encoding, delimiter):
    lines = [delimiter.join(HEADER)]
    lines += [delimiter.join(str(cell or "") for cell in row) for row in PUPILS[2:]]
    lines += [delimiter.join(("4", '"Phạm, Thị Dung"', "2015", "5B", "Phạm Văn Sáu", "0912345004", ""))]

    read = read_class_list("\r\n".join(lines).encode(encoding))

    assert [pupil.name for pupil in read.pupils] == ["Lê Minh Châu", "Phạm, Thị Dung"]


@pytest.mark.parametrize("cell", ["=cmd|'/c calc'!A1", "=1+1"])
def test_a_formula_is_refused_and_never_shown(cell):
    rows = [(1, cell, 2015, "5A", "Nguyễn Văn Ba", "0912345001", None)]
    text = ",".join(HEADER) + f'\n1,"{cell}",2015,5A,Nguyễn Văn Ba,0912345001,\n'

    for content in (class_list(rows), text.encode()):
        read = read_class_list(content)
        assert read.pupils == ()
        assert codes(read) == {Code.FORMULA}
        assert all("cmd" not in problem.value for problem in read.problems)


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (1, "", Code.MISSING),
        (1, "N" * 121, Code.TOO_LONG),
        (2, "", Code.MISSING),
        (2, "lớp 5", Code.NOT_A_BIRTH),
        (2, "31/02/15", Code.NOT_A_BIRTH),
        (2, 1899, Code.NOT_A_BIRTH),
        (2, 2999, Code.NOT_A_BIRTH),
        (2, True, Code.NOT_A_BIRTH),
        (5, "12345", Code.NOT_A_PHONE),
        (5, 12345, Code.NOT_A_PHONE),
    ],
)
def test_a_row_with_a_wrong_cell_is_left_out_and_named(place, value, code):
    wrong = list(PUPILS[0])
    wrong[place] = value

    read = read_class_list(class_list([wrong, *PUPILS[1:]]))

    assert len(read.pupils) == 2
    (problem,) = [one for one in read.problems if one.severity is Severity.REFUSED]
    assert (problem.code, problem.row) == (code, 3)


BAD = {
    "empty": (b"", Code.EMPTY_FILE),
    "pdf": (b"%PDF-1.7 x", Code.PDF),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, Code.OLD_EXCEL),
    "zip": (zip_of({"a.txt": b"x"}), Code.OTHER_PACKAGE),
    "cut off": (class_list()[:2_000], Code.DAMAGED),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Code.NOT_A_WORKBOOK),
    "other encoding": ("Họ và tên,Năm sinh\nBảo,2015".encode("cp1258", "ignore"), Code.OTHER_ENCODING),
    "no header": (class_list(header=("a", "b", "c")), Code.HEADER_MISSING),
    "bomb": (with_part("xl/worksheets/sheet2.xml", b"<a>" + b" " * 60_000_000), Code.UNPACKS_TOO_LARGE),
    "entities": (with_part("xl/worksheets/sheet2.xml", entities), Code.DANGEROUS),
    "outside entity": (with_part("xl/worksheets/sheet2.xml", outside_entity), Code.DANGEROUS),
    "too large": (b"a" * (10 * 1024 * 1024 + 1), Code.TOO_LARGE),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_gets_its_own_answer(case):
    content, code = BAD[case]

    refused = read_class_list(content).refused

    assert refused is not None
    assert refused.code is code


def test_what_is_beyond_a_thousand_pupils_is_named_and_left_out():
    read = read_class_list(class_list(many(MOST_PUPILS + 2)))

    assert len(read.pupils) == MOST_PUPILS
    assert Code.TOO_MANY_ROWS in codes(read)


def test_the_template_reads_back_and_asks_for_nobody():
    read = read_class_list(class_list_workbook())

    assert read.pupils == ()
    assert codes(read) <= {Code.EMPTY_FILE, Code.HEADER_MISSING}
