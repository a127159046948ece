"""Statements that run thousands of times an hour: compiled once, and then handed to the driver itself.

SQLAlchemy writes them and converts their values; what else it makes for each execution (a context, a result that knows
its columns, events) costs the door as much as the database does. For all other statements `db.session.execute` is
right.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, Dialect, Insert, Select, Table, Update, bindparam, insert

from festival.extensions import db

Convert = Callable[[Any], Any]
Statement = Select[Any] | Insert | Update

TAKEN = (UniqueViolation, sqlite3.IntegrityError)
"""What the drivers raise when somebody else was faster."""


class Prepared:
    """A SELECT, an INSERT of the columns `given` or an UPDATE; one that differs by database comes by its dialect.

    All values come by name, one each: no lists to expand, no defaults that Python makes.
    """

    def __init__(self, statement: Statement | Mapping[str, Statement], given: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._given = given
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection | None = None, /, **values: Any) -> list[Any]:
        """Run it in the session's transaction; gives named tuples with the values that SQLAlchemy would give.

        Errors are the driver's own. Who has the session's connection at hand gives it: asking for it has its price.
        """
        connection = connection or db.session.connection()
        return self.run(connection.connection, connection.dialect, values)

    def run(self, driver: Any, dialect: Dialect, values: dict[str, Any]) -> list[Any]:
        """The same on a connection of the driver itself, in whatever transaction it is."""
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            one = self._statement[dialect.name] if isinstance(self._statement, Mapping) else self._statement
            compiled = self._compiled[dialect.name] = _Compiled(one, self._given, dialect)
        cursor = driver.cursor()
        try:
            cursor.execute(compiled.text, compiled.bind(values), **compiled.options)
            return compiled.read(cursor.fetchall()) if cursor.description else []
        finally:
            cursor.close()


class PreparedRows:
    """An INSERT of the columns `given` for as many rows as there are, by one statement."""

    def __init__(self, table: Table, given: Sequence[str], *returning: str) -> None:
        self._table = table
        self._given = given
        self._returning = [table.c[name] for name in returning]
        self._by_count: dict[int, Prepared] = {}

    def insert(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Add them in the session's transaction; gives the `returning` columns in the order of the rows."""
        count = len(rows)
        if count not in self._by_count:
            self._by_count[count] = Prepared(self._statement(count))
        values = {f"{name}__{place}": row[name] for place, row in enumerate(rows) for name in self._given}
        return self._by_count[count].rows(**values)

    def _statement(self, count: int) -> Insert:
        blanks = [
            {name: bindparam(f"{name}__{place}", type_=self._table.c[name].type) for name in self._given}
            for place in range(count)
        ]
        statement = insert(self._table).values(blanks)
        return statement.returning(*self._returning) if self._returning else statement


class _Compiled:
    """For one dialect: the text, and how values get in and out."""

    def __init__(self, statement: Statement, given: Sequence[str] | None, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=given)
        self.text = str(compiled)
        # psycopg plans the first executions anew each time unless told otherwise; sqlite3 remembers by itself.
        self.options = {"prepare": True} if dialect.name == "postgresql" else {}
        self._order: list[str] | None = compiled.positiontup
        converts: dict[str, Convert | None] = {
            name: parameter.type.dialect_impl(dialect).bind_processor(dialect)
            for parameter, name in compiled.bind_names.items()
        }
        wanted = {name for parameter, name in compiled.bind_names.items() if parameter.required}
        self._fixed = {
            name: convert(value) if (convert := converts[name]) else value
            for name, value in compiled.params.items()
            if name not in wanted
        }
        self._ins = [(name, convert) for name, convert in converts.items() if convert and name in wanted]
        columns = list(statement.exported_columns)
        self._row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]  # the columns' names
        outs = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._outs = [(place, out) for place, out in enumerate(outs) if out]

    def bind(self, values: dict[str, Any]) -> Any:
        for name, convert in self._ins:
            values[name] = convert(values[name])
        values |= self._fixed
        return values if self._order is None else [values[name] for name in self._order]

    def read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        rows = []
        for each in found:
            row = list(each)
            for place, out in self._outs:
                row[place] = out(row[place])
            rows.append(self._row._make(row))
        return rows
