"""How stories open, close and come back."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_COLUMNS = ("lead_id", "series_at", "follows", "closed_at")
_INDICES = {
    "open": ("updated_at", "closed_at IS NULL"),
    "closed": ("closed_at", "closed_at IS NOT NULL"),
    "follows": ("follows", "follows IS NOT NULL"),
    "series": ("series_at", "series_at IS NOT NULL"),
    "created_at": ("created_at", None),
    "merged_into": ("merged_into", None),
}
# Seven days, as each database counts them.
_WEEK = {"sqlite": "604800000000", "postgresql": "interval '7 days'"}
_NEWEST = """
    UPDATE stories SET updated_at = coalesce(
        (SELECT max(dated_at) FROM signals WHERE story_id = stories.id AND state = 'live'),
        updated_at)
"""
_SERIES = """
    UPDATE stories SET series_at = (
        SELECT min(live_at) FROM (
            SELECT live_at, dated_at - lag(dated_at, 2) OVER (ORDER BY dated_at, id) AS span
            FROM signals WHERE story_id = stories.id AND state = 'live') AS told
        WHERE span <= {week})
    WHERE id IN (
        SELECT story_id FROM signals WHERE state = 'live' AND story_id IS NOT NULL
        GROUP BY story_id HAVING count(*) > 2)
"""


def upgrade() -> None:
    for name in _COLUMNS:
        kind = types.UtcTime() if name.endswith("_at") else types.Id
        op.add_column("stories", sa.Column(name, kind, nullable=True))
    op.add_column("signals", sa.Column("camp", types.Id, nullable=True))
    op.create_table(
        "story_splits",
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("story_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_story_splits_signal_id")
        ),
        sa.PrimaryKeyConstraint("signal_id", "story_id", name=op.f("pk_story_splits")),
    )
    op.create_index("ix_story_splits_at", "story_splits", ["at"])
    op.execute(_NEWEST)
    op.execute(_SERIES.format(week=_WEEK[op.get_bind().dialect.name]))
    for name, (column, where) in _INDICES.items():
        only = sa.text(where) if where else None
        op.create_index(
            f"ix_stories_{name}", "stories", [column], sqlite_where=only, postgresql_where=only
        )


def downgrade() -> None:
    for name in _INDICES:
        op.drop_index(f"ix_stories_{name}", "stories")
    op.drop_table("story_splits")
    op.drop_column("signals", "camp")
    for name in _COLUMNS:
        op.drop_column("stories", name)
