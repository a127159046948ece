"""The commands `festival bounce` and `festival zalo-keys`."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from festival.extensions import db
from festival.messages.bounces import MAX_BYTES, read_bounce
from festival.messages.sms.zalo_keys import put_in


def add_commands(group: AppGroup) -> None:
    """`festival bounce`, `festival zalo-keys`"""
    group.add_command(bounce)
    group.add_command(zalo_keys)


@click.command("bounce")
def bounce() -> None:
    """Read one mail from standard input, and mark the message that it says could not be delivered.

    The mail server pipes to it what comes back to FESTIVAL_MAIL_FROM. Other mail is left alone, with status 0.
    """
    result = read_bounce(sys.stdin.buffer.read(MAX_BYTES))
    db.session.commit()
    number = f" (message {result.message_id})" if result.message_id else ""
    click.echo(f"{result.outcome.value.replace('_', ' ')}{number}")


@click.command("zalo-keys")
def zalo_keys() -> None:
    """Put in a refresh token of the Zalo account, as Zalo gives it when the account is linked. Asked for, not shown."""
    token = click.prompt("Refresh token", hide_input=True, type=str).strip()
    if not token:
        raise click.ClickException("Nothing was put in.")
    put_in(token)
    db.session.commit()
    click.echo("The token is stored, encrypted. The worker renews it by itself from now on.")
