"""A festival of people with names as they are in Việt Nam, for the bench of finding: few family names, many of a name.

Three in ten are Nguyễn, a third have Thị and a quarter Văn in the middle, and given names are as uneven. Households
of four share a phone. The people are dealt out by the database itself, from a pile of names.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from sqlalchemy import text

from bench.seeding import NUMBERS, PUBLIC_ID, SHORT_CODE
from festival.core.text import fold, name_key
from festival.extensions import db
from tests import factories

HOUSEHOLD = 4
PILE = 300_000
"""Names in the pile; drawn by their weights, so that common ones lie in it many times."""

_FAMILY = {
    "Nguyễn": 310, "Trần": 110, "Lê": 90, "Phạm": 60, "Hoàng": 30, "Huỳnh": 22, "Vũ": 25, "Võ": 24, "Phan": 28,
    "Trương": 22, "Bùi": 21, "Đặng": 20, "Đỗ": 19, "Ngô": 17, "Hồ": 15, "Dương": 14, "Đinh": 10, "Đoàn": 9, "Lâm": 8,
    "Mai": 7, "Trịnh": 7, "Đào": 7, "Cao": 6, "Lý": 6, "Hà": 6, "Lương": 6, "Lưu": 5, "Tạ": 4, "Thái": 4, "Châu": 4,
    "Tô": 3, "Phùng": 3, "Tống": 2, "Vương": 2, "Quách": 2, "Kiều": 2, "Nông": 2, "Hứa": 2, "Khuất": 1, "Ông": 1,
}  # fmt: skip
_MIDDLE = {
    "Thị": 300, "Văn": 250, "Hữu": 25, "Ngọc": 40, "Minh": 35, "Thanh": 35, "Đức": 30, "Quốc": 20, "Thu": 20,
    "Kim": 18, "Xuân": 16, "Hoàng": 16, "Quang": 16, "Thùy": 12, "Phương": 12, "Bảo": 12, "Gia": 12, "Đình": 14,
    "Đăng": 8, "Tuấn": 8, "Hải": 7,
    "Khánh": 7, "Nhật": 5, "Diệu": 3, "Đắc": 2, "": 10,
}  # fmt: skip
_SECOND = {
    "": 500, "Ngọc": 20, "Minh": 20, "Thanh": 20, "Thu": 16, "Kim": 12, "Xuân": 10, "Hoàng": 12, "Quang": 8, "Hồng": 10,
    "Thùy": 10, "Phương": 12, "Bảo": 10, "Gia": 6, "Anh": 10, "Tuấn": 6, "Hải": 6, "Khánh": 8, "Nhật": 5, "Diệu": 4,
    "Mỹ": 6, "Bích": 6, "Tường": 2, "Lệ": 3, "Như": 6, "Cẩm": 3, "Đông": 1, "Nguyệt": 2, "Trúc": 3, "Huyền": 4,
}  # fmt: skip
_GIVEN = {
    "Anh": 45, "Hùng": 20, "Dũng": 18, "Hương": 18, "Linh": 22, "Lan": 15, "Hoa": 14, "Hà": 16, "Hải": 15, "Nam": 14,
    "Minh": 18, "Tuấn": 18, "Thủy": 14, "Hằng": 12, "Hạnh": 11, "Hiền": 12, "Hồng": 12, "Huy": 13, "Hưng": 8,
    "Khánh": 8, "Khôi": 6, "Lâm": 6, "Loan": 8, "Long": 10, "Mai": 12, "My": 6, "Nga": 12, "Ngân": 8, "Ngọc": 12,
    "Nhung": 10, "Oanh": 5, "Phúc": 9, "Phương": 16, "Quân": 8, "Quang": 9, "Quỳnh": 8, "Sơn": 10, "Tâm": 10, "Tân": 4,
    "Thành": 13, "Thảo": 12, "Thắng": 10, "Thịnh": 4, "Thu": 8, "Thư": 5, "Tiến": 7, "Toàn": 5, "Trang": 16,
    "Trung": 9, "Tú": 7, "Tùng": 8, "Uyên": 4, "Vân": 10, "Việt": 5, "Vinh": 5, "Xuân": 5, "Yến": 8, "An": 9, "Ân": 1,
    "Bảo": 6, "Bình": 12, "Chi": 7, "Cường": 10, "Định": 2, "Đạt": 8, "Đông": 3, "Đức": 10, "Dung": 9, "Duy": 6,
    "Giang": 8, "Hân": 4, "Hậu": 4, "Hòa": 9, "Kiên": 6, "Thúy": 8, "Thương": 5, "Chiến": 3, "Dậu": 0.2, "Tỵ": 0.3,
}  # fmt: skip
RARE = ("Khuất Đình Ốc", "Tống Diệu Khuyên", "Nông Thị Xoa", "Ông Đắc Lộc", "Quách Ngọc Thoại", "Âu Dương Phỉ")
"""Names of one person each."""


@dataclass(frozen=True)
class Ward:
    """A festival of many people, and the token and checkpoint of a phone at its entrance."""

    festival_id: int
    token: str
    checkpoint: int


def settle(people: int) -> Ward:
    """Fill an empty, migrated database: people numbered from 1, four to a household, one phone number each household.

    Within an application context; commits.
    """
    festival = factories.make_festival(capacity=people + 1)
    paired = factories.make_device(festival)
    dialect = db.engine.dialect.name
    given = {"festival": festival.id, "people": people, "households": -(-people // HOUSEHOLD), "pile": PILE}
    _lay_out_names()
    if dialect == "postgresql":  # the rows are known to fit together: their foreign keys need not be looked up
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in (_registrations(dialect), _attendees(dialect), _tickets(dialect)):
        db.session.execute(text(statement), given)
    for number, name in enumerate(RARE, start=2):
        one = {"id": number, "name": name, "folded": fold(name), "key": name_key(name)}
        fields = "name = :name, folded_name = :folded, name_key = :key"
        db.session.execute(text(f"UPDATE attendees SET {fields} WHERE id = :id"), one)
    db.session.execute(text("DROP TABLE bench_names"))
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if dialect == "postgresql" else "ANALYZE")
    return Ward(festival.id, paired.token, paired.device.checkpoints[0].id)


def _lay_out_names() -> None:
    chance = random.Random(20261010)
    drawn = zip(*(_draw(chance, part) for part in (_FAMILY, _MIDDLE, _SECOND, _GIVEN)), strict=True)
    names = [" ".join(filter(None, parts)) for parts in drawn]
    rows = [
        {"id": place, "name": name, "folded": fold(name), "key": name_key(name)} for place, name in enumerate(names)
    ]
    columns = "id INTEGER PRIMARY KEY, name VARCHAR(120), folded VARCHAR(260), key VARCHAR(260)"
    db.session.execute(text(f"CREATE TABLE bench_names ({columns})"))
    db.session.execute(text("INSERT INTO bench_names VALUES (:id, :name, :folded, :key)"), rows)


def _draw(chance: random.Random, weights: dict[str, float]) -> list[str]:
    return chance.choices(list(weights), list(weights.values()), k=PILE)


def _registrations(dialect: str) -> str:
    return (
        "INSERT INTO registrations (id, festival_id, public_id, link_version, submission, contact_name, phone,"
        " phone_end, language, created_at, walk_in, changed_at)"
        f" SELECT n, :festival, {PUBLIC_ID[dialect]}, 1, CAST(n AS VARCHAR(12)), names.name, {_PHONE[dialect]},"
        f" substr({_PHONE[dialect]}, 9), 'vi', {_CREATED[dialect]}, false, CURRENT_TIMESTAMP"
        f" FROM ({NUMBERS[dialect].replace(':people', ':households')}) AS numbers"
        f" JOIN bench_names AS names ON names.id = {_scattered('(n - 1) * 4 + 1')} % :pile"
    )


def _attendees(dialect: str) -> str:
    return (
        "INSERT INTO attendees (id, festival_id, registration_id, name, folded_name, name_key, birth_year, relation,"
        " changed_at)"
        " SELECT n, :festival, (n - 1) / 4 + 1, names.name, names.folded, names.key,"
        f" 1940 + {_scattered('(n + 17)')} / 13 % 80, 'self', CURRENT_TIMESTAMP"
        f" FROM ({NUMBERS[dialect]}) AS numbers JOIN bench_names AS names ON names.id = {_scattered('n')} % :pile"
    )


def _tickets(dialect: str) -> str:
    return (
        "INSERT INTO tickets (id, festival_id, kind, registration_id, attendee_id, short_code, changed_at)"
        f" SELECT n, :festival, 'ticket', (n - 1) / 4 + 1, n, {SHORT_CODE[dialect]},"
        f" CURRENT_TIMESTAMP FROM ({NUMBERS[dialect]}) AS numbers"
    )


def _scattered(number: str) -> str:
    """A whole number that looks like chance, the same on both databases (Lehmer's generator)."""
    return f"(({number}) * CAST(48271 AS BIGINT) % 2147483647 * 16807 % 2147483647)"


_PHONE = {
    "postgresql": f"'+849' || lpad(CAST({_scattered('n + 5')} % 100000000 AS VARCHAR), 8, '0')",
    "sqlite": f"printf('+849%08d', {_scattered('n + 5')} % 100000000)",
}
_CREATED = {  # one every two seconds: a million in three weeks
    "postgresql": "CURRENT_TIMESTAMP - (:households - n) * INTERVAL '2 seconds'",
    "sqlite": "datetime('now', '-' || (2 * (:households - n)) || ' seconds')",
}
