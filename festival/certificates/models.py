"""Certificates: what a festival gives for what (designs), what was issued, and the files that were handed out.

What a certificate says is frozen when it is issued: its own part in its row, what it shares with others in an edition.
"""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from festival.accounts.models import Organization
from festival.core.clock import now
from festival.core.columns import Moment, choice_of
from festival.extensions import Model
from festival.programme.models import Booth, Festival, Workshop
from festival.registration.models import Attendee, Registration


class CertificateKind(enum.Enum):
    """What is certified. HOUSEHOLD goes to a registration, HOST to a booth, all others to one attendee."""

    PARTICIPATION = "participation"
    COMPLETION = "completion"
    VOLUNTEER = "volunteer"
    HOST = "host"
    HOUSEHOLD = "household"


class Design(Model):
    """What a festival gives, for what, and how it looks: a festival has several.

    `look` is the stored form of `look.Look` (paper, border, colours, texts, signers), `rule` that of `rules.Rule`.
    With `by_residents` whoever has earned it takes it from the own page at once. With a signing key nothing goes out
    unsigned. A design that certificates were issued by is put away (`archived_at`), not deleted.
    """

    __tablename__ = "certificate_designs"
    __table_args__ = (CheckConstraint("(kind = 'completion') OR (workshop_id IS NULL)", name="workshop_of_completion"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), index=True)
    kind: Mapped[CertificateKind] = mapped_column(choice_of(CertificateKind, "kind"))
    name: Mapped[str] = mapped_column(String(120))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshops.id", ondelete="SET NULL"), index=True)
    look: Mapped[dict[str, Any]] = mapped_column(JSON)
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    by_residents: Mapped[bool] = mapped_column(default=True, server_default=true())
    signing_key_id: Mapped[int | None] = mapped_column(ForeignKey("signing_keys.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now, onupdate=now)
    archived_at: Mapped[datetime | None] = mapped_column(Moment)

    festival: Mapped[Festival] = relationship()
    workshop: Mapped[Workshop | None] = relationship()
    signing_key: Mapped[SigningKey | None] = relationship()


class Picture(Model):
    """A logo or background that an organizer has uploaded, drawn anew from its pixels: never the bytes as sent."""

    __tablename__ = "certificate_pictures"
    __table_args__ = (UniqueConstraint("festival_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    sha256: Mapped[str] = mapped_column(String(64))
    png: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime] = mapped_column(Moment, default=now)


class Edition(Model):
    """What all certificates that were issued by one design in one state have in common, frozen: look and texts."""

    __tablename__ = "certificate_editions"
    __table_args__ = (UniqueConstraint("design_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("certificate_designs.id"))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    design: Mapped[Design] = relationship()


def _one_standing(holder: str) -> Index:
    """At most one certificate of a design for this holder that was not replaced."""
    where = text(f"replaced_at IS NULL AND {holder} IS NOT NULL")
    name = f"uq_certificates_design_id_{holder}"
    return Index(name, "design_id", holder, unique=True, sqlite_where=where, postgresql_where=where)


class Certificate(Model):
    """A certificate of one festival: serial number without gaps, code that nobody guesses.

    It belongs to an attendee, a registration (a household) or a booth, by its design's kind. `details` are further
    words of its own: sessions, hours, skills. One that was replaced stays, with when, why and by which.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("festival_id", "number"),
        CheckConstraint(
            "CASE WHEN attendee_id IS NULL THEN 0 ELSE 1 END + CASE WHEN registration_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN booth_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_holder",
        ),
        _one_standing("attendee_id"),
        _one_standing("registration_id"),
        _one_standing("booth_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"))
    design_id: Mapped[int] = mapped_column(ForeignKey("certificate_designs.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("certificate_editions.id"), index=True)
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendees.id"), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"), index=True)
    booth_id: Mapped[int | None] = mapped_column(ForeignKey("booths.id"), index=True)
    number: Mapped[int] = mapped_column()
    serial: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    issued_at: Mapped[datetime] = mapped_column(Moment, default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoke_reason: Mapped[str | None] = mapped_column(String(300))
    replaced_at: Mapped[datetime | None] = mapped_column(Moment)
    replace_reason: Mapped[str | None] = mapped_column(String(300))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"))

    festival: Mapped[Festival] = relationship()
    design: Mapped[Design] = relationship()
    edition: Mapped[Edition] = relationship()
    attendee: Mapped[Attendee | None] = relationship()
    registration: Mapped[Registration | None] = relationship()
    booth: Mapped[Booth | None] = relationship()
    replaced_by: Mapped[Certificate | None] = relationship(remote_side=[id])


class FileSource(enum.Enum):
    """Where a certificate's file comes from: ours without a signature, ours signed here, or signed elsewhere."""

    OURS = "ours"
    SIGNED = "signed"
    EXTERNAL = "external"


class CertificateFile(Model):
    """A file of a certificate that was handed out, known by its digest for as long as the certificate is.

    `content` is kept where it cannot be made again (signatures), and goes when personal data is erased. `signing_key`
    is the one it was signed with here.
    """

    __tablename__ = "certificate_files"
    __table_args__ = (UniqueConstraint("certificate_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"))
    source: Mapped[FileSource] = mapped_column(choice_of(FileSource, "source"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    signing_key_id: Mapped[int | None] = mapped_column(ForeignKey("signing_keys.id"))
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)

    certificate: Mapped[Certificate] = relationship()
    signing_key: Mapped[SigningKey | None] = relationship()


class Correction(Model):
    """A resident's wish to have the name on a certificate corrected; an issuer approves or refuses it."""

    __tablename__ = "certificate_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificates.id"), index=True)
    wanted_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    approved: Mapped[bool | None] = mapped_column()
    answer: Mapped[str | None] = mapped_column(String(300))

    certificate: Mapped[Certificate] = relationship()


class RunState(enum.Enum):
    """Where an issuing run stands. FAILED says why in `problem`; it can be started again and goes on."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class IssueRun(Model):
    """Issuing by one design to many, as a job of the worker: to all who qualify, or to `selection` (holders' ids)."""

    __tablename__ = "certificate_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id"), index=True)
    design_id: Mapped[int] = mapped_column(ForeignKey("certificate_designs.id"))
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    selection: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    state: Mapped[RunState] = mapped_column(choice_of(RunState, "state"), default=RunState.WAITING)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    beat_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    design: Mapped[Design] = relationship()


class KeySource(enum.Enum):
    """Where an organization's signing key is: in a PKCS#12 file that we keep sealed, or in a PKCS#11 token."""

    PKCS12 = "pkcs12"
    PKCS11 = "pkcs11"


class SigningKey(Model):
    """A key that an organization signs certificates with. `sealed` is encrypted: the file and its password, or the
    token's address and PIN. It never leaves; only issuers use it."""

    __tablename__ = "signing_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    source: Mapped[KeySource] = mapped_column(choice_of(KeySource, "source"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    certificate_der: Mapped[bytes] = mapped_column(LargeBinary)
    self_made: Mapped[bool] = mapped_column(default=False, server_default=false())
    timestamp_url: Mapped[str] = mapped_column(String(500), default="")
    not_before: Mapped[datetime] = mapped_column(Moment)
    not_after: Mapped[datetime] = mapped_column(Moment)
    added_at: Mapped[datetime] = mapped_column(Moment, default=now)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    retired_at: Mapped[datetime | None] = mapped_column(Moment)

    organization: Mapped[Organization] = relationship()


class PublishedList(Model):
    """That a festival's list of file digests is public, so that papers can be checked after personal data is erased."""

    __tablename__ = "certificate_lists"

    festival_id: Mapped[int] = mapped_column(ForeignKey("festivals.id", ondelete="CASCADE"), primary_key=True)
    published_at: Mapped[datetime] = mapped_column(Moment, default=now)
