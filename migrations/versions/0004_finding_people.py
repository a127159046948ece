"""Finding people among a million: by the end of the phone, by name and year of birth, by name in /manage"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone_end", sa.String(length=4), server_default="", nullable=False))
    ending = "CASE WHEN length(phone) > 4 THEN substr(phone, length(phone) - 3) ELSE phone END"
    op.execute(f"UPDATE registrations SET phone_end = {ending}")  # noqa: S608
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registrations_festival_id_phone_end"), ["festival_id", "phone_end"], unique=False
        )

    with op.batch_alter_table("attendees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendees_festival_id_folded_name"))
        batch_op.create_index(
            batch_op.f("ix_attendees_festival_id_folded_name_registration_id"),
            ["festival_id", "folded_name", "registration_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_attendees_festival_id_birth_year_name_key"),
            ["festival_id", "birth_year", "name_key"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("attendees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendees_festival_id_birth_year_name_key"))
        batch_op.drop_index(batch_op.f("ix_attendees_festival_id_folded_name_registration_id"))
        batch_op.create_index(
            batch_op.f("ix_attendees_festival_id_folded_name"), ["festival_id", "folded_name"], unique=False
        )

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registrations_festival_id_phone_end"))
        batch_op.drop_column("phone_end")
