"""Festivals of any size in a moment, for the benches: people, tickets and indexes made by the database itself.

A million people take it some twenty seconds; inserted as rows from Python they would take minutes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from festival import create_app
from festival.config import Settings
from festival.core.text import fold
from festival.extensions import db
from festival.programme.models import Festival
from festival.registration import ticket_code
from festival.registration.ticket_code import CodeKind
from tests import factories

SECRET = "only-for-the-bench"
NAME = "Nguyễn Thị Số "
"""Everybody's name, followed by the person's number."""

NUMBERS = {
    "postgresql": "SELECT generate_series(1, :people) AS n",
    "sqlite": "WITH RECURSIVE count(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM count WHERE n < :people) "
    "SELECT n FROM count",
}
PUBLIC_ID = {"postgresql": "lpad(n::text, 12, '0')", "sqlite": "printf('%012d', n)"}
SHORT_CODE = {"postgresql": "lpad(n::text, 8, '0')", "sqlite": "printf('%08d', n)"}


@dataclass(frozen=True)
class Phone:
    """A paired phone as a load generator needs it."""

    token: str
    checkpoint: int


@dataclass(frozen=True)
class Crowd:
    """A festival whose people have the numbers 1 to `people`, each with a ticket of the same number."""

    festival: Festival
    people: int
    phones: list[Phone]

    def codes(self, numbers: Iterable[int]) -> list[str]:
        """The signed QR texts of these tickets."""
        of = self.festival
        days = (of.last_day - of.first_day).days + 1
        return [
            ticket_code.encode(CodeKind.TICKET, of.id, number, of.first_day, days, of.sealed_private_key)
            for number in numbers
        ]


def application(url: str, folder: Path) -> Flask:
    """The whole application over an empty database at `url`, migrated."""
    settings = Settings(
        data=folder, secret_key=SECRET, database_url=url, public_url="http://127.0.0.1", hosts=("127.0.0.1",)
    )
    app = create_app(settings)
    with app.app_context():
        upgrade()
    return app


def seed(people: int, phones: int = 1) -> Crowd:
    """A festival of today with so many people in households of one, and phones paired at its entrance.

    Within an application context, in an empty database; commits.
    """
    festival = factories.make_festival(capacity=people + 1)
    first = factories.make_device(festival)
    paired = [
        first,
        *(factories.make_device(festival, checkpoints=first.device.checkpoints) for _ in range(phones - 1)),
    ]
    dialect = db.engine.dialect.name
    given = {"festival": festival.id, "people": people, "name": NAME, "folded": fold(NAME)}
    if dialect == "postgresql":  # the rows are known to fit together: their foreign keys need not be looked up
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    db.session.execute(text(_registrations(dialect)), given)
    db.session.execute(text(_attendees(dialect)), given)
    db.session.execute(text(_tickets(dialect)), given)
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return Crowd(festival, people, [Phone(one.token, one.device.checkpoints[0].id) for one in paired])


def _registrations(dialect: str) -> str:
    return (
        "INSERT INTO registrations (id, festival_id, public_id, link_version, submission, contact_name, phone,"
        " phone_end, language, created_at, walk_in, changed_at)"
        f" SELECT n, :festival, {PUBLIC_ID[dialect]}, 1, CAST(n AS VARCHAR(12)), :name || n, '+84912345678',"
        f" '5678', 'vi', CURRENT_TIMESTAMP, false, CURRENT_TIMESTAMP FROM ({NUMBERS[dialect]}) AS numbers"
    )


def _attendees(dialect: str) -> str:
    # Names sort by their last word, which is the number here.
    return (
        "INSERT INTO attendees (id, festival_id, registration_id, name, folded_name, name_key, birth_year, relation,"
        " changed_at)"
        " SELECT n, :festival, n, :name || n, :folded || ' ' || n, n || ' ' || :folded, 1980, 'self',"
        f" CURRENT_TIMESTAMP FROM ({NUMBERS[dialect]}) AS numbers"
    )


def _tickets(dialect: str) -> str:
    return (
        "INSERT INTO tickets (id, festival_id, kind, registration_id, attendee_id, short_code, changed_at)"
        f" SELECT n, :festival, 'ticket', n, n, {SHORT_CODE[dialect]},"
        f" CURRENT_TIMESTAMP FROM ({NUMBERS[dialect]}) AS numbers"
    )
