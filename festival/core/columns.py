"""Column types that both databases share."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A moment in time: aware in Python, UTC in the database. A naive one is refused as the bug it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice_of(kind: type[enum.Enum], name: str) -> Enum:
    """A column that holds one value of an enum, as its text, checked by the database; `name` names the check."""

    def values(members: Any) -> list[str]:
        return [str(member.value) for member in members]

    return Enum(kind, name=name, native_enum=False, create_constraint=True, length=32, values_callable=values)
