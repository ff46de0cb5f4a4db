"""What editors change of signals, and the messages that follow."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    literal_column,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

# What an editor changed of a signal; `original` is what it was before the first edit.
edits = Table(
    "edits",
    metadata,
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("original", Json, nullable=False),
    Column("fields", Json, nullable=False),
    Column("note", CleanText, nullable=False),  # what was wrong, for readers
    Column("edited_at", UtcTime, nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("everywhere", Boolean, nullable=False),  # else its column only
    Column("until", UtcTime, nullable=False),
    Column("pinned_at", UtcTime, nullable=False),
)

# A brief that a model wrote anew and that no editor has judged yet.
rewrites = Table(
    "rewrites",
    metadata,
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("brief", Json),
    Column("basis", Json, nullable=False),  # the brief that it was to replace
    Column("asked_at", UtcTime, nullable=False),
)

# What a signal was before somebody changed it, for messages that show it as it was.
signal_changes = Table(
    "signal_changes",
    metadata,
    row_id(),
    Column("signal_id", Id, ForeignKey("signals.id"), nullable=False),
    Column("audit_id", Id),
    Column("before", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("spread_at", UtcTime),  # when it was known which messages it concerns
    Index("ix_signal_changes_signal_id", "signal_id", "at"),
    sqlite_autoincrement=True,
)
UNSPREAD = signal_changes.c.spread_at.is_(None)
Index(
    "ix_signal_changes_unspread",
    signal_changes.c.id,
    sqlite_where=UNSPREAD,
    postgresql_where=UNSPREAD,
)

# How a part that was sent has to read now.
amendments = Table(
    "amendments",
    metadata,
    Column("digest_id", Id, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("body", Json, nullable=False),
    ForeignKeyConstraint(["digest_id", "part"], ["digest_parts.digest_id", "digest_parts.part"]),
)

# The messages that still show, or no longer show, an older version.
amended = Table(
    "amended",
    metadata,
    Column(
        "delivery_id",
        Id,
        ForeignKey("deliveries.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("change_id", Id, ForeignKey("signal_changes.id"), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("not_before", UtcTime, nullable=False),
    Column("error", CleanText, nullable=False),
    Column("settled_at", UtcTime),
    Index("ix_amended_change_id", "change_id", "state"),
)
UNAMENDED = amended.c.state.in_([literal_column("'pending'"), literal_column("'sending'")])
Index(
    "ix_amended_open",
    amended.c.not_before,
    sqlite_where=UNAMENDED,
    postgresql_where=UNAMENDED,
)

# Where an editor watches how far a change has come: one message of ours that counts on.
amendment_notices = Table(
    "amendment_notices",
    metadata,
    Column("change_id", Id, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, nullable=False),
    Column("told", CleanText, nullable=False),  # what the message says now
)
