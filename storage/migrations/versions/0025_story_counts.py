"""How many tell a story is kept with it, and its signals are found in their order."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_INDICES = {
    "leads": (("live_at", "id"), "state = 'live' AND relation = 'lead' AND story_id IS NOT NULL"),
    "steps": (
        ("dated_at", "id"),
        "state = 'live' AND relation != 'duplicate' AND story_id IS NOT NULL",
    ),
    "told": (
        ("dated_at", "id", "relation", "state"),
        "state = 'live' AND story_id IS NOT NULL",
    ),
}
_SOURCES = """
    INSERT INTO story_sources (story_id, source_id, told, since)
    SELECT s.story_id, c.source_id, count(*), min(s.dated_at)
    FROM signals s JOIN signal_sources c ON c.signal_id = s.id
    WHERE s.state = 'live' AND s.story_id IS NOT NULL
    GROUP BY s.story_id, c.source_id
"""
_COUNTS = """
    UPDATE stories SET
        told = (SELECT count(*) FROM signals
                WHERE story_id = stories.id AND state = 'live'),
        told_by = (SELECT count(*) FROM story_sources WHERE story_id = stories.id)
"""


def upgrade() -> None:
    for name, (columns, where) in _INDICES.items():
        only = sa.text(where)
        op.create_index(
            f"ix_signals_story_{name}",
            "signals",
            ["story_id", *columns],
            sqlite_where=only,
            postgresql_where=only,
        )
    for name in ("told", "told_by"):
        op.add_column("stories", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "story_sources",
        sa.Column("story_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("source_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("since", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"],
            ["stories.id"],
            name=op.f("fk_story_sources_story_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_story_sources_source_id")
        ),
        sa.PrimaryKeyConstraint("story_id", "source_id", name=op.f("pk_story_sources")),
    )
    op.execute(_SOURCES)
    op.execute(_COUNTS)


def downgrade() -> None:
    op.drop_table("story_sources")
    for name in ("told", "told_by"):
        op.drop_column("stories", name)
    for name in _INDICES:
        op.drop_index(f"ix_signals_story_{name}", "signals")
