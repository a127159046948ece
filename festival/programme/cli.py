"""Commands for programmes and wards: `flask --app wsgi festival import`, `… festival wards import`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import select

from festival.accounts.models import Organization
from festival.core.clock import today
from festival.extensions import db
from festival.programme.importing import ImportResult, Tally, apply_reading
from festival.programme.models import Festival
from festival.programme.problem_words import place, severity_words, words
from festival.programme.reading import Problem, ProgrammeReading
from festival.programme.setting_up import PublishOutcome, checklist, make_festival, missing_facts, publish
from festival.programme.wards import (
    SHIPPED_AS_OF,
    SHIPPED_FILE,
    WardsUnreadable,
    ensure_wards,
    known_codes,
    replace_wards,
)
from festival.programme.workbook import read_workbook

LANGUAGES = ("en", "vi")


def add_commands(group: AppGroup) -> None:
    """`festival import` and `festival wards …`"""
    group.add_command(import_programme)
    group.add_command(wards)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--festival", "slug", help="Import into this festival; without it a new draft is made.")
@click.option("--organization", "home", help="Whose new festival it is. Default: the organizer named in the file.")
@click.option("--publish", "and_publish", is_flag=True, help="Publish the festival afterwards.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report.")
def import_programme(file: Path, slug: str | None, home: str | None, and_publish: bool, language: str) -> None:
    """Read a programme workbook (.xlsx) into a festival. What is good is imported; the rest is named.

    A second import updates what is there and doubles nothing.
    """
    with force_locale(language):
        known = None
        if slug and (known := db.session.scalar(select(Festival).where(Festival.slug == slug))) is None:
            raise click.ClickException(f"There is no festival {slug}.")
        click.echo(f"Reading {file.name} …", err=True)
        ensure_wards()
        reading = read_workbook(file, known_codes())
        _report_problems(reading)
        if reading.is_refused:
            raise click.ClickException("Nothing was imported.")
        festival = known or _new_festival(reading, home)
        click.echo(f"Importing {len(reading.booths)} booths and {len(reading.sessions)} sessions …", err=True)
        _report_result(apply_reading(reading, festival))
        outcome = publish(festival) if and_publish else None
        db.session.commit()
        click.echo(f"The festival is {festival.slug} ({festival.status.value}): {festival.name}")
        if outcome is PublishOutcome.INCOMPLETE:
            open_items = [check.item.value for check in checklist(festival) if check.needed and not check.done]
            raise click.ClickException(f"It was not published; not done yet: {', '.join(open_items)}.")


def _new_festival(reading: ProgrammeReading, home: str | None) -> Festival:
    if missing := missing_facts(reading.facts):
        raise click.ClickException(
            f"A new festival needs these facts, which the file does not give: {', '.join(missing)}. "
            "Nothing was imported."
        )
    name = home or str(reading.facts.organizer_name)
    organization = db.session.scalar(select(Organization).where(Organization.name == name))
    if organization is None:
        organization = Organization(name=name, ward_code=reading.facts.ward_code)
        db.session.add(organization)
        db.session.flush()
    return make_festival(organization, reading.facts)


def _report_problems(reading: ProgrammeReading) -> None:
    for problem in reading.problems:
        click.echo(problem_line(problem))
    refused, check = len(reading.refused), len(reading.to_check)
    if refused + check:
        click.echo(f"{refused} not imported, {check} to check.")


def problem_line(problem: Problem) -> str:
    """A problem in one line of text."""
    where, value = place(problem), f" [{problem.value}]" if problem.value else ""
    start = f"{severity_words(problem.severity)}: {where}{value}" if where else severity_words(problem.severity)
    return f"  {start}: {words(problem)}"


def _report_result(result: ImportResult) -> None:
    def line(kind: str, tally: Tally) -> None:
        click.echo(f"  {kind:10} {tally.created:5} new {tally.updated:5} changed {tally.unchanged:5} as before")

    line("zones", result.zones)
    line("booths", result.booths)
    line("workshops", result.workshops)
    line("sessions", result.sessions)
    for change in result.facts:
        click.echo(f"  {change.field}: {change.before} → {change.after}")
    for seats in result.seats_taken:
        click.echo(f"  Not changed: {seats.name} cannot have {seats.asked} places, {seats.taken} are taken.")
    for kept in (*result.kept_booths, *result.kept_sessions):
        click.echo(f"  Kept, not in the file: {kept}")


@click.group(help="The country's wards, as reference data.")
def wards() -> None:
    """The group of the command below."""


@wards.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--as-of", help="The day the list describes, yyyy-mm-dd. Default: today.")
def import_wards(file: Path | None, as_of: str | None) -> None:
    """Replace the list of wards by a CSV file; without FILE, by the list that comes with Festival."""
    try:
        day = datetime.strptime(as_of, "%Y-%m-%d").date() if as_of else None  # noqa: DTZ007 - a day, no moment
    except ValueError:
        raise click.ClickException("--as-of needs a day such as 2026-09-01.") from None
    click.echo(f"Reading {(file or SHIPPED_FILE).name} …", err=True)
    try:
        result = replace_wards(file or SHIPPED_FILE, day or (today() if file else SHIPPED_AS_OF))
    except WardsUnreadable as unreadable:
        raise click.ClickException(f"The file was not imported: {unreadable}.") from None
    db.session.commit()
    click.echo(f"{result.added} new, {result.changed} changed, {result.unchanged} as before, {result.removed} removed.")
    if result.kept:
        click.echo(f"Kept, because something names them: {', '.join(result.kept)}")
