"""What readers were shown again of the past, and how often they wish to be."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "looked_back",
        sa.Column("subscriber_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("shown_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_looked_back_subscriber_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_looked_back_signal_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "signal_id", name=op.f("pk_looked_back")),
    )
    op.create_index("ix_looked_back_signal_id", "looked_back", ["signal_id"])
    op.add_column(
        "subscriptions",
        sa.Column("look_back", sa.String(16), nullable=False, server_default="off"),
    )
    op.add_column("subscriptions", sa.Column("next_look_back_at", types.UtcTime(), nullable=True))
    op.create_index("ix_subscriptions_next_look_back_at", "subscriptions", ["next_look_back_at"])
    only = sa.text("series_at IS NOT NULL")
    op.create_index(
        "ix_stories_series_closed",
        "stories",
        ["closed_at"],
        sqlite_where=only,
        postgresql_where=only,
    )


def downgrade() -> None:
    op.drop_index("ix_stories_series_closed", "stories")
    op.drop_index("ix_subscriptions_next_look_back_at", "subscriptions")
    with op.batch_alter_table("subscriptions") as batch:
        batch.drop_column("next_look_back_at")
        batch.drop_column("look_back")
    op.drop_table("looked_back")
