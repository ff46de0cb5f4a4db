"""Sources brought along in lists, news of sources, and hot lists."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

# Lists of sources that were brought along, and what becomes of each place on them.
source_imports = Table(
    "source_imports",
    metadata,
    row_id(),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("lang", String(16), nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("name", CleanText, nullable=False),
    Column("state", String(16), nullable=False),
    Column("repeated", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("begun_at", UtcTime),
    Column("ended_at", UtcTime),
    Index("ix_source_imports_state", "state"),
    sqlite_autoincrement=True,
)

source_import_rows = Table(
    "source_import_rows",
    metadata,
    Column(
        "import_id", Id, ForeignKey("source_imports.id"), primary_key=True, autoincrement=False
    ),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("address", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("column_id", CleanText, nullable=False),
    Column("lang", CleanText, nullable=False),
    Column("spec", Json, nullable=False),  # of a tried one, until it is saved
    Column("reason", CleanText, nullable=False),
    Column("source_id", Id),
    Column("claimable_at", UtcTime, nullable=False),
    Index("ix_source_import_rows_state", "import_id", "state", "place"),
)

# A source fell ill, was given up or is well again: news until the staff has been told.
source_news = Table(
    "source_news",
    metadata,
    row_id(),
    Column("source_id", Id, ForeignKey("sources.id"), nullable=False),
    Column("event", String(16), nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("since", UtcTime),
    Column("at", UtcTime, nullable=False),
    Column("gathered", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)
UNTOLD = source_news.c.gathered == false()
Index(
    "ix_source_news_untold",
    source_news.c.source_id,
    sqlite_where=text("NOT gathered"),
    postgresql_where=text("NOT gathered"),
)

# One message of such news that somebody is owed.
source_notices = Table(
    "source_notices",
    metadata,
    row_id(),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("news", Json, nullable=False),
    Column("not_before", UtcTime, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Index("ix_source_notices_sent_at", "sent_at", "not_before"),
    sqlite_autoincrement=True,
)

# What stands on hot lists: `rank` now, NULL once it has left; per hour the best it had.
hot_items = Table(
    "hot_items",
    metadata,
    row_id(),
    Column("source_id", Id, ForeignKey("sources.id"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("title", CleanText, nullable=False),
    Column("url", CleanText, nullable=False),
    Column("rank", SmallInteger),
    Column("best", SmallInteger, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    UniqueConstraint("source_id", "key"),
    Index("ix_hot_items_last_seen_at", "last_seen_at"),
    sqlite_autoincrement=True,
)
hot_ranks = Table(
    "hot_ranks",
    metadata,
    Column("item_id", Id, ForeignKey("hot_items.id"), primary_key=True, autoincrement=False),
    Column("hour", UtcTime, primary_key=True),
    Column("rank", SmallInteger, nullable=False),
    Index("ix_hot_ranks_hour", "hour"),
)
