"""Designs of certificates, what they say frozen, files that were handed out, signing keys"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


ENTRANCE = {"need": "all", "of": [{"fact": "entrance"}]}


def _give_designs() -> None:
    """Certificates of earlier releases: one design a festival, for whoever was let in, and what it said then."""
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(
        connection,
        only=["festivals", "organizations", "wards", "certificates", "certificate_designs", "certificate_editions"],
    )
    festivals, organizations, wards = (tables.tables[name] for name in ("festivals", "organizations", "wards"))
    certificates, designs = tables.tables["certificates"], tables.tables["certificate_designs"]
    editions = tables.tables["certificate_editions"]
    above = organizations.alias()
    query = (
        sa.select(festivals, wards.c.name.label("ward_name"), above.c.name.label("superior"))
        .join(organizations, organizations.c.id == festivals.c.organization_id)
        .outerjoin(above, above.c.id == organizations.c.parent_id)
        .outerjoin(wards, wards.c.code == festivals.c.ward_code)
        .where(festivals.c.id.in_(sa.select(certificates.c.festival_id)))
        .order_by(festivals.c.id)
    )
    at = datetime.now(UTC)
    for festival in connection.execute(query).mappings().all():
        design = connection.execute(
            sa.insert(designs)
            .values(
                festival_id=festival["id"], kind="participation", name="Chứng nhận tham gia", look={}, rule=ENTRANCE,
                by_residents=True, created_at=at, changed_at=at,
            )
            .returning(designs.c.id)
        ).scalar_one()  # fmt: skip
        issuer = _written_out(festival["organizer_name"])
        sheet = {
            "issuer": issuer,
            "superior": _written_out(festival["superior"] or ""),
            "place": festival["ward_name"] or "",
            "festival": festival["name"],
            "venue": festival["venue"],
            "first_day": festival["first_day"].isoformat(),
            "last_day": festival["last_day"].isoformat(),
        }
        content = {"look": {}, "kind": "participation", "sheet": sheet}
        digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        edition = connection.execute(
            sa.insert(editions)
            .values(design_id=design, digest=digest, content=content, created_at=at)
            .returning(editions.c.id)
        ).scalar_one()
        connection.execute(
            sa.update(certificates)
            .where(certificates.c.festival_id == festival["id"])
            .values(design_id=design, edition_id=edition)
        )


def _written_out(name: str) -> str:
    return f"Ủy ban nhân dân{name[4:]}" if name.startswith("UBND ") else name


def _keep_what_one_person_had() -> None:
    """An earlier release knows one certificate a person: the first one that was not replaced."""
    op.execute("DELETE FROM certificates WHERE attendee_id IS NULL")
    op.execute("UPDATE certificates SET replaced_by_id = NULL")
    op.execute(
        "DELETE FROM certificates WHERE replaced_at IS NOT NULL OR EXISTS (SELECT 1 FROM certificates AS other"
        " WHERE other.attendee_id = certificates.attendee_id AND other.replaced_at IS NULL"
        " AND other.id < certificates.id)"
    )


def upgrade() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "source",
            sa.Enum("pkcs12", "pkcs11", name="source", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("certificate_der", sa.LargeBinary(), nullable=False),
        sa.Column("self_made", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("timestamp_url", sa.String(length=500), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["users.id"], name=op.f("fk_signing_keys_added_by"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_signing_keys_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signing_keys_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "certificate_lists",
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["festival_id"], ["festivals.id"], name=op.f("fk_certificate_lists_festival_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("festival_id", name=op.f("pk_certificate_lists")),
    )
    op.create_table(
        "certificate_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["festival_id"], ["festivals.id"], name=op.f("fk_certificate_pictures_festival_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_pictures")),
        sa.UniqueConstraint("festival_id", "sha256", name=op.f("uq_certificate_pictures_festival_id_sha256")),
    )
    op.create_table(
        "certificate_designs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "participation",
                "completion",
                "volunteer",
                "host",
                "household",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("look", sa.JSON(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("by_residents", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("signing_key_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'completion') OR (workshop_id IS NULL)", name=op.f("ck_certificate_designs_workshop_of_completion")
        ),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_certificate_designs_festival_id")),
        sa.ForeignKeyConstraint(
            ["signing_key_id"], ["signing_keys.id"], name=op.f("fk_certificate_designs_signing_key_id")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshops.id"], name=op.f("fk_certificate_designs_workshop_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_designs")),
    )
    with op.batch_alter_table("certificate_designs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_designs_festival_id"), ["festival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_designs_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "certificate_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["design_id"], ["certificate_designs.id"], name=op.f("fk_certificate_editions_design_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_editions")),
        sa.UniqueConstraint("design_id", "digest", name=op.f("uq_certificate_editions_design_id_digest")),
    )
    op.create_table(
        "certificate_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("design_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("selection", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_certificate_runs_asked_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["design_id"], ["certificate_designs.id"], name=op.f("fk_certificate_runs_design_id")),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_certificate_runs_festival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_runs")),
    )
    with op.batch_alter_table("certificate_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_runs_festival_id"), ["festival_id"], unique=False)

    op.create_table(
        "certificate_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("wanted_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_corrections_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_corrections")),
    )
    with op.batch_alter_table("certificate_corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_corrections_certificate_id"), ["certificate_id"], unique=False)

    op.create_table(
        "certificate_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("ours", "signed", "external", name="source", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("signing_key_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_certificate_files_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["signing_key_id"], ["signing_keys.id"], name=op.f("fk_certificate_files_signing_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_files")),
        sa.UniqueConstraint("certificate_id", "sha256", name=op.f("uq_certificate_files_certificate_id_sha256")),
    )
    with op.batch_alter_table("certificate_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_files_sha256"), ["sha256"], unique=False)

    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("design_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("edition_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("registration_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("booth_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("details", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("replace_reason", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("replaced_by_id", sa.Integer(), nullable=True))

    _give_designs()

    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.alter_column("details", existing_type=sa.JSON(), server_default=None)
        batch_op.alter_column("design_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("edition_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("attendee_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column(
            "name", existing_type=sa.VARCHAR(length=120), type_=sa.String(length=200), existing_nullable=False
        )
        batch_op.drop_constraint(batch_op.f("uq_certificates_attendee_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_certificates_attendee_id"), ["attendee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_booth_id"), ["booth_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index(
            "uq_certificates_design_id_attendee_id",
            ["design_id", "attendee_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL AND attendee_id IS NOT NULL"),
            postgresql_where=sa.text("replaced_at IS NULL AND attendee_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_certificates_design_id_booth_id",
            ["design_id", "booth_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL AND booth_id IS NOT NULL"),
            postgresql_where=sa.text("replaced_at IS NULL AND booth_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_certificates_design_id_registration_id",
            ["design_id", "registration_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL AND registration_id IS NOT NULL"),
            postgresql_where=sa.text("replaced_at IS NULL AND registration_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_certificates_edition_id"), "certificate_editions", ["edition_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_certificates_booth_id"), "booths", ["booth_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_certificates_replaced_by_id"), "certificates", ["replaced_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_certificates_registration_id"), "registrations", ["registration_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_certificates_design_id"), "certificate_designs", ["design_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_certificates_one_holder"),
            "CASE WHEN attendee_id IS NULL THEN 0 ELSE 1 END + CASE WHEN registration_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN booth_id IS NULL THEN 0 ELSE 1 END = 1",
        )


def downgrade() -> None:
    for table in ("certificate_corrections", "certificate_files"):
        op.drop_table(table)
    _keep_what_one_person_had()
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_certificates_one_holder"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_certificates_design_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_certificates_registration_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_certificates_replaced_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_certificates_booth_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_certificates_edition_id"), type_="foreignkey")
        batch_op.drop_index(
            "uq_certificates_design_id_registration_id",
            sqlite_where=sa.text("replaced_at IS NULL AND registration_id IS NOT NULL"),
            postgresql_where=sa.text("replaced_at IS NULL AND registration_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_certificates_design_id_booth_id",
            sqlite_where=sa.text("replaced_at IS NULL AND booth_id IS NOT NULL"),
            postgresql_where=sa.text("replaced_at IS NULL AND booth_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_certificates_design_id_attendee_id",
            sqlite_where=sa.text("replaced_at IS NULL AND attendee_id IS NOT NULL"),
            postgresql_where=sa.text("replaced_at IS NULL AND attendee_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_certificates_registration_id"))
        batch_op.drop_index(batch_op.f("ix_certificates_edition_id"))
        batch_op.drop_index(batch_op.f("ix_certificates_booth_id"))
        batch_op.drop_index(batch_op.f("ix_certificates_attendee_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_certificates_attendee_id"), ["attendee_id"])
        batch_op.alter_column(
            "name", existing_type=sa.String(length=200), type_=sa.VARCHAR(length=120), existing_nullable=False
        )
        batch_op.alter_column("attendee_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("replaced_by_id")
        batch_op.drop_column("replace_reason")
        batch_op.drop_column("replaced_at")
        batch_op.drop_column("details")
        batch_op.drop_column("booth_id")
        batch_op.drop_column("registration_id")
        batch_op.drop_column("edition_id")
        batch_op.drop_column("design_id")

    op.drop_table("certificate_runs")
    op.drop_table("certificate_editions")
    op.drop_table("certificate_designs")
    op.drop_table("certificate_pictures")
    op.drop_table("certificate_lists")
    op.drop_table("signing_keys")
