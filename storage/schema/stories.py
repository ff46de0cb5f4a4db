"""Stories, and what editors took out of them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from storage.column_types import Id, UtcTime
from storage.schema.metadata import metadata, row_id

# What follows from a story's live signals (storage/leads.py): `updated_at`, the newest one's date;
# `series_at`, since when it is a 专题; `closed_at`, since when it had been silent for too long;
# `told` and `told_by`, counted as they come (storage/story_counts.py).
# The other stories that it names have no foreign keys: they are only a way on.
stories = Table(
    "stories",
    metadata,
    row_id(),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("merged_into", Id),  # editors put it into that one as a whole
    Column("closed_at", UtcTime),
    Column("follows", Id),  # the closed story whose event came back
    Column("series_at", UtcTime),
    Column("lead_id", Id),  # the signal that an editor had lead it, as long as readers see that
    Column("told", Integer, nullable=False, server_default="0"),  # its live signals
    Column("told_by", Integer, nullable=False, server_default="0"),  # the sources that carry them
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

# By how many live signals each source tells a story: rows of none are not kept.
story_sources = Table(
    "story_sources",
    metadata,
    Column(
        "story_id",
        Id,
        ForeignKey("stories.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("source_id", Id, ForeignKey("sources.id"), primary_key=True, autoincrement=False),
    Column("told", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),  # the date of the first of them
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
