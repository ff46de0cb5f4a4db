"""What each signal adds to what was told before."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Json

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("signals", sa.Column("adds", Json, nullable=True))


def downgrade() -> None:
    op.drop_column("signals", "adds")
