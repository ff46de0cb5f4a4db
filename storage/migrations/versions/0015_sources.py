"""Kinds of sources and their own settings; what editors try, bring along and are told."""

import sqlalchemy as sa
from alembic import op

import storage.column_types as types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ADDED = ("recipe", "headers_id", "poll_ceiling_s", "translate")
_TABLES = (
    "source_notices",
    "source_news",
    "source_import_rows",
    "source_imports",
    "source_drafts",
    "source_headers",
)


def upgrade() -> None:
    op.add_column(
        "sources", sa.Column("recipe", types.Json(), nullable=False, server_default="{}")
    )
    op.add_column("sources", sa.Column("headers_id", types.Id, nullable=True))
    op.add_column("sources", sa.Column("poll_ceiling_s", sa.Integer(), nullable=True))
    op.add_column(
        "sources", sa.Column("translate", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "source_polls", sa.Column("history", types.Json(), nullable=False, server_default="[]")
    )
    op.create_table(
        "source_headers",
        _id(),
        sa.Column("source_id", types.Id, nullable=False),
        sa.Column("pairs", types.Json(), nullable=False),
        _of_source("source_headers", "source_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_headers")),
        sqlite_autoincrement=True,
    )
    _create_drafts()
    _create_imports()
    _create_news()


def _create_drafts() -> None:
    op.create_table(
        "source_drafts",
        _id(),
        *_where(),
        sa.Column("words", types.CleanText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("replaces_id", types.Id, nullable=True),
        sa.Column("asked", types.Json(), nullable=False),
        sa.Column("trial", types.Json(), nullable=False),
        sa.Column("edits", types.Json(), nullable=False),
        sa.Column("source_id", types.Id, nullable=True),
        sa.Column("ended_by", types.CleanText(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("claimable_at", types.UtcTime(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        _of_source("source_drafts", "replaces_id"),
        _of_source("source_drafts", "source_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_drafts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_source_drafts_created_at", "source_drafts", ["created_at"])
    trying = sa.text("state = 'trying'")
    op.create_index(
        "ix_source_drafts_trying",
        "source_drafts",
        ["claimable_at"],
        sqlite_where=trying,
        postgresql_where=trying,
    )


def _create_imports() -> None:
    op.create_table(
        "source_imports",
        _id(),
        *_where(),
        sa.Column("actor", types.CleanText(), nullable=False),
        sa.Column("name", types.CleanText(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("created_at", types.UtcTime(), nullable=False),
        sa.Column("begun_at", types.UtcTime(), nullable=True),
        sa.Column("ended_at", types.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_imports")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_source_imports_state", "source_imports", ["state"])
    op.create_table(
        "source_import_rows",
        sa.Column("import_id", types.Id, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("address", types.CleanText(), nullable=False),
        sa.Column("title", types.CleanText(), nullable=False),
        sa.Column("column_id", types.CleanText(), nullable=False),
        sa.Column("lang", types.CleanText(), nullable=False),
        sa.Column("spec", types.Json(), nullable=False),
        sa.Column("reason", types.CleanText(), nullable=False),
        sa.Column("source_id", types.Id, nullable=True),
        sa.Column("claimable_at", types.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["source_imports.id"], name=op.f("fk_source_import_rows_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "place", name=op.f("pk_source_import_rows")),
    )
    op.create_index(
        "ix_source_import_rows_state", "source_import_rows", ["import_id", "state", "place"]
    )


def _create_news() -> None:
    op.create_table(
        "source_news",
        _id(),
        sa.Column("source_id", types.Id, nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("reason", types.CleanText(), nullable=False),
        sa.Column("since", types.UtcTime(), nullable=True),
        sa.Column("at", types.UtcTime(), nullable=False),
        sa.Column("gathered", sa.Boolean(), nullable=False, server_default=sa.false()),
        _of_source("source_news", "source_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_news")),
        sqlite_autoincrement=True,
    )
    untold = sa.text("NOT gathered")
    op.create_index(
        "ix_source_news_untold",
        "source_news",
        ["source_id"],
        sqlite_where=untold,
        postgresql_where=untold,
    )
    op.create_table(
        "source_notices",
        _id(),
        *_where(message=False),
        sa.Column("news", types.Json(), nullable=False),
        sa.Column("not_before", types.UtcTime(), nullable=False),
        sa.Column("made_at", types.UtcTime(), nullable=False),
        sa.Column("sent_at", types.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_notices")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_source_notices_sent_at", "source_notices", ["sent_at", "not_before"])


def _id() -> sa.Column[int]:
    return sa.Column("id", types.Id, sa.Identity(), nullable=False)


def _where(*, message: bool = True) -> list[sa.Column[int] | sa.Column[str]]:
    """The chat that something is talked about in."""
    columns: list[sa.Column[int] | sa.Column[str]] = [
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
    ]
    if message:
        columns.append(sa.Column("message_id", sa.BigInteger(), nullable=True))
    columns.append(sa.Column("lang", sa.String(length=16), nullable=False))
    return columns


def _of_source(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["sources.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("source_polls", "history")
    for name in _ADDED:
        op.drop_column("sources", name)
