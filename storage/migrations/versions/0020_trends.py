"""What trends are counted from, and who is told when one begins."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_alerts()


def downgrade() -> None:
    _drop_alerts()


def _add_alerts() -> None:
    """Whoever wants no single signals at once is not interrupted by trends either."""
    op.add_column(
        "subscriptions",
        sa.Column("trend_alerts", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.execute("UPDATE subscriptions SET trend_alerts = instant")
    only = sa.text("trend_alerts AND NOT paused AND (topics <> '[]' OR words <> '[]')")
    op.create_index(
        "ix_subscriptions_trend_alerts",
        "subscriptions",
        ["subscriber_id"],
        sqlite_where=only,
        postgresql_where=only,
    )


def _drop_alerts() -> None:
    op.drop_index("ix_subscriptions_trend_alerts", "subscriptions")
    with op.batch_alter_table("subscriptions") as batch:
        batch.drop_column("trend_alerts")
