"""Pages: how much of a text a source lets us show, and who may read."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sources",
        sa.Column("full_text", sa.String(length=16), nullable=False, server_default="excerpt"),
    )
    op.add_column(
        "sources",
        sa.Column("access", sa.String(length=16), nullable=False, server_default="public"),
    )
    op.add_column("signals", sa.Column("access", sa.String(length=16), nullable=True))
    # The sample newsroom is ours: its articles were shown whole before there was a setting.
    op.execute("UPDATE sources SET full_text = 'full' WHERE key LIKE 'sample-%'")


def downgrade() -> None:
    op.drop_column("signals", "access")
    op.drop_column("sources", "access")
    op.drop_column("sources", "full_text")
