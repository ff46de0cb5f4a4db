"""Sources, their polls, and those that editors try."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    literal_column,
    true,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

sources = Table(
    "sources",
    metadata,
    row_id(),
    Column("key", CleanText, nullable=False),
    Column("url", CleanText, nullable=False),
    Column("host", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("column_id", CleanText, nullable=False),
    Column("lang", CleanText, nullable=False),
    Column("weight", Float, nullable=False),
    Column("site_url", CleanText, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("poll_floor_s", Integer),
    Column("state", String(16), nullable=False),
    Column("origin", CleanText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("full_text", String(16), nullable=False, server_default="excerpt"),
    Column("access", String(16), nullable=False, server_default="public"),
    Column("recipe", Json, nullable=False, server_default="{}"),
    Column("headers_id", Id),  # the newest of its source_headers, NULL for none
    Column("poll_ceiling_s", Integer),
    Column("translate", Boolean, nullable=False, server_default=true()),
    Column("hot", String(16), nullable=False, server_default="no"),
    UniqueConstraint("key"),
    UniqueConstraint("url"),
    sqlite_autoincrement=True,
)

# Headers that go out with polls, in rows that never change: what the audit notes of a change is
# a number, and no secret.
source_headers = Table(
    "source_headers",
    metadata,
    row_id(),
    Column("source_id", Id, ForeignKey("sources.id"), nullable=False),
    Column("pairs", Json, nullable=False),
    sqlite_autoincrement=True,
)

source_polls = Table(
    "source_polls",
    metadata,
    Column("source_id", Id, ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    Column("validator_url", CleanText),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("body_hash", CleanText),
    Column("next_poll_at", UtcTime),
    Column("last_poll_at", UtcTime),
    Column("last_ok_at", UtcTime),
    Column("last_unconditional_at", UtcTime),
    Column("interval_s", Integer, nullable=False),
    Column("hint_s", Integer, nullable=False),
    Column("gaps_s", Json, nullable=False),
    Column("newest_entry_at", UtcTime),
    Column("errors", Integer, nullable=False),
    Column("failing_since", UtcTime),
    Column("error_code", CleanText),
    Column("error_text", CleanText),
    Column("told_at", UtcTime),
    Column("moved_to", CleanText),
    Column("moved_seen", Integer, nullable=False),
    Column("moved_since", UtcTime),
    Column("ttl_s", Integer, nullable=False),
    Column("skip_hours", Json, nullable=False),
    Column("skip_days", Json, nullable=False),
    Column("history", Json, nullable=False, server_default="[]"),  # the last polls
    Index("ix_source_polls_next_poll_at", "next_poll_at"),
)

host_blocks = Table(
    "host_blocks",
    metadata,
    Column("host", CleanText, primary_key=True),
    Column("until", UtcTime, nullable=False),
    Column("reason", CleanText, nullable=False),
)

# What an editor wants as a source: being tried, shown with what it holds, saved or given up.
source_drafts = Table(
    "source_drafts",
    metadata,
    row_id(),
    Column("chat_id", BigInteger, nullable=False),  # where it is talked about
    Column("thread_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),  # ours that shows it
    Column("lang", String(16), nullable=False),
    Column("words", CleanText, nullable=False),
    Column("state", String(16), nullable=False),
    Column("replaces_id", Id, ForeignKey("sources.id")),  # whose address it shall become
    Column("asked", Json, nullable=False),  # a spec to try instead of the words
    Column("trial", Json, nullable=False),
    Column("edits", Json, nullable=False),
    Column("source_id", Id, ForeignKey("sources.id")),
    Column("ended_by", CleanText, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("claimable_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_source_drafts_created_at", "created_at"),
    sqlite_autoincrement=True,
)
TRYING = source_drafts.c.state == literal_column("'trying'")
Index(
    "ix_source_drafts_trying",
    source_drafts.c.claimable_at,
    sqlite_where=TRYING,
    postgresql_where=TRYING,
)
