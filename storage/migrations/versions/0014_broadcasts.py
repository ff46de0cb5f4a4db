"""Announcements to many readers."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import CleanText, Id, Json, UtcTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Who held pushes before it was noted who had unsubscribed is taken to have unsubscribed.
_STOPPED = """
UPDATE subscriptions SET stopped = paused
WHERE subscriber_id IN (SELECT id FROM subscribers WHERE considered_until IS NOT NULL)
"""


def upgrade() -> None:
    op.add_column("subscribers", sa.Column("used_at", UtcTime))
    op.add_column(
        "subscriptions",
        sa.Column("stopped", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(_STOPPED)
    announced = sa.text("urgency = 2")
    op.create_index(
        "ix_deliveries_announced",
        "deliveries",
        ["digest_id", "state", "not_before", "id"],
        sqlite_where=announced,
        postgresql_where=announced,
    )
    op.create_table(
        "broadcasts",
        sa.Column("id", Id, sa.Identity(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("announcement", Json, nullable=False),
        sa.Column("audience", Json, nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("digest_id", Id),
        sa.Column("gathered_to", Id, nullable=False),
        sa.Column("gather_to", Id, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", UtcTime),
        sa.Column("finished_at", UtcTime),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("correction", sa.String(16)),
        sa.Column("correcting", sa.Boolean(), nullable=False),
        sa.Column("text_before", CleanText, nullable=False),
        sa.Column("corrected_to", Id, nullable=False),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("not_corrected", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["digests.id"], name=op.f("fk_broadcasts_digest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sqlite_autoincrement=True,
    )
    at_work = sa.text("reported IS false")
    op.create_index(
        "ix_broadcasts_at_work",
        "broadcasts",
        ["id"],
        sqlite_where=at_work,
        postgresql_where=at_work,
    )


def downgrade() -> None:
    op.drop_table("broadcasts")
    op.drop_index("ix_deliveries_announced", "deliveries")
    op.drop_column("subscriptions", "stopped")
    op.drop_column("subscribers", "used_at")
