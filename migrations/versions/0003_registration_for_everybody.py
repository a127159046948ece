"""Registration for everybody: waiting lists, helpers, messages by two ways, what people ask about their data"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BOOKING_RULES = {
    "offer_has_a_deadline": "(state = 'offered') = (offered_until IS NOT NULL)",
    "waits_since": "state NOT IN ('waitlisted', 'offered') OR queued_at IS NOT NULL",
}
_STATES = ("queued", "sent", "failed")


def _states(*names: str) -> str:
    return "state IN ({})".format(", ".join(f"'{name}'" for name in names))


def upgrade() -> None:
    op.create_table(
        "gateway_keys",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_gateway_keys")),
    )
    op.create_table(
        "group_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("goes_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["festival_id"], ["festivals.id"], name=op.f("fk_group_messages_festival_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["users.id"], name=op.f("fk_group_messages_written_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_messages")),
    )
    with op.batch_alter_table("group_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_messages_festival_id"), ["festival_id"], unique=False)

    op.create_table(
        "helper_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("group", "classes", name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("group_name", sa.String(length=120), nullable=False),
        sa.Column("helper_name", sa.String(length=120), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_helper_links_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["festival_id"], ["festivals.id"], name=op.f("fk_helper_links_festival_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_links")),
        sa.UniqueConstraint("public_id", name=op.f("uq_helper_links_public_id")),
    )
    with op.batch_alter_table("helper_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_helper_links_festival_id"), ["festival_id"], unique=False)

    op.create_table(
        "subject_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("festival_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "see",
                "correct",
                "restrict",
                "delete",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("handled_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["festival_id"], ["festivals.id"], name=op.f("fk_subject_requests_festival_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["handled_by"], ["users.id"], name=op.f("fk_subject_requests_handled_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_subject_requests_registration_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_requests")),
    )
    with op.batch_alter_table("subject_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subject_requests_festival_id_done_at"), ["festival_id", "done_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_subject_requests_registration_id"), ["registration_id"], unique=False)

    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE bookings SET queued_at = created_at WHERE state IN ('waitlisted', 'offered')")
    op.execute("UPDATE bookings SET offered_until = CURRENT_TIMESTAMP WHERE state = 'offered'")
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        for name, rule in _BOOKING_RULES.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_bookings_{name}"), rule)
        batch_op.create_index(
            batch_op.f("ix_bookings_session_id_state_queued_at"), ["session_id", "state", "queued_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_bookings_state_offered_until"), ["state", "offered_until"], unique=False)

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_messages_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_messages_state"), _states(*_STATES, "bounced", "withdrawn"))
        batch_op.add_column(sa.Column("group_message_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("kind", sa.String(length=40), server_default="notice", nullable=False))
        batch_op.add_column(
            sa.Column(
                "channel",
                sa.Enum("email", "sms", name="channel", native_enum=False, create_constraint=True, length=32),
                server_default="email",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("language", sa.String(length=2), server_default="vi", nullable=False))
        batch_op.add_column(sa.Column("html", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("calendar", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reason", sa.String(length=300), server_default="", nullable=False))
        batch_op.create_index(
            batch_op.f("ix_messages_festival_id_created_at"), ["festival_id", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_messages_group_message_id"), ["group_message_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_messages_group_message_id"),
            "group_messages",
            ["group_message_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("helper_link_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("recorded_by", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("group_name", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("origin", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_registrations_festival_id_origin"), ["festival_id", "origin"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_registrations_helper_link_id"), ["helper_link_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_registrations_helper_link_id"),
            "helper_links",
            ["helper_link_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_registrations_helper_link_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_registrations_helper_link_id"))
        batch_op.drop_index(batch_op.f("ix_registrations_festival_id_origin"))
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("origin")
        batch_op.drop_column("group_name")
        batch_op.drop_column("recorded_by")
        batch_op.drop_column("helper_link_id")

    op.execute("DELETE FROM messages WHERE channel = 'sms'")  # the older version would send them as mail
    op.execute("UPDATE messages SET state = 'failed' WHERE state IN ('bounced', 'withdrawn')")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_messages_channel"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_messages_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_messages_state"), _states(*_STATES))
        batch_op.drop_constraint(batch_op.f("fk_messages_group_message_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_messages_group_message_id"))
        batch_op.drop_index(batch_op.f("ix_messages_festival_id_created_at"))
        batch_op.drop_column("reason")
        batch_op.drop_column("calendar")
        batch_op.drop_column("html")
        batch_op.drop_column("language")
        batch_op.drop_column("channel")
        batch_op.drop_column("kind")
        batch_op.drop_column("group_message_id")

    with op.batch_alter_table("bookings", schema=None) as batch_op:
        for name in _BOOKING_RULES:
            batch_op.drop_constraint(batch_op.f(f"ck_bookings_{name}"), type_="check")
        batch_op.drop_index(batch_op.f("ix_bookings_state_offered_until"))
        batch_op.drop_index(batch_op.f("ix_bookings_session_id_state_queued_at"))
        batch_op.drop_column("offered_until")
        batch_op.drop_column("queued_at")

    with op.batch_alter_table("subject_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subject_requests_registration_id"))
        batch_op.drop_index(batch_op.f("ix_subject_requests_festival_id_done_at"))

    op.drop_table("subject_requests")
    with op.batch_alter_table("helper_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_helper_links_festival_id"))

    op.drop_table("helper_links")
    with op.batch_alter_table("group_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_messages_festival_id"))

    op.drop_table("group_messages")
    op.drop_table("gateway_keys")
