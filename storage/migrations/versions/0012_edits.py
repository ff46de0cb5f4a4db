"""Editing, pins, schedules, and amending what was sent."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stories", sa.Column("merged_into", types.Id, nullable=True))
    op.add_column("digests", sa.Column("look", types.Json(), nullable=True))
    op.add_column("digest_parts", sa.Column("blocks", types.Json(), nullable=True))
    op.add_column("digest_parts", sa.Column("frozen", types.Json(), nullable=True))
    op.add_column(
        "digest_parts", sa.Column("version", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "digest_signals",
        sa.Column("taken_out", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _create_mentions()
    _create_edits()
    _create_changes()
    _create_amended()


def _create_mentions() -> None:
    op.create_table(
        "digest_mentions",
        sa.Column("digest_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_digest_mentions_signal_id")
        ),
        sa.ForeignKeyConstraint(
            ["digest_id", "part"],
            ["digest_parts.digest_id", "digest_parts.part"],
            name=op.f("fk_digest_mentions_digest_id_part"),
        ),
        sa.PrimaryKeyConstraint("digest_id", "part", "signal_id", name=op.f("pk_digest_mentions")),
    )
    op.create_index("ix_digest_mentions_signal_id", "digest_mentions", ["signal_id"])


def _create_edits() -> None:
    op.create_table(
        "edits",
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("original", types.Json(), nullable=False),
        sa.Column("fields", types.Json(), nullable=False),
        sa.Column("note", types.CleanText(), nullable=False),
        sa.Column("edited_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_edits_signal_id")),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_edits")),
    )
    op.create_table(
        "pins",
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("until", types.UtcTime(), nullable=False),
        sa.Column("pinned_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_pins_signal_id")),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_pins")),
    )
    op.create_table(
        "rewrites",
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("brief", types.Json(), nullable=True),
        sa.Column("basis", types.Json(), nullable=False),
        sa.Column("asked_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signals.id"], name=op.f("fk_rewrites_signal_id")),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_rewrites")),
    )


def _create_changes() -> None:
    op.create_table(
        "signal_changes",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("signal_id", types.Id, nullable=False),
        sa.Column("audit_id", types.Id, nullable=True),
        sa.Column("before", types.Json(), nullable=False),
        sa.Column("at", types.UtcTime(), nullable=False),
        sa.Column("spread_at", types.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_signal_changes_signal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signal_changes_signal_id", "signal_changes", ["signal_id", "at"])
    unspread = sa.text("spread_at IS NULL")
    op.create_index(
        "ix_signal_changes_unspread",
        "signal_changes",
        ["id"],
        sqlite_where=unspread,
        postgresql_where=unspread,
    )


def _create_amended() -> None:
    op.create_table(
        "amendments",
        sa.Column("digest_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", types.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest_id", "part"],
            ["digest_parts.digest_id", "digest_parts.part"],
            name=op.f("fk_amendments_digest_id_part"),
        ),
        sa.PrimaryKeyConstraint("digest_id", "part", name=op.f("pk_amendments")),
    )
    op.create_table(
        "amended",
        sa.Column("delivery_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("change_id", types.Id, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", types.UtcTime(), nullable=False),
        sa.Column("error", types.CleanText(), nullable=False),
        sa.Column("settled_at", types.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_amended_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["signal_changes.id"], name=op.f("fk_amended_change_id")
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_amended")),
    )
    op.create_index("ix_amended_change_id", "amended", ["change_id", "state"])
    waiting = sa.text("state IN ('pending', 'sending')")
    op.create_index(
        "ix_amended_open",
        "amended",
        ["not_before"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "amendment_notices",
        sa.Column("change_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("told", types.CleanText(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", "chat_id", name=op.f("pk_amendment_notices")),
    )


def downgrade() -> None:
    for table in (
        "amendment_notices",
        "amended",
        "amendments",
        "signal_changes",
        "rewrites",
        "pins",
        "edits",
        "digest_mentions",
    ):
        op.drop_table(table)
    with op.batch_alter_table("digest_signals") as batch:
        batch.drop_column("taken_out")
    with op.batch_alter_table("digest_parts") as batch:
        for name in ("version", "frozen", "blocks"):
            batch.drop_column(name)
    with op.batch_alter_table("stories") as batch:
        batch.drop_column("merged_into")
    with op.batch_alter_table("digests") as batch:
        batch.drop_column("look")
