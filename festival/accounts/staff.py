"""Members of staff: making an account, giving it a role."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from flask_security.utils import hash_password
from sqlalchemy import Select, or_, select

from festival.accounts.models import Membership, Organization, StaffRole, User
from festival.core.clock import now
from festival.extensions import db, security


def make_password() -> str:
    """A password to be read from a screen and typed: four groups of four, 80 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def _kept(password: str) -> str:
    """As the sign-in page compares it: letters with marks are decomposed first."""
    return str(hash_password(security.password_util.normalize(password)))


def set_password(user: User, password: str) -> None:
    """Replace the user's password (argon2), end all the user's sessions, and open the account if it was idle."""
    user.password = _kept(password)
    user.fs_uniquifier = secrets.token_hex(32)
    user.last_active_at = now()


def make_user(email: str, name: str, password: str) -> User:
    """The account with that address, new or found; a new one gets the password."""
    user = db.session.scalar(select(User).where(User.email == email))
    if user is None:
        user = User(email=email, name=name, active=True, confirmed_at=now(), fs_uniquifier=secrets.token_hex(32))
        user.password = _kept(password)
        db.session.add(user)
        db.session.flush()
    return user


def give_role(user: User, organization: Organization, role: StaffRole, festival_id: int | None = None) -> bool:
    """Let the user be that in the organization, or in one of its festivals; False when it is so already."""
    known = select(Membership.id).where(
        Membership.user_id == user.id,
        Membership.organization_id == organization.id,
        Membership.role == role,
        or_(Membership.festival_id.is_(None), Membership.festival_id == festival_id),
    )
    if db.session.scalar(known.limit(1)) is not None:
        return False
    db.session.add(Membership(user_id=user.id, organization_id=organization.id, role=role, festival_id=festival_id))
    db.session.flush()
    return True


def working_for(organization_id: int, festival_id: int, roles: Collection[StaffRole]) -> Select[int]:
    """The ids of those who have one of the roles in a festival of that organization, for a statement about users."""
    return select(Membership.user_id).where(
        Membership.organization_id == organization_id,
        or_(Membership.festival_id.is_(None), Membership.festival_id == festival_id),
        Membership.role.in_(roles),
    )
