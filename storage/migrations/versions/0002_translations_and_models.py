"""Translations, what was tried with signals, and the books of model calls."""

import sqlalchemy as sa
from alembic import op

from storage import column_types as types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_translations()
    _create_enrichments()
    _create_sentence_cache()
    _create_model_answers()
    _create_model_calls()


def downgrade() -> None:
    op.drop_table("model_calls")
    op.drop_table("model_answers")
    op.drop_table("sentence_cache")
    op.drop_table("enrichments")
    op.drop_table("translations")


def _create_translations() -> None:
    op.create_table(
        "translations",
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("lang", sa.String(length=16), nullable=False),
        sa.Column("engine", types.CleanText(), nullable=False),
        sa.Column("sentences", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_translations_signal_id")
        ),
        sa.PrimaryKeyConstraint("signal_id", "lang", name=op.f("pk_translations")),
    )


def _create_enrichments() -> None:
    op.create_table(
        "enrichments",
        sa.Column("signal_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("task", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", types.UtcTime(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signal_id"], ["signals.id"], name=op.f("fk_enrichments_signal_id")
        ),
        sa.PrimaryKeyConstraint("signal_id", "task", name=op.f("pk_enrichments")),
    )


def _create_sentence_cache() -> None:
    op.create_table(
        "sentence_cache",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("text", types.CleanText(), nullable=False),
        sa.Column("engine", types.CleanText(), nullable=False),
        sa.Column("made_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sentence_cache")),
    )
    op.create_index("ix_sentence_cache_made_at", "sentence_cache", ["made_at"])


def _create_model_answers() -> None:
    op.create_table(
        "model_answers",
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", types.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_model_answers")),
    )
    op.create_index("ix_model_answers_kept_at", "model_answers", ["kept_at"])


def _create_model_calls() -> None:
    op.create_table(
        "model_calls",
        sa.Column("id", types.Id, sa.Identity(), nullable=False),
        sa.Column("at", types.UtcTime(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("model", types.CleanText(), nullable=False),
        sa.Column("prompt", types.CleanText(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("ms", sa.Integer(), nullable=False),
        sa.Column("outcome", types.CleanText(), nullable=False),
        sa.Column("signal_id", types.Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_calls")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_calls_at", "model_calls", ["at"])
    op.create_index("ix_model_calls_signal_id", "model_calls", ["signal_id"])
