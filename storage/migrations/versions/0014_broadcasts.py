"""Announcements to many readers."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import UtcTime

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


def downgrade() -> None:
    op.drop_column("subscriptions", "stopped")
    op.drop_column("subscribers", "used_at")
