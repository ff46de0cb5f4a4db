"""Readers, what they wish, and the links that they sent."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnClause,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    false,
    literal_column,
    true,
)

from storage.column_types import CleanText, Id, Json, LocalTime, UtcTime
from storage.schema.metadata import metadata, row_id

subscribers = Table(
    "subscribers",
    metadata,
    row_id(),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", CleanText, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("reason", CleanText, nullable=False),  # why it is not active
    Column("next_digest_at", UtcTime),
    Column("considered_until", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),  # when it last spoke to us, to the day; NULL: not known
    UniqueConstraint("chat_id", "thread_id"),
    sqlite_autoincrement=True,
)
Index(
    "ix_subscribers_due",
    subscribers.c.next_digest_at,
    sqlite_where=subscribers.c.active,
    postgresql_where=subscribers.c.active,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column(
        "subscriber_id", Id, ForeignKey("subscribers.id"), primary_key=True, autoincrement=False
    ),
    Column("columns", Json, nullable=False),
    Column("topics", Json, nullable=False),
    Column("mutes", Json, nullable=False),
    Column("min_score", Integer, nullable=False),
    Column("max_items", Integer, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("sources", Json, nullable=False),
    Column("words", Json, nullable=False),
    Column("layout", String(16), nullable=False),
    Column("wording", String(16), nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("instant", Boolean, nullable=False),
    Column("digest_times", Json, nullable=False),
    Column("weekly_day", SmallInteger),  # 0 is Monday; NULL: no weekly
    Column("weekly_at", LocalTime),
    Column("story_updates", Boolean, nullable=False),
    Column("stories", Json, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("quiet_from", LocalTime, nullable=False),
    Column("quiet_to", LocalTime, nullable=False),
    Column("instant_score", Integer, nullable=False),
    Column("max_a_day", Integer, nullable=False),
    Column("next_weekly_at", UtcTime),
    Column("stopped", Boolean, nullable=False, server_default=false()),  # paused by /unsubscribe
    Column("trend_alerts", Boolean, nullable=False, server_default=true()),
    Column("look_back", String(16), nullable=False, server_default="off"),
    Column("next_look_back_at", UtcTime),
    Index("ix_subscriptions_next_weekly_at", "next_weekly_at", "subscriber_id"),
    Index("ix_subscriptions_next_look_back_at", "next_look_back_at", "subscriber_id"),
)
WANTS_INSTANT: ColumnClause[bool] = literal_column("instant AND NOT paused")
WANTS_UPDATES: ColumnClause[bool] = literal_column(
    "(story_updates OR stories <> '[]') AND NOT paused"
)
Index(
    "ix_subscriptions_instant",
    subscriptions.c.subscriber_id,
    sqlite_where=WANTS_INSTANT,
    postgresql_where=WANTS_INSTANT,
)
WANTS_TRENDS: ColumnClause[bool] = literal_column(
    "trend_alerts AND NOT paused AND (topics <> '[]' OR words <> '[]')"
)
Index(
    "ix_subscriptions_trend_alerts",
    subscriptions.c.subscriber_id,
    sqlite_where=WANTS_TRENDS,
    postgresql_where=WANTS_TRENDS,
)
Index(
    "ix_subscriptions_story_updates",
    subscriptions.c.subscriber_id,
    sqlite_where=WANTS_UPDATES,
    postgresql_where=WANTS_UPDATES,
)

# 多看 and 少看: how far a topic or a source is drawn nearer or pushed away (digest/weights.py).
weights = Table(
    "weights",
    metadata,
    Column(
        "subscriber_id", Id, ForeignKey("subscribers.id"), primary_key=True, autoincrement=False
    ),
    Column("kind", String(16), primary_key=True),  # topic | source
    Column("target", CleanText, primary_key=True),  # a topic's id or a source's number
    Column("steps", SmallInteger, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

# Links that readers sent us, to be read for them.
pasted_links = Table(
    "pasted_links",
    metadata,
    row_id(),
    Column("subscriber_id", Id, ForeignKey("subscribers.id"), nullable=False),
    Column("person_id", BigInteger, nullable=False),  # whose quota it counts against
    Column("message_id", BigInteger, nullable=False),  # the message with the link
    Column("status_id", BigInteger),  # our own message, which becomes the card
    Column("url", CleanText, nullable=False),
    Column("url_key", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("cost", SmallInteger, nullable=False),  # quarters of a reading
    Column("tries", Integer, nullable=False),
    Column("claimable_at", UtcTime, nullable=False),  # end of a lease, or of a wait
    Column("trouble", CleanText, nullable=False),
    Column("signal_id", Id, ForeignKey("signals.id")),
    Column("asked_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    UniqueConstraint("subscriber_id", "message_id", "url_key"),
    Index("ix_pasted_links_person_id_asked_at", "person_id", "asked_at"),
    Index("ix_pasted_links_signal_id", "signal_id", "subscriber_id"),
    sqlite_autoincrement=True,
)
UNREAD = pasted_links.c.state.in_([literal_column("'waiting'"), literal_column("'reading'")])
Index("ix_pasted_links_unread", pasted_links.c.id, sqlite_where=UNREAD, postgresql_where=UNREAD)

# Which past signal a chat was shown last, so that it is not shown twice running.
look_backs = Table(
    "look_backs",
    metadata,
    Column(
        "subscriber_id",
        Id,
        ForeignKey("subscribers.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("signal_id", Id, ForeignKey("signals.id"), nullable=False),
)

# What of the past each chat was pushed or shown as a look-back: never twice.
looked_back = Table(
    "looked_back",
    metadata,
    Column(
        "subscriber_id",
        Id,
        ForeignKey("subscribers.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("shown_at", UtcTime, nullable=False),
    Index("ix_looked_back_signal_id", "signal_id"),
)
