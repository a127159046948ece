"""Messages by two ways: who is sending one, until when it is of use, what a gateway's template needs; sent a minute"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "send_rates",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_send_rates")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recipient_name", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("fields", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("good_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("claimed_by", sa.String(length=120), nullable=True))
        batch_op.create_index(batch_op.f("ix_messages_claimed_by"), ["claimed_by"], unique=False)
    with op.batch_alter_table("group_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("short_text", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("written_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("group_messages", schema=None) as batch_op:
        batch_op.drop_column("written_at")
        batch_op.drop_column("started_at")
        batch_op.drop_column("short_text")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_claimed_by"))
        batch_op.drop_column("claimed_by")
        batch_op.drop_column("good_until")
        batch_op.drop_column("fields")
        batch_op.drop_column("recipient_name")
    op.drop_table("send_rates")
