"""Who may call what: one table, one row an endpoint. `festival/gate.py` asks it before every request.

An endpoint without a row answers nobody; a test walks the URL map and fails on it. The rows stand in `policy_public.py`
and `policy_staff.py`, what they can say in `policy_rules.py`.
"""

from __future__ import annotations

from sqlalchemy import select

from festival.accounts.models import Membership, Organization, StaffRole, User
from festival.accounts.policy_public import PUBLIC
from festival.accounts.policy_rules import ORGANIZER, READER, Caller, Rule
from festival.accounts.policy_staff import STAFF
from festival.extensions import db

__all__ = ["ORGANIZER", "POLICY", "READER", "Caller", "Rule", "ancestors", "organizations_of", "roles_in"]

POLICY: dict[str, Rule] = {**PUBLIC, **STAFF}


def roles_in(user: User, organization_id: int) -> frozenset[StaffRole]:
    """The roles of `user` in an organization. An observer of an organization observes all those below it too."""
    memberships = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    roles = {m.role for m in memberships if m.organization_id == organization_id}
    observed = {m.organization_id for m in memberships if m.role is StaffRole.OBSERVER}
    if observed and StaffRole.OBSERVER not in roles and observed & ancestors(organization_id):
        roles.add(StaffRole.OBSERVER)
    return frozenset(roles)


def ancestors(organization_id: int) -> set[int]:
    """The ids of all organizations above this one."""
    tree = (
        select(Organization.id, Organization.parent_id)
        .where(Organization.id == organization_id)
        .cte("tree", recursive=True)
    )
    tree = tree.union(select(Organization.id, Organization.parent_id).join(tree, Organization.id == tree.c.parent_id))
    return set(db.session.scalars(select(tree.c.id))) - {organization_id}


def organizations_of(user: User, rule: Rule = READER) -> set[int]:
    """The ids of the organizations in which the user has one of the rule's roles, those below observed ones too."""
    memberships = db.session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    own = {m.organization_id for m in memberships if m.role in rule.roles}
    observed = {m.organization_id for m in memberships if m.role is StaffRole.OBSERVER}
    if StaffRole.OBSERVER not in rule.roles or not observed:
        return own
    tree = select(Organization.id).where(Organization.id.in_(observed)).cte("below", recursive=True)
    tree = tree.union(select(Organization.id).join(tree, Organization.parent_id == tree.c.id))
    return own | set(db.session.scalars(select(tree.c.id)))
