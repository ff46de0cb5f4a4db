"""What queries in chat need: which past signal a chat was shown last."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look_backs",
        sa.Column("subscriber_id", Id, autoincrement=False, nullable=False),
        sa.Column("signal_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_look_backs_subscriber_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_look_backs_signal_id")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name=op.f("pk_look_backs")),
    )


def downgrade() -> None:
    op.drop_table("look_backs")
