"""The country's wards as reference data: loaded from a CSV file, replaced when the units change."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete, func, insert, select, update

from festival.core.text import fold, tidy
from festival.extensions import Base, db
from festival.programme.models import Festival, Ward

SHIPPED_FILE = Path(__file__).parent / "reference" / "wards.csv"
SHIPPED_AS_OF = date(2026, 9, 1)
"""The state the shipped list is in (reference/README.md)."""

COLUMNS = ("province_code", "province_name", "ward_code", "ward_name", "kind")
MAX_ROWS = 20_000


class WardsUnreadable(ValueError):
    """The file is no list of wards; the text says, in English for the operator, which line and why."""


@dataclass(frozen=True)
class WardImport:
    """What replacing the list did. `kept`: codes that are not in the file and are still named by something."""

    added: int
    changed: int
    unchanged: int
    removed: int
    kept: tuple[str, ...]


def ensure_wards() -> int:
    """Load the shipped list into an empty table; gives how many wards there are."""
    count = db.session.scalar(select(func.count()).select_from(Ward)) or 0
    return count or replace_wards(SHIPPED_FILE, SHIPPED_AS_OF).added


def wards_near(festival: Festival) -> Sequence[Ward]:
    """The wards of the festival's province by name, for a choice; none where the festival names no ward."""
    if festival.ward is None:
        return []
    province = festival.ward.province_code
    return db.session.scalars(select(Ward).where(Ward.province_code == province).order_by(Ward.folded)).all()


def known_codes() -> frozenset[str]:
    """Every ward's code."""
    return frozenset(db.session.scalars(select(Ward.code)))


def replace_wards(file: Path, as_of: date) -> WardImport:
    """Make the table equal to `file` (CSV, UTF-8, the columns of `COLUMNS`), a list as it stood on `as_of`.

    Wards that are gone from the list are removed, unless a festival, an organization, a registration or
    anything else names them: those are kept and reported. Raises `WardsUnreadable`, before anything is changed.
    """
    wanted = {row["code"]: row for row in read_wards(file)}
    known = {ward.code: ward for ward in db.session.scalars(select(Ward))}
    facts = ("name", "kind", "province_code", "province_name")
    new = [row | {"as_of": as_of} for code, row in wanted.items() if code not in known]
    changed = [
        row | {"as_of": as_of}
        for code, row in wanted.items()
        if code in known and any(getattr(known[code], fact) != row[fact] for fact in facts)
    ]
    gone = known.keys() - wanted.keys()
    used = gone & _codes_in_use()
    if new:
        db.session.execute(insert(Ward), new)
    if changed:
        db.session.execute(update(Ward), changed)
    if gone - used:
        db.session.execute(delete(Ward).where(Ward.code.in_(gone - used)))
    db.session.flush()
    db.session.expire_all()
    unchanged = len(wanted) - len(new) - len(changed)
    return WardImport(len(new), len(changed), unchanged, len(gone - used), tuple(sorted(used)))


def read_wards(file: Path) -> list[dict[str, str]]:
    """The rows of a list of wards as values of the table. Raises `WardsUnreadable`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.DictReader(stream, strict=True)
            if missing := [name for name in COLUMNS if name not in (lines.fieldnames or ())]:
                raise WardsUnreadable(f"the first line lacks the column {missing[0]}")
            rows = [_row(line, lines.line_num) for line in lines]
    except (UnicodeDecodeError, csv.Error) as error:
        raise WardsUnreadable(f"not a CSV file in UTF-8: {error}") from error
    if not rows or len(rows) > MAX_ROWS:
        raise WardsUnreadable(f"a list has 1 to {MAX_ROWS} wards, this one has {len(rows)}")
    seen: set[str] = set()
    for row in rows:
        if row["code"] in seen:
            raise WardsUnreadable(f"the code {row['code']} occurs twice")
        seen.add(row["code"])
    return rows


def _row(line: dict[str, str | None], number: int) -> dict[str, str]:
    value = {name: tidy(line[name] or "") for name in COLUMNS}
    code, province = value["ward_code"], value["province_code"]
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        raise WardsUnreadable(f"line {number}: {code!r} is no ward code of 5 digits")
    if not (len(province) == 2 and province.isascii() and province.isdigit()):
        raise WardsUnreadable(f"line {number}: {province!r} is no province code of 2 digits")
    if not value["ward_name"] or any(len(value[name]) > 120 for name in COLUMNS) or len(value["kind"]) > 20:
        raise WardsUnreadable(f"line {number}: a name is missing or too long")
    return {
        "code": code,
        "name": value["ward_name"],
        "folded": fold(f"{value['ward_name']} {value['province_name']}"),
        "kind": value["kind"],
        "province_code": province,
        "province_name": value["province_name"],
    }


def _codes_in_use() -> set[str]:
    """The codes that any table names, found by the foreign keys, so that no part has to be known here."""
    codes: set[str] = set()
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if any(key.column is Ward.__table__.c.code for key in column.foreign_keys):
                codes.update(db.session.scalars(select(column).where(column.is_not(None)).distinct()))
    return codes
