"""Phones that were paired before, checkpoints that a phone had, bookings that were made at the door"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_checkpoints",
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("checkpoint_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["checkpoints.id"],
            name=op.f("fk_former_checkpoints_checkpoint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_former_checkpoints_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", "checkpoint_id", name=op.f("pk_former_checkpoints")),
    )
    op.create_table(
        "door_bookings",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waited", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_door_bookings_booking_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_door_bookings")),
    )
    with op.batch_alter_table("door_bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_door_bookings_scan_id"), ["scan_id"], unique=False)

    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_devices_replaces_id"), "devices", ["replaces_id"], ["id"])

    with op.batch_alter_table("pairing_codes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_pairing_codes_replaces_id"), "devices", ["replaces_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    with op.batch_alter_table("pairing_codes", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_pairing_codes_replaces_id"), type_="foreignkey")
        batch_op.drop_column("replaces_id")

    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_devices_replaces_id"), type_="foreignkey")
        batch_op.drop_column("replaces_id")

    op.drop_table("door_bookings")
    op.drop_table("former_checkpoints")
