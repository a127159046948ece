"""`flask festival erase` as an operator uses it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from festival.extensions import db
from festival.privacy.models import Erasure
from tests.privacy.conftest import put_back, words_in_the_file


@pytest.fixture
def command(app):
    def run(*arguments: str, said: str = ""):
        result = app.test_cli_runner().invoke(args=["festival", "erase", *arguments], input=said)
        db.session.expire_all()
        return result

    return run


def erasures() -> list[str]:
    return list(db.session.scalars(select(Erasure.actor)))


def test_without_a_name_it_erases_what_is_due(command, peopled):
    assert "No festival is due." in command().output
    put_back(peopled.festival, days=61)

    result = command()

    assert (result.exit_code, erasures()) == (0, ["command line"])
    assert f"{peopled.festival.slug}: the data of 2 people are erased." in result.output
    assert words_in_the_file(peopled) == set()


def test_before_its_day_a_festival_is_refused_with_the_day(command, peopled):
    put_back(peopled.festival, days=10)

    result = command(peopled.festival.slug)

    assert (result.exit_code, erasures()) == (1, [])
    assert f"{peopled.festival.erase_after:%d/%m/%Y}" in result.output


def test_now_asks_first(command, peopled):
    put_back(peopled.festival, days=10)
    slug = peopled.festival.slug

    refused = command(slug, "--now", said="n\n")
    assert (refused.exit_code, erasures()) == (1, [])

    assert "This cannot be undone." in refused.output
    assert command(slug, "--now", said="y\n").exit_code == 0
    assert erasures() == ["command line"]
    assert "had been erased before" in command(slug).output


def test_now_does_not_erase_a_festival_that_is_on(command, peopled):
    result = command(peopled.festival.slug, "--now", said="y\n")

    assert (result.exit_code, erasures()) == (1, [])
    assert "is not over" in result.output


def test_now_needs_a_festival_that_is_there(command, app):
    assert command("--now").exit_code == 2
    assert "There is no festival nirgends." in command("nirgends", "--now").output
