"""The door: kinds of checkpoints, devices that work without a network, undoing, leases, slips, skills"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CHECKPOINT_RULES = {
    "kind": "kind IN ('entrance', 'session', 'booth', 'volunteers', 'custom')",
    "stock_not_overdrawn": "stock_taken >= 0 AND (stock IS NULL OR stock_taken <= stock)",
    "opens_before_within_a_day": "opens_before BETWEEN 0 AND 1440",
    "stamps_needed_plausible": "stamps_needed BETWEEN 0 AND 1000",
}


def _changed_at() -> sa.Column:
    """Rows that are there already count as changed now: a phone's first roster takes all of them anyway."""
    return sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _note_who_passed() -> None:
    """Scans of before: who was admitted went through; a scan of a pass gets a row for each of its people."""
    bind = op.get_bind()
    bind.execute(sa.text("UPDATE scans SET passed = true, raw_scanned_at = scanned_at WHERE verdict = 'admitted'"))
    scans = sa.Table("scans", sa.MetaData(), autoload_with=bind)
    admissions = sa.Table("admissions", sa.MetaData(), autoload_with=bind)
    of_several = (
        sa.select(scans, admissions.c.attendee_id.label("person"))
        .join(admissions, admissions.c.scan_id == scans.c.id)
        .where(scans.c.attendee_id.is_(None))
    )
    for row in bind.execute(of_several).mappings().all():
        values = {column.name: row[column.name] for column in scans.c}
        whole = values["id"] if isinstance(values["id"], uuid.UUID) else uuid.UUID(str(values["id"]))
        part = uuid.uuid5(whole, str(row["person"]))
        kept = part if isinstance(values["id"], uuid.UUID) else part.hex
        new = {"id": kept, "part_of": values["id"], "attendee_id": row["person"], "passed": True}
        bind.execute(scans.insert().values({**values, **new}))
    bind.execute(sa.text("UPDATE scans SET passed = false WHERE attendee_id IS NULL"))


def _forget_new_kinds() -> None:
    """Checkpoints of kinds that the older version does not know, with what happened there."""
    there = "(SELECT id FROM checkpoints WHERE kind IN ('volunteers', 'custom'))"
    for table in ("admissions", "scans", "device_checkpoints", "pairing_code_checkpoints"):
        op.execute(f"DELETE FROM {table} WHERE checkpoint_id IN {there}")  # noqa: S608
    op.execute("DELETE FROM checkpoints WHERE kind IN ('volunteers', 'custom')")
    for table in ("admissions", "scans"):
        op.execute(f"DELETE FROM {table} WHERE device_id IS NULL")  # noqa: S608


def upgrade() -> None:
    op.create_table(
        "capacity_warnings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_capacity_warnings_festival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_warnings")),
        sa.UniqueConstraint("festival_id", "day", "percent", name=op.f("uq_capacity_warnings_festival_id_day_percent")),
    )
    op.create_table(
        "slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("short_code", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_slips_device_id")),
        sa.ForeignKeyConstraint(["festival_id"], ["festivals.id"], name=op.f("fk_slips_festival_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_slips_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slips")),
        sa.UniqueConstraint("festival_id", "short_code", name=op.f("uq_slips_festival_id_short_code")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_slips_ticket_id")),
    )
    with op.batch_alter_table("slips", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slips_device_id"), ["device_id"], unique=False)

    op.create_table(
        "leases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used BETWEEN 0 AND granted", name=op.f("ck_leases_used_within_granted")),
        sa.ForeignKeyConstraint(["checkpoint_id"], ["checkpoints.id"], name=op.f("fk_leases_checkpoint_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_leases_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leases")),
        sa.UniqueConstraint("device_id", "checkpoint_id", name=op.f("uq_leases_device_id_checkpoint_id")),
    )
    with op.batch_alter_table("leases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leases_checkpoint_id"), ["checkpoint_id"], unique=False)

    op.create_table(
        "shown_skills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(length=120), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendees.id"], name=op.f("fk_shown_skills_attendee_id")),
        sa.ForeignKeyConstraint(["checkpoint_id"], ["checkpoints.id"], name=op.f("fk_shown_skills_checkpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_skills")),
        sa.UniqueConstraint(
            "attendee_id", "checkpoint_id", "skill", name=op.f("uq_shown_skills_attendee_id_checkpoint_id_skill")
        ),
    )
    with op.batch_alter_table("admissions", schema=None) as batch_op:
        batch_op.add_column(_changed_at())
        batch_op.alter_column("device_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.drop_index(batch_op.f("ix_admissions_checkpoint_id_admitted_at"))
        batch_op.create_index(
            batch_op.f("ix_admissions_checkpoint_id_changed_at"), ["checkpoint_id", "changed_at"], unique=False
        )

    with op.batch_alter_table("attendees", schema=None) as batch_op:
        batch_op.add_column(_changed_at())
        batch_op.create_index(
            batch_op.f("ix_attendees_festival_id_changed_at"), ["festival_id", "changed_at"], unique=False
        )

    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(_changed_at())
        batch_op.create_index(
            batch_op.f("ix_bookings_session_id_changed_at"), ["session_id", "changed_at"], unique=False
        )

    with op.batch_alter_table("booths", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skills", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("checkpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opens", sa.Time(), nullable=True))
        batch_op.add_column(sa.Column("closes", sa.Time(), nullable=True))
        batch_op.add_column(sa.Column("opens_before", sa.Integer(), server_default="30", nullable=False))
        batch_op.add_column(sa.Column("re_entry", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("walk_ins", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("per_household", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("stock", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("stock_taken", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("stamps_needed", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_column("opens_at")
        batch_op.drop_column("closes_at")
        batch_op.drop_constraint(batch_op.f("ck_checkpoints_kind"), type_="check")
        for name, rule in _CHECKPOINT_RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_checkpoints_{name}"), rule)

    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "mode",
                sa.Enum("staff", "kiosk", "screen", name="mode", native_enum=False, create_constraint=True, length=32),
                server_default="staff",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("waiting", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("pairing_codes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "mode",
                sa.Enum("staff", "kiosk", "screen", name="mode", native_enum=False, create_constraint=True, length=32),
                server_default="staff",
                nullable=False,
            )
        )

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("walk_in", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(_changed_at())
        batch_op.create_index(
            batch_op.f("ix_registrations_festival_id_changed_at"), ["festival_id", "changed_at"], unique=False
        )

    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "source",
                sa.Enum(
                    "device", "visitor", "paper", name="source", native_enum=False, create_constraint=True, length=32
                ),
                server_default="device",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("entered_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("part_of", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("raw_scanned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("passed", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("skill", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("undone_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("undo_reason", sa.String(length=200), nullable=True))
        batch_op.alter_column("device_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.drop_index(batch_op.f("ix_scans_attendee_id"))
        batch_op.drop_index(batch_op.f("ix_scans_ticket_id"))
        batch_op.create_index(
            batch_op.f("ix_scans_attendee_id_checkpoint_id"), ["attendee_id", "checkpoint_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_scans_part_of"), ["part_of"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_scans_undone_by"), "users", ["undone_by"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_scans_entered_by"), "users", ["entered_by"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(_changed_at())
        batch_op.create_index(
            batch_op.f("ix_tickets_festival_id_changed_at"), ["festival_id", "changed_at"], unique=False
        )

    _note_who_passed()


def downgrade() -> None:
    op.execute("DELETE FROM scans WHERE part_of IS NOT NULL")
    op.drop_table("shown_skills")
    op.drop_table("leases")
    op.drop_table("slips")
    op.drop_table("capacity_warnings")
    _forget_new_kinds()
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tickets_festival_id_changed_at"))
        batch_op.drop_column("changed_at")

    with op.batch_alter_table("scans", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_scans_source"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_scans_entered_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_scans_undone_by"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_scans_part_of"))
        batch_op.drop_index(batch_op.f("ix_scans_attendee_id_checkpoint_id"))
        batch_op.create_index(batch_op.f("ix_scans_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scans_attendee_id"), ["attendee_id"], unique=False)
        batch_op.alter_column("device_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("undo_reason")
        batch_op.drop_column("undone_by")
        batch_op.drop_column("undone_at")
        batch_op.drop_column("skill")
        batch_op.drop_column("passed")
        batch_op.drop_column("clock_offset_ms")
        batch_op.drop_column("raw_scanned_at")
        batch_op.drop_column("part_of")
        batch_op.drop_column("entered_by")
        batch_op.drop_column("source")

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registrations_festival_id_changed_at"))
        batch_op.drop_column("changed_at")
        batch_op.drop_column("walk_in")

    with op.batch_alter_table("pairing_codes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_pairing_codes_mode"), type_="check")
        batch_op.drop_column("mode")

    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_devices_mode"), type_="check")
        batch_op.drop_column("clock_offset_ms")
        batch_op.drop_column("waiting")
        batch_op.drop_column("mode")

    with op.batch_alter_table("checkpoints", schema=None) as batch_op:
        for name in _CHECKPOINT_RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_checkpoints_{name}"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_checkpoints_kind"), "kind IN ('entrance', 'session', 'booth')")
        batch_op.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_column("stamps_needed")
        batch_op.drop_column("stock_taken")
        batch_op.drop_column("stock")
        batch_op.drop_column("per_household")
        batch_op.drop_column("walk_ins")
        batch_op.drop_column("re_entry")
        batch_op.drop_column("opens_before")
        batch_op.drop_column("closes")
        batch_op.drop_column("opens")

    with op.batch_alter_table("booths", schema=None) as batch_op:
        batch_op.drop_column("skills")

    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bookings_session_id_changed_at"))
        batch_op.drop_column("changed_at")

    with op.batch_alter_table("attendees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendees_festival_id_changed_at"))
        batch_op.drop_column("changed_at")

    with op.batch_alter_table("admissions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_admissions_checkpoint_id_changed_at"))
        batch_op.create_index(
            batch_op.f("ix_admissions_checkpoint_id_admitted_at"), ["checkpoint_id", "admitted_at"], unique=False
        )
        batch_op.alter_column("device_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("changed_at")
