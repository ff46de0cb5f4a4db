"""Signals: where they come from, what they are about, and how they are found."""

from sqlalchemy import (
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
    literal_column,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

signals = Table(
    "signals",
    metadata,
    row_id(),
    Column("article_id", Id, ForeignKey("articles.id"), nullable=False),
    Column("column_id", CleanText, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("story_id", Id, ForeignKey("stories.id")),
    # Whose like it draws into its story, where an editor put it there: those it was among before
    # (their story's id), or only its own (its id, negative). NULL: it came by reading.
    Column("camp", Id),
    Column("relation", String(16), nullable=False),
    Column("adds", Json),  # what the story had not told before it; NULL: not compared
    Column("score", SmallInteger, nullable=False),
    Column("score_parts", Json, nullable=False),
    Column("brief", Json, nullable=False),
    Column("placement", Json, nullable=False),
    Column("reading_minutes", Integer, nullable=False),
    Column("views", Integer, nullable=False),
    Column("backlog", Boolean, nullable=False),
    Column("dated_at", UtcTime, nullable=False),  # published, never after created: reading order
    Column("created_at", UtcTime, nullable=False),
    Column("access", String(16)),  # NULL: as its leading source says
    # Since when readers may see it; `created_at` is when it was read. NULL: they never could.
    Column("live_at", UtcTime),
    # For what an editor is to look at first: since when, why, and when that falls to its choice.
    Column("held_at", UtcTime),
    Column("hold", Json),
    Column("falls_at", UtcTime),
    Column("publish_at", UtcTime),  # a time set by an editor, which has it leave the queue
    Column("rejection", Json),  # why it was rejected
    # [number, width, height, what Telegram calls it] of a picture in `photos`; NULL: none
    Column("photo", Json),
    UniqueConstraint("article_id"),
    Index("ix_signals_created_at", "created_at"),
    Index("ix_signals_story_id", "story_id"),
    sqlite_autoincrement=True,
)

LIVE = signals.c.state == literal_column("'live'")
# Holds all that lists and counts ask of a signal, which spares reading its brief with it.
Index(
    "ix_signals_live",
    signals.c.dated_at,
    signals.c.id,
    signals.c.relation,
    signals.c.column_id,
    signals.c.score,
    signals.c.story_id,
    signals.c.state,  # SQLite would look it up to be sure
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)
# What was published or is to be, and is not to be seen now; private readings never had topics.
HIDDEN: ColumnClause[bool] = literal_column("state <> 'live' AND state <> 'private'")
Index(
    "ix_signals_hidden",
    signals.c.dated_at,
    signals.c.id,
    sqlite_where=HIDDEN,
    postgresql_where=HIDDEN,
)
Index(
    "ix_signals_live_column",
    signals.c.column_id,
    signals.c.dated_at,
    signals.c.id,
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)

Index(
    "ix_signals_live_at",
    signals.c.live_at,
    signals.c.id,
    sqlite_where=LIVE,
    postgresql_where=LIVE,
)
# What is asked of a story's signals, however many there are: who leads, what moves it on, and
# which come first and last.
LEADS = LIVE & (signals.c.relation == literal_column("'lead'"))
STEPS = LIVE & (signals.c.relation != literal_column("'duplicate'"))
_IN_STORY = signals.c.story_id.is_not(None)
for _name, _which, _columns in (
    ("leads", LEADS, (signals.c.live_at, signals.c.id)),
    ("steps", STEPS, (signals.c.dated_at, signals.c.id)),
    ("told", LIVE, (signals.c.dated_at, signals.c.id, signals.c.relation, signals.c.state)),
):
    Index(
        f"ix_signals_story_{_name}",
        signals.c.story_id,
        *_columns,
        sqlite_where=_which & _IN_STORY,
        postgresql_where=_which & _IN_STORY,
    )

HELD = signals.c.state == literal_column("'held'")
Index("ix_signals_held", signals.c.held_at, sqlite_where=HELD, postgresql_where=HELD)

signal_sources = Table(
    "signal_sources",
    metadata,
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("source_id", Id, ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    Column("url", CleanText, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("place", Integer, nullable=False),  # 0 leads
    Index("ix_signal_sources_source_id", "source_id", "seen_at", "signal_id"),
)

# Of live signals only: what readers may not see is in no list of a topic and counts for none.
signal_topics = Table(
    "signal_topics",
    metadata,
    Column("topic_id", CleanText, primary_key=True),
    # The signal's own `dated_at`, repeated so that one index answers "newest of a topic".
    Column("dated_at", UtcTime, primary_key=True),
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Index("ix_signal_topics_signal_id", "signal_id"),
    Index("ix_signal_topics_dated_at", "dated_at", "topic_id"),
)

# Every address under which an article was met: its own, its sources', those that lead on to it.
signal_addresses = Table(
    "signal_addresses",
    metadata,
    Column("url_key", String(64), primary_key=True),  # SHA-256 of the canonical URL
    Column("signal_id", Id, ForeignKey("signals.id"), nullable=False),
    Index("ix_signal_addresses_signal_id", "signal_id"),
)
