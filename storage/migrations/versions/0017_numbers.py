"""What the numbers of the publication are counted from."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import CleanText

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daily_counts",
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("label", CleanText, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", "day", "label", name=op.f("pk_daily_counts")),
    )
    op.create_index("ix_saved_saved_at", "saved", ["saved_at"])


def downgrade() -> None:
    op.drop_index("ix_saved_saved_at", "saved")
    op.drop_table("daily_counts")
