"""Kinds of sources and their own settings."""

import sqlalchemy as sa
from alembic import op

import storage.column_types as types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ADDED = ("recipe", "headers", "poll_ceiling_s", "translate")


def upgrade() -> None:
    for name, empty in (("recipe", "{}"), ("headers", "[]")):
        op.add_column(
            "sources", sa.Column(name, types.Json(), nullable=False, server_default=empty)
        )
    op.add_column("sources", sa.Column("poll_ceiling_s", sa.Integer(), nullable=True))
    op.add_column(
        "sources", sa.Column("translate", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    for name in _ADDED:
        op.drop_column("sources", name)
