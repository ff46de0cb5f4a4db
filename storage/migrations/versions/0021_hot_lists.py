"""Ranks on hot lists over time."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import CleanText, Id, UtcTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sources", sa.Column("hot", sa.String(length=16), nullable=False, server_default="no")
    )
    op.create_table(
        "hot_items",
        sa.Column("id", Id, sa.Identity(), nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", CleanText, nullable=False),
        sa.Column("url", CleanText, nullable=False),
        sa.Column("rank", sa.SmallInteger),
        sa.Column("best", sa.SmallInteger, nullable=False),
        sa.Column("first_seen_at", UtcTime, nullable=False),
        sa.Column("last_seen_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_hot_items_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hot_items")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_hot_items_source_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hot_items_last_seen_at", "hot_items", ["last_seen_at"])
    op.create_table(
        "hot_ranks",
        sa.Column("item_id", Id, autoincrement=False, nullable=False),
        sa.Column("hour", UtcTime, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["hot_items.id"], name=op.f("fk_hot_ranks_item_id")),
        sa.PrimaryKeyConstraint("item_id", "hour", name=op.f("pk_hot_ranks")),
    )
    op.create_index("ix_hot_ranks_hour", "hot_ranks", ["hour"])


def downgrade() -> None:
    op.drop_table("hot_ranks")
    op.drop_table("hot_items")
    op.drop_column("sources", "hot")
