"""All tables, in the order in which an entry becomes a delivery.

Search tables are not here: they differ per database and belong to storage/search. Nothing
cascades into signals: readers keep what they saved, whatever happens to a source.
States and kinds are plain text; their values are the enumerations of digest/model.py.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    ColumnClause,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    event,
    false,
    literal_column,
    text,
    true,
)

from storage.column_types import CleanText, Id, Json, LocalTime, UtcTime
from storage.trend_tables import trend_tables

HEAD = "0023"
"""The version of the tables below: the newest file of storage/migrations/versions."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Id, Identity(), primary_key=True)


# --- taxonomy ------------------------------------------------------------------------------
# Every migration brings digest/taxonomy.toml in, but for rows that editors have `edited`. A
# merged row stays for its id, which leads to `merged_into`.

columns = Table(
    "columns",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("zh", CleanText, nullable=False),
    Column("en", CleanText, nullable=False),
    Column("emoji", CleanText, nullable=False),
    Column("position", Integer, nullable=False),
    Column("aliases", Json, nullable=False, server_default=text("'[]'")),
    Column("cues", Json, nullable=False, server_default=text("'[]'")),
    Column("state", String(16), nullable=False, server_default=text("'active'")),
    Column("edited", Boolean, nullable=False, server_default=false()),
    Column("merged_into", String(64)),
)

topics = Table(
    "topics",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("zh", CleanText, nullable=False),
    Column("en", CleanText, nullable=False),
    Column("aliases", Json, nullable=False),
    Column("cues", Json, nullable=False, server_default=text("'[]'")),
    Column("column_id", CleanText, nullable=False, server_default=text("''")),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("state", String(16), nullable=False, server_default=text("'active'")),
    Column("edited", Boolean, nullable=False, server_default=false()),
    Column("merged_into", String(64)),
)

# Suggestions of topics (digest/suggesting.py) that editors did not want.
refused_topics = Table(
    "refused_topics",
    metadata,
    Column("phrase", CleanText, primary_key=True),
    Column("refused_at", UtcTime, nullable=False),
)

# --- sources -------------------------------------------------------------------------------

sources = Table(
    "sources",
    metadata,
    _id(),
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
    _id(),
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
    _id(),
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

# Lists of sources that were brought along, and what becomes of each place on them.
source_imports = Table(
    "source_imports",
    metadata,
    _id(),
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
    _id(),
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
    _id(),
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
    _id(),
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

# --- entries and articles ------------------------------------------------------------------

entries = Table(
    "entries",
    metadata,
    _id(),
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
    _id(),
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

# --- signals -------------------------------------------------------------------------------

# What follows from a story's live signals (storage/leads.py): `updated_at`, the newest one's date;
# `series_at`, since when it is a 专题; `closed_at`, since when it had been silent for too long.
# The other stories that it names have no foreign keys: they are only a way on.
stories = Table(
    "stories",
    metadata,
    _id(),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("merged_into", Id),  # editors put it into that one as a whole
    Column("closed_at", UtcTime),
    Column("follows", Id),  # the closed story whose event came back
    Column("series_at", UtcTime),
    Column("lead_id", Id),  # the signal that an editor had lead it, as long as readers see that
    Index("ix_stories_created_at", "created_at"),
    Index("ix_stories_merged_into", "merged_into"),
    sqlite_autoincrement=True,
)
STANDING_OPEN = stories.c.closed_at.is_(None)
Index(
    "ix_stories_open",
    stories.c.updated_at,
    sqlite_where=STANDING_OPEN,
    postgresql_where=STANDING_OPEN,
)
CLOSED = stories.c.closed_at.is_not(None)
Index("ix_stories_closed", stories.c.closed_at, sqlite_where=CLOSED, postgresql_where=CLOSED)
FOLLOWING = stories.c.follows.is_not(None)
Index(
    "ix_stories_follows",
    stories.c.follows,
    sqlite_where=FOLLOWING,
    postgresql_where=FOLLOWING,
)
SERIES = stories.c.series_at.is_not(None)
Index("ix_stories_series", stories.c.series_at, sqlite_where=SERIES, postgresql_where=SERIES)
Index(
    "ix_stories_series_closed",
    stories.c.closed_at,
    sqlite_where=SERIES,
    postgresql_where=SERIES,
)

signals = Table(
    "signals",
    metadata,
    _id(),
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
# Signals that editors took out of a story: neither they nor their copies are put back into it.
story_splits = Table(
    "story_splits",
    metadata,
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("story_id", Id, primary_key=True, autoincrement=False),  # it may be taken back
    Column("at", UtcTime, nullable=False),
    Index("ix_story_splits_at", "at"),
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
HELD = signals.c.state == literal_column("'held'")
Index("ix_signals_held", signals.c.held_at, sqlite_where=HELD, postgresql_where=HELD)

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

trend_hours, trend_changes, trend_reports = trend_tables(metadata)

# --- names that articles taught --------------------------------------------------------------

learned_names = Table(
    "learned_names",
    metadata,
    Column("spelling", CleanText, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("pair", CleanText, nullable=False),  # the Chinese or foreign spelling, "" for none
    Column("articles", Integer, nullable=False),
    Column("paired", Integer, nullable=False),  # articles that gave this pair
    # No foreign keys: a name outlives the source that taught it first.
    Column("source_id", Id, nullable=False),
    Column("pair_source_id", Id, nullable=False),
    Column("sources", Integer, nullable=False),  # 2: two or more
    Column("pair_sources", Integer, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Index("ix_learned_names_seen_at", "seen_at"),
)

# --- readers -------------------------------------------------------------------------------

subscribers = Table(
    "subscribers",
    metadata,
    _id(),
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
    Index("ix_subscriptions_next_weekly_at", "next_weekly_at"),
    Index("ix_subscriptions_next_look_back_at", "next_look_back_at"),
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

collections = Table(
    "collections",
    metadata,
    _id(),
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
    _id(),
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

# Links that readers sent us, to be read for them.
pasted_links = Table(
    "pasted_links",
    metadata,
    _id(),
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

# Pictures of posts, made anew from what editors sent: nothing of the file they sent is kept.
photos = Table(
    "photos",
    metadata,
    _id(),
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
    _id(),
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

# --- digests and deliveries ----------------------------------------------------------------

digests = Table(
    "digests",
    metadata,
    _id(),
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
    _id(),
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
    _id(),
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

# --- weekly reports ---------------------------------------------------------------------------

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

# --- editing, and amending what was sent ----------------------------------------------------

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
    _id(),
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

# --- people ----------------------------------------------------------------------------------

reports = Table(
    "reports",
    metadata,
    _id(),
    Column("signal_id", Id, ForeignKey("signals.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("words", CleanText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    UniqueConstraint("signal_id", "kind", "user_id"),
    Index("ix_reports_user_id", "user_id", "created_at"),
    Index("ix_reports_changed_at", "changed_at"),
    sqlite_autoincrement=True,
)

# What each admin has been told of the reports about a signal: one message that counts on.
report_notices = Table(
    "report_notices",
    metadata,
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("admin_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger),
    Column("told_up_to", UtcTime),  # the newest change of a report that the message shows
    Column("not_before", UtcTime, nullable=False),
)

# Who may use a private bot besides those its settings name.
invites = Table(
    "invites",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("uses_left", Integer, nullable=False),
    Column("made_by", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

guests = Table(
    "guests",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("let_in_at", UtcTime, nullable=False),
)

# Proof that somebody's data was erased; not whose.
erasures = Table(
    "erasures",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("counts", Json, nullable=False),
)

# --- translations and the model ------------------------------------------------------------

translations = Table(
    "translations",
    metadata,
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("lang", String(16), primary_key=True),
    Column("engine", CleanText, nullable=False),
    Column("sentences", LargeBinary, nullable=False),  # zlib of [index, text, rendered] as JSON
    Column("created_at", UtcTime, nullable=False),
)

# What was tried to make of a signal beyond its rules brief, so that nothing is tried for ever.
enrichments = Table(
    "enrichments",
    metadata,
    Column("signal_id", Id, ForeignKey("signals.id"), primary_key=True, autoincrement=False),
    Column("task", String(16), primary_key=True),  # 'model' or a language to translate into
    Column("tries", Integer, nullable=False),
    Column("tried_at", UtcTime, nullable=False),
    Column("done", Boolean, nullable=False),
)

sentence_cache = Table(
    "sentence_cache",
    metadata,
    Column("key", String(128), primary_key=True),  # hash of engine, languages and sentence
    Column("text", CleanText, nullable=False),
    Column("engine", CleanText, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Index("ix_sentence_cache_made_at", "made_at"),
)

model_answers = Table(
    "model_answers",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("answer", LargeBinary, nullable=False),  # zlib
    Column("kept_at", UtcTime, nullable=False),
    Index("ix_model_answers_kept_at", "kept_at"),
)

# No foreign key: a brief is made before its signal has a number.
model_calls = Table(
    "model_calls",
    metadata,
    _id(),
    Column("at", UtcTime, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("model", CleanText, nullable=False),
    Column("prompt", CleanText, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("cost", Float, nullable=False),
    Column("ms", Integer, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("signal_id", Id),
    Index("ix_model_calls_at", "at"),
    Index("ix_model_calls_signal_id", "signal_id"),
    sqlite_autoincrement=True,
)

# --- numbers ---------------------------------------------------------------------------------

# What happened on a day of the publication's own zone, counted; of nobody in particular. Most is
# counted anew from the tables above until the day is over (storage/counting.py), the rest
# (opened pages) is added up as it happens.
daily_counts = Table(
    "daily_counts",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("day", String(10), primary_key=True),  # 2026-03-10
    Column("label", CleanText, primary_key=True),  # what kind of it, "" where there are no kinds
    Column("count", BigInteger, nullable=False),
)

# --- the bot's own books -------------------------------------------------------------------

updates = Table(
    "updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", UtcTime, nullable=False),
    Column("payload", LargeBinary),  # zlib of its JSON until it is answered, then NULL
    Column("tries", Integer, nullable=False, server_default="0"),
    # Whether answering it has changed anything that must not be changed twice.
    Column("acted", Boolean, nullable=False, server_default=false()),
    Index("ix_updates_received_at", "received_at"),
)
UNANSWERED = updates.c.payload.is_not(None)
Index(
    "ix_updates_unanswered",
    updates.c.update_id,
    sqlite_where=UNANSWERED,
    postgresql_where=UNANSWERED,
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", UtcTime, nullable=False),
    Column("actor", CleanText, nullable=False),
    Column("act", CleanText, nullable=False),
    Column("target", CleanText, nullable=False),
    # For people: what it was and what it became. `changes` is for taking it back, row by row
    # (storage/changes.py); NULL where nothing can.
    Column("before", Json),
    Column("after", Json),
    Column("changes", Json),
    Column("undo_of", Id),  # another row of this table
    Index("ix_audit_target", "target", "id"),
    Index("ix_audit_actor", "actor", "id"),
    Index("ix_audit_undo_of", "undo_of"),
    sqlite_autoincrement=True,
)

# What was done stays written: nothing in the program, nor anybody at its database, edits it.
for _verb in ("update", "delete"):
    event.listen(
        audit,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER audit_no_{_verb} BEFORE {_verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit is not edited'); END"
        ).execute_if(dialect="sqlite"),
    )

# --- the editors' side -----------------------------------------------------------------------

# Besides whom the settings name, who are owners for as long as they stand there.
staff = Table(
    "staff",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("role", String(16), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("since", UtcTime, nullable=False),
)

# One-time codes that make whoever brings one a member of the staff. Only their hashes are kept.
staff_codes = Table(
    "staff_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("made_by", BigInteger, nullable=False),  # 0: on the command line
    Column("expires_at", UtcTime, nullable=False),
)

# Groups and forum topics in which the staff works: their commands answer there too.
desks = Table(
    "desks",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", CleanText, nullable=False),
    Column("lang", String(16), nullable=False),
    Column("since", UtcTime, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("value", CleanText, nullable=False),
)
