"""The workbook as a ward sent it: the outcome of each of its rows; and the same list as CSV."""

from __future__ import annotations

from datetime import date, time

import pytest

from festival.programme.judged_rows import Known, Verdict, Why
from festival.programme.judging import judge
from festival.programme.package_check import FileRefused
from festival.programme.reading import ProblemCode
from festival.programme.understanding import ListKind, understand
from tests.programme.messy_workbook import messy_csv, messy_workbook

READY, CHECK, SKIPPED = Verdict.READY, Verdict.TO_CHECK, Verdict.SKIPPED
DAY = date(2027, 10, 10)
KNOWN = Known((DAY,), time(7, 30), time(17, 30))

BOOTHS = {
    1: (SKIPPED, {Why.TITLE}, None),
    2: (SKIPPED, {Why.TITLE}, None),
    3: (SKIPPED, {Why.EMPTY}, None),
    4: (SKIPPED, {Why.HEADER}, None),
    5: (CHECK, {Why.ZERO_RESTORED}, ("A1", "Kích hoạt VNeID mức 2", "0912 345 678")),
    6: (READY, set(), ("A2", "Dịch vụ công trực tuyến", "0912 345 679")),
    7: (CHECK, {Why.CODE_TIDIED}, ("A3", "Chống lừa đảo qua mạng", "0912 345 670")),
    8: (SKIPPED, {Why.DOUBLE}, None),
    9: (SKIPPED, {Why.EMPTY}, None),
    10: (CHECK, {Why.NOT_A_PHONE}, ("B1", "Thanh toán không tiền mặt", "")),
    11: (CHECK, {Why.UNREADABLE}, ("name",)),
    12: (CHECK, {Why.UNREADABLE}, ("name",)),
    13: (CHECK, {Why.MARKUP}, ("B-4", "<b>Robot & STEM</b>", "0912 345 672")),
    14: (CHECK, {Why.CODE_TAKEN, Why.CODE_OFFERED}, ("A1-2", "Điện thoại cho người cao tuổi", "0912 345 673")),
    15: (SKIPPED, {Why.TOTALS}, None),
}
SESSIONS = {
    1: (SKIPPED, {Why.TITLE}, None),
    2: (SKIPPED, {Why.HEADER}, None),
    3: (CHECK, {Why.DAY_OFFERED}, (time(8), time(8, 45), 30)),
    4: (CHECK, {Why.ROOM_TAKEN}, (time(8, 30), time(9, 15), 40)),
    5: (CHECK, {Why.DAY_OFFERED, Why.ABOUT}, (time(9, 30), time(10, 15), 25)),
    6: (CHECK, {Why.DAY_OFFERED, Why.ABOUT}, (time(14), time(15, 30), 40)),
    7: (CHECK, {Why.NO_TIME}, ("when",)),
    8: (CHECK, {Why.END_OFFERED, Why.NO_SEATS}, ("capacity",)),
    9: (CHECK, {Why.DAY_OFFERED, Why.ENDS_BEFORE_START}, ("when",)),
    10: (SKIPPED, {Why.CANCELLED}, None),
}


def outcome(one):
    if one.needs:
        told = one.needs
    elif one.offer is None:
        told = None
    elif hasattr(one.offer, "code"):
        told = (one.offer.code, one.offer.name, one.phone)
    else:
        assert one.offer.day == DAY
        told = (one.offer.start, one.offer.end, one.offer.capacity)
    return one.verdict, {note.why for note in one.notes}, told


@pytest.mark.parametrize(
    ("number", "kind", "expected"), [(0, ListKind.BOOTHS, BOOTHS), (1, ListKind.SESSIONS, SESSIONS)]
)
def test_every_row_of_the_wards_workbook_has_its_outcome(number, kind, expected):
    table = understand(messy_workbook())[number]

    assert table.kind is kind
    assert {one.row: outcome(one) for one in judge(table, KNOWN, {})} == expected


def test_what_is_typed_for_a_missing_cell_completes_the_row():
    booths, sessions = understand(messy_workbook())
    typed = {(0, 11, "name"): "Khám bệnh từ xa", (1, 7, "when"): "8h - 9h 10/10", (1, 8, "capacity"): "20"}

    rows = {one.key: one for table in (booths, sessions) for one in judge(table, KNOWN, typed)}

    assert (rows["0-11"].verdict, rows["0-11"].offer.name) == (READY, "Khám bệnh từ xa")
    assert (rows["1-7"].verdict, rows["1-7"].offer.start) == (READY, time(8))
    assert rows["1-8"].offer.capacity == 20


def test_the_columns_are_understood_by_their_names_and_can_be_corrected():
    booths = understand(messy_workbook())[0]
    assert booths.places == {"name": 1, "topic": 2, "host_name": 3, "code": 4, "phone": 5}

    corrected = understand(messy_workbook(), {"0": {"columns": {"6": "description", "2": ""}}})[0]

    assert corrected.places == {"name": 1, "host_name": 3, "code": 4, "phone": 5, "description": 6}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_a_csv_is_read_in_every_encoding_that_keeps_vietnamese(encoding):
    rows = judge(understand(messy_csv(encoding))[0], KNOWN, {})

    assert [(one.verdict, one.offer.code, one.offer.name) for one in rows if one.offer] == [
        (READY, "A2", "Dịch vụ công trực tuyến"),
        (READY, "B7", "Ở nhà học số"),
    ]


def test_another_code_page_is_refused():
    with pytest.raises(FileRefused) as refused:
        understand("Name,Code\nTrình,A1\n".encode("cp1252"))

    assert refused.value.code is ProblemCode.OTHER_ENCODING


def test_a_booth_of_the_festival_is_not_overwritten_unasked():
    known = Known((DAY,), time(7, 30), time(17, 30), booths={"A2": ("Tên cũ", "", "")})

    rows = {one.row: one for one in judge(understand(messy_workbook())[0], known, {})}

    assert (rows[6].verdict, [note.why for note in rows[6].notes]) == (CHECK, [Why.CHANGES_KNOWN])
