"""Requests about data may be put off once; what the organizer writes into the register of processing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subject_requests", sa.Column("put_off_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subject_requests", sa.Column("put_off_why", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "processing_registers",
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("controller", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("protection_officer", sa.Text(), nullable=False),
        sa.Column("added", sa.Text(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["festival_id"], ["festivals.id"], name=op.f("fk_processing_registers_festival_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("festival_id", name=op.f("pk_processing_registers")),
    )


def downgrade() -> None:
    op.drop_table("processing_registers")
    with op.batch_alter_table("subject_requests", schema=None) as batch_op:
        batch_op.drop_column("put_off_why")
        batch_op.drop_column("put_off_at")
