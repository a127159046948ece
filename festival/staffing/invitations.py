"""Invitations: made, withdrawn, made anew, used once. The caller commits.

They are not mailed by the outbox: whoever organizes a festival can read its messages there, and would find the link.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from festival.accounts.audit import record
from festival.accounts.models import Invitation, Organization, StaffRole, User
from festival.accounts.staff import give_role, make_user
from festival.core.clock import now
from festival.core.secrets import digest, random_token
from festival.extensions import db
from festival.programme.models import Festival

GOOD_FOR = timedelta(days=7)


class InvitationState(enum.Enum):
    """OPEN: can be used; the others: why not."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class AcceptOutcome(enum.Enum):
    """DONE; CLOSED: used, withdrawn or expired meanwhile; KNOWN: the address has an account, which must sign in."""

    DONE = "done"
    CLOSED = "closed"
    KNOWN = "known"


def state_of(invitation: Invitation, at: datetime) -> InvitationState:
    """What the invitation is good for at that moment."""
    if invitation.used_at is not None:
        return InvitationState.USED
    if invitation.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if at < invitation.expires_at else InvitationState.EXPIRED


def address_of(secret: str) -> str:
    """The link with that secret."""
    return f"{current_app.extensions['settings'].public_url}/invitations/{secret}"


def find_invitation(secret: str) -> Invitation | None:
    """The invitation with that secret, in whatever state."""
    return db.session.scalar(select(Invitation).where(Invitation.token_digest == digest(secret)))


def find_account(email: str) -> User | None:
    """The account with that address, capitals or not."""
    return db.session.scalar(select(User).where(func.lower(User.email) == email.lower()))


def invite(
    organization: Organization, festival: Festival | None, role: StaffRole, email: str, name: str, invited_by: int
) -> tuple[Invitation, str]:
    """A new invitation, and its secret, which is known only now. It is in the audit log."""
    return _add(
        Invitation(
            organization_id=organization.id,
            festival_id=festival.id if festival else None,
            role=role,
            email=email.lower(),
            name=name,
            invited_by_id=invited_by,
        ),
        "invitation.made",
    )


def _add(invitation: Invitation, action: str) -> tuple[Invitation, str]:
    secret = random_token()
    invitation.token_digest = digest(secret)
    invitation.created_at = now()
    invitation.expires_at = invitation.created_at + GOOD_FOR
    db.session.add(invitation)
    db.session.flush()
    _record(action, invitation)
    return invitation, secret


def _record(action: str, invitation: Invitation) -> None:
    told = {
        "organization": invitation.organization.name,
        "role": invitation.role.value,
        "name": invitation.name,
        "expires_at": invitation.expires_at.isoformat(),
    }
    record(action, invitation.email, festival_id=invitation.festival_id, after=told)


def _close(invitation: Invitation, **how: datetime) -> bool:
    """Close an open invitation; False when somebody else has closed it. Decided by one statement."""
    statement = update(Invitation).where(
        Invitation.id == invitation.id, Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    if "used_at" in how:
        statement = statement.where(Invitation.expires_at > how["used_at"])
    closed = db.session.execute(statement.values(**how).returning(Invitation.id)).scalar()
    db.session.refresh(invitation)
    return closed is not None


def withdraw(invitation: Invitation) -> bool:
    """Let the link work no more; False when it was used or withdrawn before."""
    if not _close(invitation, withdrawn_at=now()):
        return False
    _record("invitation.withdrawn", invitation)
    return True


def invite_anew(invitation: Invitation, invited_by: int) -> tuple[Invitation, str] | None:
    """A new link in the place of the old one, which works no more; None when the old one was used or withdrawn."""
    if not _close(invitation, withdrawn_at=now()):
        return None
    return _add(
        Invitation(
            organization_id=invitation.organization_id,
            festival_id=invitation.festival_id,
            role=invitation.role,
            email=invitation.email,
            name=invitation.name,
            invited_by_id=invited_by,
        ),
        "invitation.made_anew",
    )


def accept(invitation: Invitation, user: User) -> AcceptOutcome:
    """Give the invited account its role; of two at once only one does."""
    if not _close(invitation, used_at=now()):
        return AcceptOutcome.CLOSED
    give_role(user, invitation.organization, invitation.role, invitation.festival_id)
    _record("invitation.accepted", invitation)
    return AcceptOutcome.DONE


def accept_as_new(invitation: Invitation, name: str, password: str) -> AcceptOutcome:
    """Make the account and give it its role. An account that is there already is never changed."""
    if find_account(invitation.email) is not None:
        return AcceptOutcome.KNOWN
    try:
        with db.session.begin_nested():
            user = make_user(invitation.email, name, password)
            if (outcome := accept(invitation, user)) is AcceptOutcome.CLOSED:
                raise _Closed
    except IntegrityError:  # the other of two invitations to one address was quicker
        return AcceptOutcome.KNOWN
    except _Closed:
        return AcceptOutcome.CLOSED
    return outcome


class _Closed(Exception):
    """Takes the new account back."""


def is_theirs(invitation: Invitation, user: User) -> bool:
    """Whether the invitation was made to that account's address."""
    return invitation.email == user.email.lower()
