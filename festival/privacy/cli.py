"""The command that erases by hand what the worker erases by itself: `flask --app wsgi festival erase`."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from festival.core.clock import now
from festival.extensions import db
from festival.privacy.erasure import ErasureOutcome, ErasureResult, due_festivals, erase, overwrite_what_was
from festival.programme.models import Festival

ACTOR = "command line"


def add_commands(group: AppGroup) -> None:
    """`festival erase`"""
    group.add_command(erase_data)


@click.command("erase")
@click.argument("slug", required=False)
@click.option("--now", "early", is_flag=True, help="Of a festival that is over, before its day has come. Asks first.")
def erase_data(slug: str | None, early: bool) -> None:
    """Erase the residents' data of SLUG, or of every festival that is due, for good. The worker does so by itself.

    Names, phone numbers, e-mail addresses and links go; figures stay, and certificates answer to their code.
    """
    if early and not slug:
        raise click.UsageError("--now needs the festival's short name.")
    if slug:
        _erase(_known(slug), early)
    else:
        festivals = due_festivals()
        if not festivals:
            click.echo("No festival is due.")
            return
        for festival in festivals:
            _erase(festival, early=False)
    overwrite_what_was()


def _known(slug: str) -> Festival:
    festival = db.session.scalar(select(Festival).where(Festival.slug == slug))
    if festival is None:
        raise click.ClickException(f"There is no festival {slug}.")
    return festival


def _erase(festival: Festival, early: bool) -> None:
    if early and now() >= festival.ends:
        question = f"Erase the residents' data of {festival.slug} ({festival.name}) now? This cannot be undone."
        db.session.commit()  # nobody else waits while somebody thinks
        click.confirm(question, abort=True, err=True)
    click.echo(f"Erasing {festival.slug} …", err=True)
    result = erase(festival, early=early, actor=ACTOR)
    db.session.commit()
    if result.outcome in (ErasureOutcome.NOT_OVER, ErasureOutcome.NOT_DUE):
        raise click.ClickException(_refusal(festival, result))
    words = "had been erased before" if result.outcome is ErasureOutcome.ERASED_BEFORE else "are erased"
    click.echo(f"{festival.slug}: the data of {result.people} people {words}.")


def _refusal(festival: Festival, result: ErasureResult) -> str:
    if result.outcome is ErasureOutcome.NOT_OVER:
        return f"{festival.slug} is not over: it ends on {festival.last_day:%d/%m/%Y}. Nothing was erased."
    return (
        f"The data of {festival.slug} are kept up to {festival.erase_after:%d/%m/%Y}. Nothing was erased. "
        "--now erases them before."
    )
