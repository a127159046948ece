"""Organizations, the people who work for them, what they may do, and what they did."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Model

if TYPE_CHECKING:
    _User = object
    _Role = object
else:
    _User = UserMixin
    _Role = RoleMixin


class StaffRole(enum.Enum):
    """What a member of staff is in an organization (design page, "The people")."""

    OWNER = "owner"
    ORGANIZER = "organizer"
    ISSUER = "issuer"
    DOOR_MANAGER = "door_manager"
    OBSERVER = "observer"


class OrganizationKind(enum.Enum):
    """Where an organization stands: a city above its wards, and below a ward those who help it."""

    CITY = "city"
    WARD = "ward"
    SCHOOL = "school"
    ASSOCIATION = "association"
    ENTERPRISE = "enterprise"


class Organization(Model):
    """Who runs festivals: a ward, a city, a school. A tree, so that a city sees the festivals below it."""

    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[OrganizationKind] = mapped_column(
        choice_of(OrganizationKind, "kind"), default=OrganizationKind.WARD, server_default=OrganizationKind.WARD.value
    )
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("wards.code"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))


class Role(Model, _Role):
    """Needed by flask-security; what staff may do is decided by `Membership` and the policy table."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class User(Model, _User):
    """A member of staff who signs in. Residents have no account."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_active_at: Mapped[datetime | None] = mapped_column(Moment)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_phone_number: Mapped[str | None] = mapped_column(String(32))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(JSON))

    memberships: Mapped[list[Membership]] = relationship(back_populates="user", cascade="all, delete-orphan")

    @property
    def roles(self) -> list[Role]:
        """flask-security asks for these; our roles are memberships."""
        return []


class Membership(Model):
    """One user's role in one organization: in all its festivals, or in one of them."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "organization_id", "role", "festival_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    role: Mapped[StaffRole] = mapped_column(choice_of(StaffRole, "role"))
    festival_id: Mapped[int | None] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"), index=True)

    user: Mapped[User] = relationship(back_populates="memberships")
    organization: Mapped[Organization] = relationship()


class Invitation(Model):
    """A link by which somebody joins the staff, once. Only a digest of its secret is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    festival_id: Mapped[int | None] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"), index=True)
    role: Mapped[StaffRole] = mapped_column(choice_of(StaffRole, "role"))
    email: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(120), default="")
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    organization: Mapped[Organization] = relationship()


class AuditEntry(Model):
    """One change by staff: who, what, before, after. Rows are only ever added."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("action <> ''", name="action_named"),
        Index(None, "festival_id", "action", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    festival_id: Mapped[int | None] = mapped_column(ForeignKey("festivals.id", ondelete="SET NULL"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
