"""Names that articles taught."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learned_names",
        sa.Column("spelling", types.CleanText(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("pair", types.CleanText(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("paired", sa.Integer(), nullable=False),
        sa.Column("source_id", types.Id, nullable=False),
        sa.Column("pair_source_id", types.Id, nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("pair_sources", sa.Integer(), nullable=False),
        sa.Column("seen_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("spelling", name=op.f("pk_learned_names")),
    )
    op.create_index("ix_learned_names_seen_at", "learned_names", ["seen_at"])


def downgrade() -> None:
    op.drop_table("learned_names")
