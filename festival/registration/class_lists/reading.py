"""Reading a class list, as a workbook or as text: each pupil, and what is wrong with the rest.

The machinery is the programme's (`festival/programme/table_reading.py`): formulas, bombs and wrong files are refused
there. Every sheet that is not hidden is read; one a class is usual, and then the sheet's name is the class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from festival.core.text import tidy
from festival.programme.package_check import FileRefused
from festival.programme.reading import Findings, Problem, ProblemCode, Severity
from festival.programme.sheets import Column, Kind, SheetLayout
from festival.programme.spreadsheet import Sheet, open_spreadsheet
from festival.programme.table_reading import TableReader
from festival.programme.text_table import TextTable, looks_like_text

MOST_PUPILS = 1_000
MOST_SHEETS = 60
LINES_ABOVE = 20
"""A school's name and other titles, and the header."""

LAYOUT = SheetLayout(
    "Danh sách lớp",
    columns=(
        Column("number", "STT", Kind.TEXT, others=("TT", "Số thứ tự", "No", "No.")),
        Column(
            "family",
            "Họ và tên đệm",
            Kind.TEXT,
            longest=100,
            others=("Họ đệm", "Họ và đệm", "Họ, đệm", "Họ", "Họ và chữ đệm", "Family name"),
        ),
        Column(
            "name",
            "Họ và tên",
            Kind.TEXT,
            required=True,
            longest=120,
            others=("Họ tên", "Tên", "Họ và tên học sinh", "Họ tên học sinh", "Tên học sinh", "Học sinh", "Name"),
        ),
        Column(
            "birth_year",
            "Năm sinh",
            Kind.BIRTH,
            required=True,
            others=("Ngày sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Year of birth", "Date of birth"),
        ),
        Column("class_name", "Lớp", Kind.TEXT, longest=60, others=("Tên lớp", "Class")),
        Column(
            "guardian",
            "Họ tên phụ huynh",
            Kind.TEXT,
            longest=120,
            others=(
                "Phụ huynh",
                "Họ và tên phụ huynh",
                "Tên phụ huynh",
                "Họ tên cha mẹ",
                "Họ tên bố mẹ",
                "Cha mẹ",
                "Bố mẹ",
                "Người giám hộ",
                "Guardian",
                "Parent",
            ),
        ),
        Column(
            "phone",
            "Điện thoại phụ huynh",
            Kind.PHONE,
            others=("Số điện thoại phụ huynh", "SĐT phụ huynh", "Số điện thoại", "Điện thoại", "SĐT", "Phone"),
        ),
        Column("session", "Buổi học", Kind.TEXT, others=("Buổi", "Lớp đăng ký", "Lớp học số", "Session", "Workshop")),
    ),
)


@dataclass(frozen=True)
class Pupil:
    """One pupil as the file has it; `sheet` and `row` say where. `session` is still in words."""

    sheet: str
    row: int
    name: str
    birth_year: int
    class_name: str
    guardian: str
    phone: str
    session: str


@dataclass(frozen=True)
class ClassList:
    """What a file offers, how its columns were understood (column, header in the file), and every problem."""

    pupils: tuple[Pupil, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def refused(self) -> Problem | None:
        """Why nothing at all could be read."""
        if self.pupils:
            return None
        return next((one for one in self.problems if one.severity is Severity.REFUSED), None)


def read_class_list(content: bytes) -> ClassList:
    """Read a file; never raises for anything that it may contain. At most 1,000 pupils."""
    try:
        if looks_like_text(content) and content.strip():
            return _Reader().read(("", TextTable(content)) for _ in range(1))
        with open_spreadsheet(content) as sheets:
            return _Reader().read((sheet.title, sheet) for sheet in _shown(sheets))
    except FileRefused as refused:
        return ClassList(problems=(Problem(Severity.REFUSED, refused.code, details=refused.details),))


def _shown(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    return tuple(sheet for sheet in sheets if not sheet.hidden)[:MOST_SHEETS]


class _Reader:
    def __init__(self) -> None:
        self.findings = Findings()
        self.columns: dict[str, str] = {}
        self.pupils: list[Pupil] = []

    def read(self, sheets: Iterator[tuple[str, Any]]) -> ClassList:
        for title, sheet in sheets:
            self._sheet(tidy(title)[:60], sheet)
        if not self.pupils and not self.findings.problems:
            self.findings.refuse(ProblemCode.EMPTY_FILE)
        return ClassList(tuple(self.pupils), tuple(self.columns.items()), tuple(self.findings.problems))

    def _sheet(self, title: str, sheet: Any) -> None:
        own = Findings()
        table = TableReader(sheet, replace(LAYOUT, name=title), own, MOST_PUPILS + LINES_ABOVE)
        for number, fields in table.records():
            if len(self.pupils) >= MOST_PUPILS:
                own.refuse(ProblemCode.TOO_MANY_ROWS, title, number, most=MOST_PUPILS)
                break
            self.pupils.append(_pupil(title, number, fields))
        self.columns |= {column.name: header for column, header in table.headers.items() if table.places}
        self.findings.problems += own.problems


def _pupil(title: str, number: int, fields: dict[str, Any]) -> Pupil:
    return Pupil(
        sheet=title,
        row=number,
        name=tidy(f"{fields['family']} {fields['name']}")[:120],
        birth_year=fields["birth_year"],
        class_name=fields["class_name"] or title,
        guardian=fields["guardian"],
        phone=fields["phone"] or "",
        session=fields["session"],
    )
