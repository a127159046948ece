"""Lists in pages: which one is asked for, what stands on it, how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from festival.extensions import db

PAGE_SIZE = 50

LARGEST_ID = 2**31 - 1
"""What the databases' integer columns hold; SQLite refuses to look for a number beyond 64 bits."""

Row = TypeVar("Row")


def asked_id(text: str) -> int:
    """The id of a row as it stands in the query of an address. Raises ValueError for what can be none."""
    if not (text.isascii() and text.isdigit() and len(text) < 11 and 0 < int(text) <= LARGEST_ID):
        raise ValueError("not an id")
    return int(text)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list: its rows, its number (from 1) and how many rows there are in all."""

    rows: Sequence[Row]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def count(self) -> int:
        """How many pages there are; at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The position, from 1, of the first row on this page; 0 on an empty list."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        """The position of the last row on this page."""
        return min(self.number * self.size, self.total)


def page_of(query: Select[Row], asked: str | int | None, size: int = PAGE_SIZE) -> Page[Row]:
    """The page `asked` for (as it stands in an address) of an ordered query of one entity.

    Nonsense is the first page, a number beyond the end is the last one. Two statements.
    """
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = _number_of(asked, total, size)
    statement: Select[Any] = query.limit(size).offset((number - 1) * size)
    rows = db.session.scalars(statement).unique().all()
    return Page(rows=rows, number=number, total=total, size=size)


def page_of_list(rows: Sequence[Row], asked: str | int | None, size: int = PAGE_SIZE) -> Page[Row]:
    """As `page_of`, of rows that are in memory already: those that no statement can order."""
    number = _number_of(asked, len(rows), size)
    return Page(rows=rows[(number - 1) * size : number * size], number=number, total=len(rows), size=size)


def _number_of(asked: str | int | None, total: int, size: int) -> int:
    text = str(asked or 1)
    last = max(1, -(-total // size))
    number = min(int(text), last) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    return max(1, number)
