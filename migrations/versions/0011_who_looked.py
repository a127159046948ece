"""Who looked at whose data is found in the audit log by festival, kind and time"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entries_festival_id"))
        batch_op.create_index(
            batch_op.f("ix_audit_entries_festival_id_action_at"), ["festival_id", "action", "at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entries_festival_id_action_at"))
        batch_op.create_index(batch_op.f("ix_audit_entries_festival_id"), ["festival_id"], unique=False)
