"""Digests, their deliveries, and announcements."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    literal_column,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

digests = Table(
    "digests",
    metadata,
    row_id(),
    Column("kind", String(16), nullable=False),
    Column("group_key", CleanText, nullable=False),
    Column("window_from", UtcTime, nullable=False),
    Column("window_to", UtcTime, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("signal_ids", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("wishes", Json),  # what it was composed for; NULL when its readers' wishes differ
    Column("look", Json),  # how it was rendered; NULL when it cannot be rendered again
    UniqueConstraint("kind", "group_key", "window_to"),
    sqlite_autoincrement=True,
)

digest_parts = Table(
    "digest_parts",
    metadata,
    Column("digest_id", Id, ForeignKey("digests.id"), primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("body", Json, nullable=False),
    Column("blocks", Json),  # where signals stand in the text; NULL when nobody knows
    Column("frozen", Json),  # the body as it was first kept, once `body` was changed
    Column("version", Integer, nullable=False, server_default="0"),  # of `body`
)

digest_signals = Table(
    "digest_signals",
    metadata,
    Column("digest_id", Id, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    # Withdrawn: who is sent the part from now on does not get this signal with it.
    Column("taken_out", Boolean, nullable=False, server_default=false()),
    ForeignKeyConstraint(["digest_id", "part"], ["digest_parts.digest_id", "digest_parts.part"]),
    Index("ix_digest_signals_signal_id", "signal_id"),
)

# Signals that a part names without bringing them, as a weekly does in its figures and stories.
digest_mentions = Table(
    "digest_mentions",
    metadata,
    Column("digest_id", Id, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["digest_id", "part"], ["digest_parts.digest_id", "digest_parts.part"]),
    Index("ix_digest_mentions_signal_id", "signal_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    row_id(),
    Column("digest_id", Id, nullable=False),
    Column("part", Integer, nullable=False),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("urgency", SmallInteger, nullable=False),  # 0 goes before 1, announcements are 2
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcTime, nullable=False),
    Column("owner", CleanText),
    Column("lease_until", UtcTime),
    Column("silent", Boolean, nullable=False),
    Column("error", CleanText, nullable=False),
    Column("message_id", BigInteger),
    Column("created_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column(
        "because", Json
    ),  # why this reader: digest/reasons.py; NULL: the digest's wishes say it
    # An alert that may have arrived and goes once more, marked.
    Column("resent", Boolean, nullable=False, server_default=false()),
    ForeignKeyConstraint(["digest_id", "part"], ["digest_parts.digest_id", "digest_parts.part"]),
    UniqueConstraint("digest_id", "subscriber_id", "part"),
    sqlite_autoincrement=True,
)
DUE = deliveries.c.state.in_([literal_column("'pending'"), literal_column("'retry'")])
OPEN = deliveries.c.state.in_([literal_column("'claimed'"), literal_column("'sending'")])
UNSURE = deliveries.c.state == literal_column("'unknown'")
Index(
    "ix_deliveries_due",
    deliveries.c.urgency,
    deliveries.c.not_before,
    deliveries.c.id,
    sqlite_where=DUE,
    postgresql_where=DUE,
)
Index("ix_deliveries_open", deliveries.c.lease_until, sqlite_where=OPEN, postgresql_where=OPEN)
Index(
    "ix_deliveries_unknown",
    deliveries.c.subscriber_id,
    sqlite_where=UNSURE,
    postgresql_where=UNSURE,
)
Index("ix_deliveries_subscriber_id", deliveries.c.subscriber_id, deliveries.c.state)
ANNOUNCED = deliveries.c.urgency == literal_column("2")
Index(
    "ix_deliveries_announced",
    deliveries.c.digest_id,
    deliveries.c.state,
    deliveries.c.not_before,
    deliveries.c.id,
    sqlite_where=ANNOUNCED,
    postgresql_where=ANNOUNCED,
)

# Announcements of the editors; their readers are the deliveries of the digest.
broadcasts = Table(
    "broadcasts",
    metadata,
    row_id(),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("announcement", Json, nullable=False),
    Column("audience", Json, nullable=False),
    Column("made_by", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),  # where its progress is shown
    Column("thread_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("digest_id", Id, ForeignKey("digests.id")),
    Column("gathered_to", Id, nullable=False),  # the last subscriber who was looked at
    Column("gather_to", Id, nullable=False),  # the last there was when it was confirmed
    Column("total", Integer, nullable=False),
    Column("confirmed_by", BigInteger, nullable=False),
    Column("confirmed_at", UtcTime),
    Column("finished_at", UtcTime),
    Column("reported", Boolean, nullable=False),  # whether its last word is in the chat
    Column("correction", String(16)),
    Column("correcting", Boolean, nullable=False),
    Column("text_before", CleanText, nullable=False),
    Column("corrected_to", Id, nullable=False),  # the last delivery that was corrected
    Column("corrected", Integer, nullable=False),
    Column("not_corrected", Integer, nullable=False),
    sqlite_autoincrement=True,
)
AT_WORK = broadcasts.c.reported.is_(literal_column("false"))
Index("ix_broadcasts_at_work", broadcasts.c.id, sqlite_where=AT_WORK, postgresql_where=AT_WORK)

delivered = Table(
    "delivered",
    metadata,
    Column(
        "subscriber_id", Id, ForeignKey("subscribers.id"), primary_key=True, autoincrement=False
    ),
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("delivered_at", UtcTime, nullable=False),
    Index("ix_delivered_recent", "subscriber_id", "delivered_at"),
    Index("ix_delivered_signal_id", "signal_id"),
)

# A week's report: NULL is a week without anything to tell. `falls_at` is when a draft that nobody
# has looked at goes out by itself.
weeklies = Table(
    "weeklies",
    metadata,
    Column("week", String(8), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("report", Json),
    Column("edits", Json, nullable=False),
    Column("intro", Json, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("falls_at", UtcTime),
    Column("published_at", UtcTime),
)

# Whether editors look at weeklies before they go out: one row.
weekly_policy = Table(
    "weekly_policy",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("review", Boolean, nullable=False),
    Column("lead_hours", SmallInteger, nullable=False),
    Column("fall_hours", SmallInteger, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)
