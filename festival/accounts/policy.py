"""Who may call what: one table, one row an endpoint. `festival/gate.py` asks it before every request.

An endpoint without a row answers nobody; a test walks the URL map and fails on it. The rows stand in `policy_public.py`
and `policy_staff.py`, what they can say in `policy_rules.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from festival.accounts.models import Membership, Organization, StaffRole, User
from festival.accounts.policy_public import PUBLIC
from festival.accounts.policy_rules import ORGANIZER, READER, Caller, Rule
from festival.accounts.policy_staff import STAFF
from festival.extensions import db

__all__ = [
    "ORGANIZER",
    "POLICY",
    "READER",
    "Caller",
    "Rule",
    "ancestors",
    "below",
    "may_somewhere",
    "organizations_of",
    "roles_in",
    "single_festivals_of",
]

POLICY: dict[str, Rule] = {**PUBLIC, **STAFF}


def roles_in(user: User, organization_id: int, festival_id: int | None) -> frozenset[StaffRole]:
    """The roles of `user` in a festival of that organization; with None, those that count in all of its festivals.

    A role given for one festival counts in no other. An observer of an organization observes all those below it too.
    """
    memberships = [one for one in _memberships(user) if one.festival_id in (None, festival_id)]
    roles = {one.role for one in memberships if one.organization_id == organization_id}
    observed = _observed(memberships)
    if observed and StaffRole.OBSERVER not in roles and observed & ancestors(organization_id):
        roles.add(StaffRole.OBSERVER)
    return frozenset(roles)


def _memberships(user: User) -> Sequence[Membership]:
    return db.session.scalars(select(Membership).where(Membership.user_id == user.id)).all()


def _observed(memberships: Sequence[Membership]) -> set[int]:
    return {one.organization_id for one in memberships if one.role is StaffRole.OBSERVER and one.festival_id is None}


def ancestors(organization_id: int) -> set[int]:
    """The ids of all organizations above this one."""
    tree = (
        select(Organization.id, Organization.parent_id)
        .where(Organization.id == organization_id)
        .cte("tree", recursive=True)
    )
    tree = tree.union(select(Organization.id, Organization.parent_id).join(tree, Organization.id == tree.c.parent_id))
    return set(db.session.scalars(select(tree.c.id))) - {organization_id}


def below(organization_ids: Collection[int]) -> set[int]:
    """The ids of these organizations and of all below them."""
    tree = select(Organization.id).where(Organization.id.in_(organization_ids)).cte("below", recursive=True)
    tree = tree.union(select(Organization.id).join(tree, Organization.parent_id == tree.c.id))
    return set(db.session.scalars(select(tree.c.id)))


def organizations_of(user: User, rule: Rule = READER) -> set[int]:
    """The ids of the organizations in which the user has one of the rule's roles, those below observed ones too.

    A role in one festival only is none in its organization.
    """
    memberships = [one for one in _memberships(user) if one.festival_id is None]
    own = {one.organization_id for one in memberships if one.role in rule.roles}
    observed = _observed(memberships)
    return own | below(observed) if observed and StaffRole.OBSERVER in rule.roles else own


def single_festivals_of(user: User) -> set[int]:
    """The ids of the festivals in which the user has a role that counts in them only."""
    return {one.festival_id for one in _memberships(user) if one.festival_id is not None}


def may_somewhere(user: User, rule: Rule) -> bool:
    """Whether the user may call an endpoint that stands outside of all festivals.

    What every member of staff may do, those may too who have a role in one festival only.
    """
    if organizations_of(user, rule):
        return True
    return rule == READER and bool(single_festivals_of(user))
