"""Who works in which organization, and ending that. The caller commits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, and_, delete, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager

from festival.accounts.audit import record
from festival.accounts.models import Invitation, Membership, Organization, StaffRole, User
from festival.accounts.policy import below, organizations_of
from festival.accounts.policy_rules import OWNER
from festival.core.text import fold
from festival.extensions import db
from festival.programme.models import Festival


@dataclass(frozen=True)
class Row:
    """A role (or an invitation to one), and the name of the festival if it counts in one only."""

    of: Membership | Invitation
    festival_name: str | None


def owned_by(user: User) -> set[int]:
    """The ids of the organizations whose people the user manages: those owned, and all below them."""
    own = organizations_of(user, OWNER)
    return below(own) if own else set()


def memberships_in(organization_ids: Collection[int], words: str = "") -> Select[Membership]:
    """The roles in these organizations, by organization and name; `words` in a person's name or address."""
    query = (
        select(Membership)
        .join(Membership.user)
        .join(Membership.organization)
        .where(Membership.organization_id.in_(organization_ids))
        .options(contains_eager(Membership.user), contains_eager(Membership.organization))
        .order_by(Organization.name, Organization.id, User.name, User.id, Membership.id)
    )
    if words := fold(words[:100]):
        people = db.session.execute(
            select(User.id, User.name, User.email).where(
                User.id.in_(select(Membership.user_id).where(Membership.organization_id.in_(organization_ids)))
            )
        )
        query = query.where(User.id.in_([one.id for one in people if words in fold(f"{one.name} {one.email}")]))
    return query


def invitations_in(organization_ids: Collection[int]) -> Select[Invitation]:
    """The invitations that nobody has used or withdrawn, the newest first."""
    return (
        select(Invitation)
        .join(Invitation.organization)
        .where(
            Invitation.organization_id.in_(organization_ids),
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .options(contains_eager(Invitation.organization))
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
    )


def with_festivals(rows: Collection[Membership] | Collection[Invitation]) -> list[Row]:
    """The rows with the names of their festivals, looked up together."""
    ids = {one.festival_id for one in rows} - {None}
    found = db.session.execute(select(Festival.id, Festival.name).where(Festival.id.in_(ids)))
    names = {one.id: one.name for one in found}
    return [Row(one, names.get(one.festival_id) if one.festival_id else None) for one in rows]


def end_role(membership: Membership) -> bool:
    """Take the role away; False, and nothing changes, when it is the organization's last owner.

    The organization's row is locked first, so that of two owners who end each other's role at once one stays.
    """
    organization = membership.organization
    db.session.execute(select(Organization.id).where(Organization.id == organization.id).with_for_update())
    told = {"organization": organization.name, "role": membership.role.value}
    subject, festival_id = membership.user.email, membership.festival_id
    other, person = aliased(Membership), aliased(User)
    another_owner = exists().where(
        and_(
            other.organization_id == organization.id,
            other.role == StaffRole.OWNER,
            other.user_id != membership.user_id,
            person.id == other.user_id,
            person.active,
        )
    )
    same = (
        Membership.user_id == membership.user_id,
        Membership.organization_id == organization.id,
        Membership.role == membership.role,
        Membership.festival_id.is_(None) if festival_id is None else Membership.festival_id == festival_id,
    )
    ended = db.session.execute(
        delete(Membership)
        .where(*same, or_(Membership.role != StaffRole.OWNER, another_owner))
        .returning(Membership.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not ended:
        return False
    record("role.ended", subject, festival_id=festival_id, before=told)
    return True
