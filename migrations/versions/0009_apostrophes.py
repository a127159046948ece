"""What is searched by has no apostrophes: H'Bia, H’Bia and HBia are one name"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APOSTROPHES = "'`´‘’‛ʹʻʼʽˈˊˋ′＇"
AT_ONCE = 1_000
"""Rows that are read and written together."""

FOLDED = {
    "festivals": {"folded": ("name",)},
    "wards": {"folded": ("name", "province_name")},
    "zones": {"folded": ("name",)},
    "booths": {"folded": ("code", "name", "topic", "host_name", "description")},
    "workshops": {"folded": ("title", "audience", "host_name", "description")},
    "sessions": {"folded_room": ("room",)},
    "attendees": {"folded_name": ("name",), "name_key": ("name",)},
}
"""By table: the columns that are searched, and what each is folded from."""


def upgrade() -> None:
    _refold(dict.fromkeys(map(ord, APOSTROPHES)))


def downgrade() -> None:
    _refold({})


def _refold(letters: dict[int, None]) -> None:
    """Write anew what is searched by, of the rows that have an apostrophe."""

    def fold(text: str) -> str:
        # As festival/core/text.py did at this release; stored texts are tidy already.
        bare = unicodedata.normalize("NFKD", _d_bar(text.translate(letters)))
        return " ".join(_d_bar("".join(c for c in bare if not unicodedata.combining(c)).casefold()).split())

    connection = op.get_bind()
    for name, columns in FOLDED.items():
        table = sa.MetaData()
        table.reflect(connection, only=[name])
        _refold_table(connection, table.tables[name], columns, fold)


def _d_bar(text: str) -> str:
    return text.translate({ord("đ"): "d", ord("Đ"): "d"})


def _refold_table(
    connection: sa.Connection, table: sa.Table, columns: dict[str, tuple[str, ...]], fold: Callable[[str], str]
) -> None:
    """In the order of the key, some at a time: a festival may have a million people."""
    (key,) = table.primary_key.columns
    sources = sorted({source for parts in columns.values() for source in parts})
    with_apostrophe = sa.or_(*(table.c[source].contains(sign) for source in sources for sign in APOSTROPHES))
    query = sa.select(key, *(table.c[source] for source in sources)).where(with_apostrophe).order_by(key).limit(AT_ONCE)
    write = sa.update(table).where(key == sa.bindparam("_key")).values({one: sa.bindparam(one) for one in columns})
    last = None
    while rows := connection.execute(query if last is None else query.where(key > last)).mappings().all():
        last = rows[-1][key.name]
        connection.execute(write, [{"_key": row[key.name], **_folded(row, table, columns, fold)} for row in rows])


def _folded(
    row: sa.RowMapping, table: sa.Table, columns: dict[str, tuple[str, ...]], fold: Callable[[str], str]
) -> dict[str, str]:
    written = {}
    for column, parts in columns.items():
        text = fold(" ".join(row[part] or "" for part in parts))
        if column == "name_key":
            words = text.split()
            text = " ".join(words[-1:] + words[:-1])
        written[column] = text[: getattr(table.c[column].type, "length", None)]
    return written
