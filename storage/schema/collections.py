"""Collections, the rules that fill them, and what can be taken back."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

collections = Table(
    "collections",
    metadata,
    row_id(),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("is_default", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("sort", String(16), nullable=False, server_default=text("'saved'")),
    # The key of the shared page, NULL when nobody else may look. It is kept as it is, for its
    # owner wants to see the link again; what it opens stands in the same database anyway.
    Column("share_key", String(64)),
    Column("share_notes", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("subscriber_id", "name"),
    UniqueConstraint("share_key"),
    sqlite_autoincrement=True,
)
Index(
    "uq_collections_default",
    collections.c.subscriber_id,
    unique=True,
    sqlite_where=collections.c.is_default,
    postgresql_where=collections.c.is_default,
)

saved = Table(
    "saved",
    metadata,
    Column(
        "collection_id", Id, ForeignKey("collections.id"), primary_key=True, autoincrement=False
    ),
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("note", CleanText, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
    Column("by_rule", Boolean, nullable=False, server_default=text("false")),
    Index("ix_saved_newest", "collection_id", "saved_at"),
    Index("ix_saved_signal_id", "signal_id"),
    Index("ix_saved_saved_at", "saved_at"),
)

collection_rules = Table(
    "collection_rules",
    metadata,
    Column(
        "collection_id", Id, ForeignKey("collections.id"), primary_key=True, autoincrement=False
    ),
    Column("words", Json, nullable=False),
    Column("topics", Json, nullable=False),
    Column("column_id", CleanText, nullable=False),  # "" for any column
    Column("paused", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

# What a reader took out again: no rule brings it back. No foreign key to collections, so that it
# still holds for one that was deleted and is brought back.
rule_refusals = Table(
    "rule_refusals",
    metadata,
    Column("collection_id", Id, primary_key=True, autoincrement=False),
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("refused_at", UtcTime, nullable=False),
    Index("ix_rule_refusals_refused_at", "refused_at"),
    Index("ix_rule_refusals_signal_id", "signal_id"),
)

# A change of collections that can be taken back: `data` holds the rows of collections and rules
# as they were, `collection_undo_signals` what was saved (or was not) in each collection touched.
collection_undos = Table(
    "collection_undos",
    metadata,
    row_id(),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("act", String(16), nullable=False),
    Column("title", CleanText, nullable=False),
    Column("data", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_collection_undos_subscriber_id", "subscriber_id", "created_at"),
    Index("ix_collection_undos_created_at", "created_at"),
    sqlite_autoincrement=True,
)

collection_undo_signals = Table(
    "collection_undo_signals",
    metadata,
    Column(
        "undo_id", Id, ForeignKey("collection_undos.id"), primary_key=True, autoincrement=False
    ),
    Column("collection_id", Id, primary_key=True, autoincrement=False),  # may be deleted by now
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("note", CleanText, nullable=False),
    Column("saved_at", UtcTime),  # NULL: it was not in this collection
    Column("by_rule", Boolean, nullable=False),
    Index("ix_collection_undo_signals_signal_id", "signal_id"),
)
