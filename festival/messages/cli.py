"""The commands `festival bounce`, `festival bounce-mailbox` and `festival zalo-keys`."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from festival.extensions import db
from festival.messages.bounces import MAX_BYTES, read_bounce
from festival.messages.mailbox import BounceMailbox
from festival.messages.sms.zalo_keys import put_in


def add_commands(group: AppGroup) -> None:
    """`festival bounce`, `festival bounce-mailbox`, `festival zalo-keys`"""
    group.add_command(bounce)
    group.add_command(bounce_mailbox)
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


@click.command("bounce-mailbox")
def bounce_mailbox() -> None:
    """Read the mailbox of FESTIVAL_BOUNCES_HOST now, as the worker does every five minutes, and say what came of it."""
    settings = current_app.extensions["settings"].bounces
    if not settings.host:
        raise click.ClickException("FESTIVAL_BOUNCES_HOST is not set.")
    done = BounceMailbox(settings).read()
    click.echo(f"{done.reports} reports about our mail, {done.marked} messages marked")
    if done.trouble:
        raise click.ClickException(done.trouble)


@click.command("zalo-keys")
def zalo_keys() -> None:
    """Put in a refresh token of the Zalo account, as Zalo gives it when the account is linked. Asked for, not shown."""
    token = click.prompt("Refresh token", hide_input=True, type=str).strip()
    if not token:
        raise click.ClickException("Nothing was put in.")
    put_in(token)
    db.session.commit()
    click.echo("The token is stored, encrypted. The worker renews it by itself from now on.")
