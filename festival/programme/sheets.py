"""How a programme workbook is laid out: its sheets, their columns, and the other names these go by.

The Vietnamese name is the one of the template. Names are compared folded, in any order of columns.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from festival.core.text import fold


class Kind(enum.Enum):
    """What a column's cells hold."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CODE = "code"
    WARD = "ward"
    WHOLE = "whole"
    DAY = "day"
    CLOCK = "clock"
    BIRTH = "birth"
    """A year of birth, or a day of which only the year is kept."""
    PHONE = "phone"


@dataclass(frozen=True)
class Column:
    """One column (or, among the facts, one labelled line). `key` is the field it fills."""

    key: str
    name: str
    kind: Kind
    required: bool = False
    longest: int = 200
    least: int = 0
    most: int = 100_000
    others: tuple[str, ...] = ()

    def is_called(self, header: str) -> bool:
        return fold(header).strip(" :*") in {fold(name) for name in (self.name, *self.others)}


@dataclass(frozen=True)
class SheetLayout:
    """One sheet and its columns."""

    name: str
    columns: tuple[Column, ...]
    others: tuple[str, ...] = ()

    def is_called(self, title: str) -> bool:
        return fold(title) in {fold(name) for name in (self.name, *self.others)}

    def column_called(self, header: str) -> Column | None:
        return next((column for column in self.columns if column.is_called(header)), None)


FACTS = SheetLayout(
    "Thông tin chung",
    others=("Festival", "Facts"),
    columns=(
        Column("name", "Tên ngày hội", Kind.TEXT, required=True, others=("Festival name", "Name")),
        Column("organizer_name", "Đơn vị tổ chức", Kind.TEXT, required=True, others=("Organizer",)),
        Column("ward_code", "Mã phường", Kind.WARD, others=("Mã phường/xã", "Mã xã", "Ward code")),
        Column("first_day", "Ngày", Kind.DAY, required=True, others=("Ngày tổ chức", "Ngày bắt đầu", "First day")),
        Column("last_day", "Ngày kết thúc", Kind.DAY, others=("Last day",)),
        Column("opens_at", "Giờ mở cửa", Kind.CLOCK, required=True, others=("Opens at",)),
        Column("closes_at", "Giờ đóng cửa", Kind.CLOCK, required=True, others=("Closes at",)),
        Column("venue", "Địa điểm", Kind.TEXT, required=True, others=("Venue",)),
        Column("address", "Địa chỉ", Kind.TEXT, longest=300, others=("Address",)),
        Column("capacity", "Sức chứa", Kind.WHOLE, required=True, least=1, most=1_000_000, others=("Capacity",)),
    ),
)

BOOTHS = SheetLayout(
    "Gian hàng",
    others=("Booths",),
    columns=(
        Column("code", "Mã", Kind.CODE, required=True, longest=12, others=("Mã gian hàng", "Code")),
        Column("name", "Tên gian hàng", Kind.TEXT, required=True, others=("Name", "Booth name")),
        Column("topic", "Chủ đề", Kind.TEXT, longest=120, others=("Topic",)),
        Column("host_name", "Đơn vị phụ trách", Kind.TEXT, others=("Host",)),
        Column("zone", "Khu", Kind.TEXT, longest=120, others=("Khu vực", "Zone")),
        Column("description", "Mô tả", Kind.LONG_TEXT, longest=4000, others=("Description",)),
        Column("power_watts", "Nhu cầu điện (W)", Kind.WHOLE, others=("Nhu cầu điện", "Điện (W)", "Power (W)")),
        Column("tables", "Bàn", Kind.WHOLE, most=1000, others=("Số bàn", "Tables")),
        Column("chairs", "Ghế", Kind.WHOLE, most=1000, others=("Số ghế", "Chairs")),
    ),
)

SESSIONS = SheetLayout(
    "Lớp học",
    others=("Các lớp", "Sessions", "Workshops"),
    columns=(
        Column("title", "Tên lớp", Kind.TEXT, required=True, others=("Title",)),
        Column("audience", "Đối tượng", Kind.TEXT, longest=120, others=("Audience",)),
        Column("host_name", "Đơn vị phụ trách", Kind.TEXT, others=("Host",)),
        Column("room", "Phòng", Kind.TEXT, required=True, longest=120, others=("Phòng học", "Room")),
        Column("day", "Ngày", Kind.DAY, others=("Ngày học", "Day")),
        Column("start", "Bắt đầu", Kind.CLOCK, required=True, others=("Giờ bắt đầu", "Start")),
        Column("end", "Kết thúc", Kind.CLOCK, required=True, others=("Giờ kết thúc", "End")),
        Column("capacity", "Số chỗ", Kind.WHOLE, required=True, least=1, most=10_000, others=("Capacity", "Seats")),
        Column("description", "Mô tả", Kind.LONG_TEXT, longest=4000, others=("Description",)),
    ),
)

ALL = (FACTS, BOOTHS, SESSIONS)
MAX_ROWS = 2_000
