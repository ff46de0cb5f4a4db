"""Feedback, reports, a private bot's guests, and what a person asked to have erased."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weights",
        sa.Column("subscriber_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target", types.CleanText(), nullable=False),
        sa.Column("steps", sa.SmallInteger(), nullable=False),
        sa.Column("changed_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name=op.f("fk_weights_subscriber_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "kind", "target", name=op.f("pk_weights")),
    )
    op.add_column("digests", sa.Column("wishes", types.Json()))
    op.add_column("deliveries", sa.Column("because", types.Json()))
    _reports()
    _private_bot()


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("signal_id", types.Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("words", types.CleanText(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("changed_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_reports_signal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "signal_id", "kind", "user_id", name=op.f("uq_reports_signal_id_kind_user_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reports_user_id", "reports", ["user_id", "created_at"])
    op.create_index("ix_reports_changed_at", "reports", ["changed_at"])
    op.create_table(
        "report_notices",
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("admin_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("told_up_to", types.UtcTime()),
        sa.Column("not_before", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_report_notices_signal_id")
        ),
        sa.PrimaryKeyConstraint("signal_id", "kind", "admin_id", name=op.f("pk_report_notices")),
    )


def _private_bot() -> None:
    op.create_table(
        "invites",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("expires_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_invites")),
    )
    op.create_table(
        "guests",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("let_in_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_guests")),
    )
    op.create_table(
        "erasures",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("at", types.UtcTime(), nullable=False),
        sa.Column("counts", types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erasures")),
    )


def downgrade() -> None:
    for table in ("erasures", "guests", "invites", "report_notices", "reports", "weights"):
        op.drop_table(table)
    op.drop_column("deliveries", "because")
    op.drop_column("digests", "wishes")
