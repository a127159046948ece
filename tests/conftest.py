"""What every test can ask for: the app on SQLite and on PostgreSQL, a client, and makers of the things of the domain.

A test that asks for `app`, or for anything made with it, runs once on each database (`--database sqlite` for one only).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from festival import create_app
from festival.accounts.models import Organization, StaffRole, User
from festival.accounts.staff import give_role, make_user
from festival.config import Settings
from festival.extensions import db, limiter
from tests import factories
from tests.postgres import empty_database, throwaway_postgres
from tests.tables import make_tables

PASSWORD = "correct-horse-battery"
DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=DATABASES, action="append", help="run database tests on this one only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database") or DATABASES
        metafunc.parametrize("database", chosen, indirect=True, scope="session")


class Browser(FlaskClient):
    """A client whose requests share nothing: the tests' own application context would lend them its `g`, and its
    transaction, which on SQLite keeps everybody else from writing."""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        for name in list(g) if g else ():  # a thread of a test has no context to share
            g.pop(name)
        if has_app_context():
            db.session.commit()
        return super().open(*args, **kwargs)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL cluster that lives as long as the test run."""
    folder = tmp_path_factory.mktemp("cluster")
    with throwaway_postgres(folder) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`: the tests that ask for the app run on both."""
    return str(request.param)


def make_settings(folder: Path, database_url: str | None = None, **more: object) -> Settings:
    """Settings of a test installation in `folder`."""
    settings = {
        "data": folder,
        "secret_key": "only-for-tests",
        "database_url": database_url or f"sqlite:///{folder / 'festival.sqlite'}",
        "public_url": "http://festival.test",
        "hosts": ("festival.test", "localhost", "127.0.0.1"),
        "testing": True,
    }
    return Settings(**{**settings, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def migrated_app(database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One app a database, with tables made by the migrations."""
    folder = tmp_path_factory.mktemp(database)
    url = empty_database(request.getfixturevalue("postgres"), "festival_test") if database == "postgresql" else None
    app = create_app(make_settings(folder, url))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    limiter.enabled = False
    with app.app_context():
        make_tables()
    return app


def hash_cheaply(app: Flask) -> None:
    """Let passwords be hashed as in earnest, but at a cost that is nothing: tests make hundreds of users."""
    app.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=64, argon2__parallelism=1)


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The app with empty tables, inside an application context."""
    hash_cheaply(migrated_app)  # for each test: whoever makes another app brings the true cost back to all
    with migrated_app.app_context():
        yield migrated_app
        db.session.rollback()
        db.session.remove()
        _empty_tables()
        db.session.remove()


def _empty_tables() -> None:
    """Take away the rows that a test has left. Only few tables have any: to truncate all of them takes far longer."""
    tables = [f'"{table.name}"' for table in reversed(db.metadata.sorted_tables)]
    any_left = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))  # keys are not looked up
        db.session.execute(
            text("SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL")
        )
    else:
        db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
    for name in db.session.scalars(text(any_left)).all():
        db.session.execute(text(f"DELETE FROM {name}"))
    db.session.commit()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser, without JavaScript."""
    return app.test_client()


@pytest.fixture
def organization(app: Flask) -> Organization:
    return factories.make_organization()


@pytest.fixture
def make_festival(organization: Organization) -> Callable[..., factories.Festival]:
    def make(**values: object) -> factories.Festival:
        values.setdefault("organization_id", organization.id)
        return factories.make_festival(**values)

    return make


@pytest.fixture
def festival(make_festival: Callable[..., factories.Festival]) -> factories.Festival:
    """A published festival, today and tomorrow."""
    return make_festival()


@pytest.fixture
def make_session(festival: factories.Festival) -> Callable[..., factories.Session]:
    """A session of `festival`, tomorrow from 9 to 10 unless said otherwise."""
    return lambda **values: factories.make_session(values.pop("festival", festival), **values)


@pytest.fixture
def make_household(festival: factories.Festival) -> Callable[..., factories.Registration]:
    """A registered household of `festival`; `members=4` says how many."""
    return lambda **values: factories.make_household(values.pop("festival", festival), **values)


@pytest.fixture
def make_device(festival: factories.Festival) -> Callable[..., factories.PairedDevice]:
    """A paired phone of `festival` with its token; `checkpoints=[…]` says where it may scan."""
    return lambda **values: factories.make_device(values.pop("festival", festival), **values)


@pytest.fixture
def staff(organization: Organization) -> Callable[..., User]:
    """A member of staff with a role in the organization."""

    def make(role: StaffRole = StaffRole.ORGANIZER, email: str | None = None) -> User:
        user = make_user(email or f"{role.value}@festival.example", "Cán bộ thử", PASSWORD)
        give_role(user, organization, role)
        db.session.commit()
        return user

    return make


@pytest.fixture
def sign_in(app: Flask, staff: Callable[..., User]) -> Callable[..., FlaskClient]:
    """A browser in which somebody with that role has signed in."""

    def make(role: StaffRole = StaffRole.ORGANIZER) -> FlaskClient:
        user = staff(role)
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
            session["fs_cc"] = "set"
            session["fs_paa"] = 4102444800.0
            session["identity"] = user.fs_uniquifier
        return browser

    return make


@pytest.fixture
def organizer(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A browser in which an organizer has signed in and reads English."""
    browser = sign_in(StaffRole.ORGANIZER)
    browser.set_cookie("language", "en")
    return browser


@pytest.fixture
def tool() -> Callable[[str], str]:
    """The path of a program that a test needs; its absence fails the test, `make test` installs it."""

    def find(name: str) -> str:
        path = shutil.which(name)
        assert path, f"{name} is missing; `make test` says how to install it"
        return path

    return find


def plain(html: str) -> str:
    """The words of a page, without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
