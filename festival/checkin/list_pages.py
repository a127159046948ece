"""Pages of a list that Python has put in order; for one that the database can order, see `core.paging.page_of`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from festival.core.paging import PAGE_SIZE, Page

Key = TypeVar("Key")
Row = TypeVar("Row")


def page_of_list(
    keys: Sequence[Key], asked: str | None, look_up: Callable[[Sequence[Key]], Sequence[Row]], size: int = PAGE_SIZE
) -> Page[Row]:
    """The page `asked` for (as it stands in an address); only what stands on it is looked up.

    Nonsense is the first page, a number beyond the end is the last one.
    """
    last = max(1, -(-len(keys) // size))
    text = asked or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    number = max(1, min(number, last))
    return Page(look_up(keys[(number - 1) * size : number * size]), number, len(keys), size)
