"""Publishing policies and what waits for review."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import Id, Json, UtcTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_LIVE = sa.text("state = 'live'")
_HELD = sa.text("state = 'held'")
_TIMES = ("live_at", "held_at", "falls_at", "publish_at")
_HIDDEN = "(SELECT id FROM signals WHERE state <> 'live')"


def upgrade() -> None:
    for name in _TIMES:
        op.add_column("signals", sa.Column(name, UtcTime))
    for name in ("hold", "rejection"):
        op.add_column("signals", sa.Column(name, Json))
    op.execute("UPDATE signals SET live_at = created_at WHERE state = 'live'")
    op.execute("UPDATE signals SET held_at = created_at WHERE state = 'held'")
    op.execute(f"DELETE FROM signal_topics WHERE signal_id IN {_HIDDEN}")  # noqa: S608  constant
    op.create_index(
        "ix_signals_live_at",
        "signals",
        ["live_at", "id"],
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_index(
        "ix_signals_held", "signals", ["held_at"], sqlite_where=_HELD, postgresql_where=_HELD
    )
    op.create_table(
        "policies",
        sa.Column("scope", sa.String(80), nullable=False),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("fall", sa.String(16), nullable=False),
        sa.Column("hours", sa.SmallInteger(), nullable=False),
        sa.Column("fall_score", sa.SmallInteger(), nullable=False),
        sa.Column("changed_at", UtcTime, nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_policies")),
    )
    _create_looks_and_notes()


def _create_looks_and_notes() -> None:
    op.create_table(
        "queue_looks",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signal_id", Id, nullable=False),
        sa.Column("looked_at", UtcTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_queue_looks_signal_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_queue_looks")),
    )
    op.create_index("ix_queue_looks_signal_id", "queue_looks", ["signal_id"])
    op.create_table(
        "queue_notes",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("told_at", UtcTime),
        sa.Column("warned_at", UtcTime),
        sa.PrimaryKeyConstraint("chat_id", "thread_id", name=op.f("pk_queue_notes")),
    )


def downgrade() -> None:
    op.drop_table("queue_notes")
    op.drop_table("queue_looks")
    op.drop_table("policies")
    op.drop_index("ix_signals_held", "signals")
    op.drop_index("ix_signals_live_at", "signals")
    for name in ("rejection", "hold", *reversed(_TIMES)):
        op.drop_column("signals", name)
