"""Commands for organizations and staff."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from festival.accounts.audit import record
from festival.accounts.models import Organization, StaffRole, User
from festival.accounts.staff import give_role, make_password, make_user, set_password
from festival.core.text import tidy
from festival.extensions import db


def add_commands(group: AppGroup) -> None:
    """`festival staff …`"""
    group.add_command(staff)


@click.group(help="Accounts of those who organize.")
def staff() -> None:
    """The group of the commands below."""


@staff.command("add")
@click.argument("email")
@click.option("--organization", required=True, help="Name of the organization; made if it is new.")
@click.option("--role", type=click.Choice([role.value for role in StaffRole]), default="organizer", show_default=True)
@click.option("--name", default="")
def add(email: str, organization: str, role: str, name: str) -> None:
    """Make an account, or give an existing one another role; prints the password of a new one."""
    wanted = tidy(organization)
    home = db.session.scalar(select(Organization).where(Organization.name == wanted))
    if home is None:
        home = Organization(name=wanted)
        db.session.add(home)
        db.session.flush()
    address = email.strip().lower()
    known = db.session.scalar(select(User).where(User.email == address))
    password = make_password()
    user = known or make_user(address, tidy(name), password)
    give_role(user, home, StaffRole(role))
    record("staff.added", address, after={"organization": wanted, "role": role})
    db.session.commit()
    click.echo(f"{address} is {role} of {wanted}." + ("" if known else f" Password: {password}"))


@staff.command("password")
@click.argument("email")
def password(email: str) -> None:
    """Give an account a new password, print it, and end its sessions."""
    user = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise click.ClickException(f"There is no account {email}.")
    new = make_password()
    set_password(user, new)
    record("staff.password_reset", user.email)
    db.session.commit()
    click.echo(f"New password of {user.email}: {new}")
