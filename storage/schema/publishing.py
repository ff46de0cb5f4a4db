"""What editors decide before readers see it: who publishes what, the queue, their own posts."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

# Who publishes what: digest/policy.py. Scopes: 'default', 'column:ai', 'source:12'.
policies = Table(
    "policies",
    metadata,
    Column("scope", String(80), primary_key=True),
    Column("mode", String(16), nullable=False),
    Column("score", SmallInteger, nullable=False),
    Column("fall", String(16), nullable=False),
    Column("hours", SmallInteger, nullable=False),
    Column("fall_score", SmallInteger, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

# Which card of the queue each editor opened last.
queue_looks = Table(
    "queue_looks",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("signal_id", Id, ForeignKey("signals.id"), nullable=False),
    Column("looked_at", UtcTime, nullable=False),
    Index("ix_queue_looks_signal_id", "signal_id"),
)

# When each desk, and each member in private, was last told of the queue: by the day, and because
# it had grown long.
queue_notes = Table(
    "queue_notes",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False),
    Column("told_at", UtcTime),
    Column("warned_at", UtcTime),
)

# Pictures of posts, made anew from what editors sent: nothing of the file they sent is kept.
photos = Table(
    "photos",
    metadata,
    row_id(),
    Column("body", LargeBinary, nullable=False),  # a JPEG
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("file_id", CleanText, nullable=False),  # what Telegram calls it; "" until it was sent
    Column("signal_id", Id, ForeignKey("signals.id")),  # whose it is; NULL while it is a draft's
    Column("created_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

# What editors write themselves or bring by a link; digest/posts.py has the states.
posts = Table(
    "posts",
    metadata,
    row_id(),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("text", CleanText, nullable=False),  # as typed: a headline, then a point on each line
    Column("url", CleanText, nullable=False),
    Column("link_id", Id, ForeignKey("pasted_links.id", ondelete="SET NULL")),
    Column("signal_id", Id, ForeignKey("signals.id")),
    Column("photo_id", Id, ForeignKey("photos.id")),
    Column("level", String(16), nullable=False),
    Column("column_id", CleanText, nullable=False),
    Column("topics", Json, nullable=False),
    Column("sort", String(32), nullable=False),  # the signal's kind
    Column("signature", CleanText, nullable=False),
    Column("audience", Json),  # NULL: nobody besides those whose wishes it meets
    Column("pin_until", UtcTime),
    Column("publish_at", UtcTime),
    Column("published_at", UtcTime),
    Column("pushed_at", UtcTime),  # when it was owed to its audience
    Column("trouble", CleanText, nullable=False),
    Column("made_by", BigInteger, nullable=False),  # 0: on the command line
    Column("changed_by", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Index("ix_posts_state", "state", "publish_at"),
    Index("ix_posts_link_id", "link_id"),
    Index("ix_posts_signal_id", "signal_id"),
    Index("ix_posts_photo_id", "photo_id"),
    sqlite_autoincrement=True,
)
