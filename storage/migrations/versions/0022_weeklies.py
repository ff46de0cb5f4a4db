"""Weekly reports that editors look at before they go out."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json, UtcTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weeklies",
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("report", Json),
        sa.Column("edits", Json, nullable=False),
        sa.Column("intro", Json, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
        sa.Column("falls_at", UtcTime),
        sa.Column("published_at", UtcTime),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_weeklies")),
    )
    op.create_table(
        "weekly_policy",
        sa.Column("id", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("review", sa.Boolean, nullable=False),
        sa.Column("lead_hours", sa.SmallInteger, nullable=False),
        sa.Column("fall_hours", sa.SmallInteger, nullable=False),
        sa.Column("changed_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_policy")),
    )


def downgrade() -> None:
    op.drop_table("weekly_policy")
    op.drop_table("weeklies")
