"""What `flask --app wsgi festival …` can do."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

festival_cli = AppGroup("festival", help="Set up and run festivals.")


def init_commands(app: Flask) -> None:
    """Give `app` the group `festival` with the commands of all parts."""
    from festival import demo
    from festival.accounts import cli as accounts
    from festival.messages import cli as messages
    from festival.privacy import cli as privacy
    from festival.programme import cli as programme

    for part in (demo, accounts, messages, programme, privacy):
        part.add_commands(festival_cli)
    app.cli.add_command(festival_cli)


@festival_cli.command("worker")
def worker() -> None:
    """Send messages and do other work in the background until stopped."""
    from festival.queue import run_worker

    click.echo("The worker is running.")
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined]
