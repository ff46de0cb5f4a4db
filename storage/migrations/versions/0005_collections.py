"""Collections: order, rules, sharing, and what was deleted and can come back."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _widen_collections()
    with op.batch_alter_table("saved", **_recreated()) as batch:
        batch.add_column(
            sa.Column("by_rule", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
    _create_rules()
    _create_undos()
    op.create_index(
        "ix_articles_with_text",
        "articles",
        ["created_at"],
        sqlite_where=sa.text("text IS NOT NULL"),
        postgresql_where=sa.text("text IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_articles_with_text", table_name="articles")
    op.drop_table("collection_undo_signals")
    op.drop_table("collection_undos")
    op.drop_table("rule_refusals")
    op.drop_table("collection_rules")
    with op.batch_alter_table("saved", **_recreated()) as batch:
        batch.drop_column("by_rule")
    with op.batch_alter_table("collections", **_recreated(autoincrement=True)) as batch:
        batch.drop_constraint(op.f("uq_collections_share_key"), type_="unique")
        for name in ("share_notes", "share_key", "sort", "position"):
            batch.drop_column(name)


def _recreated(*, autoincrement: bool = False) -> dict[str, Any]:
    """SQLite spells an altered table otherwise than a new one, so there it is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return {}
    arguments = {"sqlite_autoincrement": True} if autoincrement else {}
    return {"recreate": "always", "table_kwargs": arguments}


def _widen_collections() -> None:
    bind = op.get_bind()
    last = None
    if bind.dialect.name == "sqlite":
        # Numbers are never used again, not even those of collections that are gone.
        last = bind.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'collections'"))
    with op.batch_alter_table("collections", **_recreated(autoincrement=True)) as batch:
        batch.add_column(
            sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
        batch.add_column(
            sa.Column("sort", sa.String(16), server_default=sa.text("'saved'"), nullable=False)
        )
        batch.add_column(sa.Column("share_key", sa.String(64)))
        batch.add_column(
            sa.Column("share_notes", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch.create_unique_constraint(op.f("uq_collections_share_key"), ["share_key"])
    # The order in which readers have seen them so far: the default one, then by age.
    op.execute("UPDATE collections SET position = CASE WHEN is_default THEN 0 ELSE id END")
    if last is not None:
        bind.execute(
            sa.text("UPDATE sqlite_sequence SET seq = :last WHERE name = 'collections'"),
            {"last": last},
        )


def _create_rules() -> None:
    op.create_table(
        "collection_rules",
        sa.Column("collection_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("words", types.Json(), nullable=False),
        sa.Column("topics", types.Json(), nullable=False),
        sa.Column("column_id", types.CleanText(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("changed_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collections.id"],
            name=op.f("fk_collection_rules_collection_id"),
        ),
        sa.PrimaryKeyConstraint("collection_id", name=op.f("pk_collection_rules")),
    )
    op.create_table(
        "rule_refusals",
        sa.Column("collection_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("refused_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_rule_refusals_signal_id")
        ),
        sa.PrimaryKeyConstraint("collection_id", "signal_id", name=op.f("pk_rule_refusals")),
    )
    op.create_index("ix_rule_refusals_refused_at", "rule_refusals", ["refused_at"])
    op.create_index("ix_rule_refusals_signal_id", "rule_refusals", ["signal_id"])


def _create_undos() -> None:
    op.create_table(
        "collection_undos",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("subscriber_id", types.Id, nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("title", types.CleanText(), nullable=False),
        sa.Column("data", types.Json(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name=op.f("fk_collection_undos_subscriber_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_undos")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_collection_undos_subscriber_id", "collection_undos", ["subscriber_id", "created_at"]
    )
    op.create_index("ix_collection_undos_created_at", "collection_undos", ["created_at"])
    op.create_table(
        "collection_undo_signals",
        sa.Column("undo_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("collection_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("note", types.CleanText(), nullable=False),
        sa.Column("saved_at", types.UtcTime()),
        sa.Column("by_rule", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_collection_undo_signals_signal_id")
        ),
        sa.ForeignKeyConstraint(
            ["undo_id"],
            ["collection_undos.id"],
            name=op.f("fk_collection_undo_signals_undo_id"),
        ),
        sa.PrimaryKeyConstraint(
            "undo_id", "collection_id", "signal_id", name=op.f("pk_collection_undo_signals")
        ),
    )
    op.create_index(
        "ix_collection_undo_signals_signal_id", "collection_undo_signals", ["signal_id"]
    )
