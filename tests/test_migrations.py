"""The migrations make from nothing exactly the tables of the models, on both databases, and can be taken back."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from festival import create_app
from festival.extensions import db
from tests.conftest import make_settings
from tests.postgres import empty_database


@pytest.fixture
def bare_app(database, request, tmp_path):
    """An installation whose database is empty."""
    url = empty_database(request.getfixturevalue("postgres"), "festival_bare") if database == "postgresql" else None
    app = create_app(make_settings(tmp_path, url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrations_from_nothing_match_the_models(bare_app):
    upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_migrations_run_twice_change_nothing(bare_app):
    upgrade()
    before = sorted(inspect(db.engine).get_table_names())
    upgrade()

    assert sorted(inspect(db.engine).get_table_names()) == before


def test_migrations_can_be_taken_back(bare_app):
    upgrade()
    downgrade(revision="base")

    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}


def test_checks_and_keys_are_in_the_database_not_only_in_the_models(bare_app):
    upgrade()
    found = inspect(db.engine)

    assert {check["name"] for check in found.get_check_constraints("sessions")} >= {
        "ck_sessions_seats_within_capacity",
        "ck_sessions_times_in_order",
    }
    assert {tuple(key["column_names"]) for key in found.get_unique_constraints("admissions")} == {
        ("attendee_id", "checkpoint_id")
    }
