"""Columns and topics that editors change, and suggestions that they refused."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SHELVES = ("columns", "topics")


def upgrade() -> None:
    for table in _SHELVES:
        op.add_column(
            table,
            sa.Column("state", sa.String(length=16), nullable=False, server_default="active"),
        )
        op.add_column(
            table, sa.Column("edited", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        op.add_column(table, sa.Column("merged_into", sa.String(length=64), nullable=True))
        op.add_column(table, sa.Column("cues", types.Json(), nullable=False, server_default="[]"))
    op.add_column(
        "columns", sa.Column("aliases", types.Json(), nullable=False, server_default="[]")
    )
    op.add_column(
        "topics", sa.Column("column_id", types.CleanText(), nullable=False, server_default="")
    )
    op.add_column(
        "topics", sa.Column("position", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "refused_topics",
        sa.Column("phrase", types.CleanText(), nullable=False),
        sa.Column("refused_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("phrase", name=op.f("pk_refused_topics")),
    )
    hidden = sa.text("state <> 'live' AND state <> 'private'")
    op.create_index(
        "ix_signals_hidden",
        "signals",
        ["dated_at", "id"],
        sqlite_where=hidden,
        postgresql_where=hidden,
    )


def downgrade() -> None:
    op.drop_index("ix_signals_hidden", "signals")
    op.drop_table("refused_topics")
    op.drop_column("topics", "position")
    op.drop_column("topics", "column_id")
    op.drop_column("columns", "aliases")
    for table in _SHELVES:
        for name in ("cues", "merged_into", "edited", "state"):
            op.drop_column(table, name)
