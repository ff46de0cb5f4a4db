"""Entries as sources published them, and the articles behind them."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    literal_column,
)

from storage.column_types import CleanText, Id, UtcTime
from storage.schema.metadata import metadata, row_id

entries = Table(
    "entries",
    metadata,
    row_id(),
    Column("source_id", Id, ForeignKey("sources.id"), nullable=False),
    Column("key", CleanText, nullable=False),
    Column("url", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("body", LargeBinary),  # zlib; dropped when the entry is finished
    Column("lang", CleanText, nullable=False),
    Column("published_at", UtcTime),
    Column("utc_offset_min", Integer),
    Column("content_hash", CleanText, nullable=False),
    Column("state", String(16), nullable=False),
    Column("detail", CleanText, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("dated_at", UtcTime, nullable=False),  # published, else first seen: the reading order
    Column("claimable_at", UtcTime, nullable=False),  # end of a lease, or of the wait for a retry
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("signal_id", Id, ForeignKey("signals.id")),
    UniqueConstraint("source_id", "key"),
    sqlite_autoincrement=True,
)
# Conditions of partial indices, for queries too: planners recognise them only word for word,
# not with parameters in the place of 'new'.
WAITING = entries.c.state.in_([literal_column("'new'"), literal_column("'backlog'")])
Index(
    "ix_entries_waiting",
    entries.c.state,
    entries.c.dated_at,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
Index("ix_entries_signal_id", entries.c.signal_id)

articles = Table(
    "articles",
    metadata,
    row_id(),
    Column("url_key", String(64), nullable=False),  # SHA-256 of the canonical URL, of any length
    Column("fingerprint", CleanText),  # of the text; NULL when it is too short to tell
    Column("url", CleanText, nullable=False),
    Column("canonical_url", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("lang", CleanText, nullable=False),
    Column("author", CleanText, nullable=False),
    Column("site", CleanText, nullable=False),
    Column("published_at", UtcTime),
    Column("utc_offset_min", Integer),
    Column("origin", String(16), nullable=False),
    Column("note", CleanText, nullable=False),
    Column("image_url", CleanText, nullable=False),
    Column("text", LargeBinary),  # zlib of the paragraphs as JSON; NULL once retention took it
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("url_key"),
    UniqueConstraint("fingerprint"),
    sqlite_autoincrement=True,
)

HAS_TEXT = articles.c.text.is_not(None)
Index(
    "ix_articles_with_text",
    articles.c.created_at,
    sqlite_where=HAS_TEXT,
    postgresql_where=HAS_TEXT,
)
