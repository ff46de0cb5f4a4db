"""What queries in chat need: which past signal a chat was shown last, and wider indices."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LIVE = sa.text("state = 'live'")
_LISTED = ["dated_at", "id", "relation", "column_id", "score", "story_id", "state"]


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
    _index(_LISTED, ["source_id", "seen_at", "signal_id"])


def downgrade() -> None:
    _index(["dated_at", "id"], ["source_id", "seen_at"])
    op.drop_table("look_backs")


def _index(listed: list[str], carried: list[str]) -> None:
    """Make the indices of live signals and of sources' signals anew, of these columns."""
    op.drop_index("ix_signals_live", "signals")
    op.create_index(
        "ix_signals_live", "signals", listed, sqlite_where=_LIVE, postgresql_where=_LIVE
    )
    op.drop_index("ix_signal_sources_source_id", "signal_sources")
    op.create_index("ix_signal_sources_source_id", "signal_sources", carried)
