"""What trends are counted from, beside the tables of storage/schema.

Counts are made anew from the signals as they are stored: whatever changes one leaves a row in
`trend_changes`, by triggers, so that no act, undo or later code can forget to. The hours that it
touches are counted again (storage/trends.py); the same signals always give the same counts.
"""

from sqlalchemy import DDL, Column, Identity, Index, LargeBinary, MetaData, Table, event

from storage.column_types import Id, UtcTime

_WATCHED = ("state", "dated_at", "story_id", "brief", "backlog")


def trend_tables(metadata: MetaData) -> tuple[Table, Table, Table]:
    """The three tables, and the triggers of the schema that `metadata` is."""
    hours = Table(
        "trend_hours",
        metadata,
        Column("hour", UtcTime, primary_key=True, autoincrement=False),
        # zlib of JSON: how much each source told and each subject was told (digest/trends/ledger)
        Column("counts", LargeBinary, nullable=False),
        # zlib of JSON: what each of its signals counts for
        Column("tellings", LargeBinary, nullable=False),
    )
    # A signal that has changed, with the hour in which it was if that is not its own any more;
    # or an hour that is to be counted anew.
    changes = Table(
        "trend_changes",
        metadata,
        Column("id", Id, Identity(), primary_key=True),
        Column("signal_id", Id),
        Column("hour", UtcTime),
        Index("ix_trend_changes_hour", "hour"),
        sqlite_autoincrement=True,
    )
    # The last report of each hour.
    reports = Table(
        "trend_reports",
        metadata,
        Column("hour", UtcTime, primary_key=True, autoincrement=False),
        Column("made_at", UtcTime, nullable=False),
        Column("report", LargeBinary, nullable=False),
    )
    for trigger in sqlite_triggers():
        event.listen(
            metadata,
            "after_create",
            DDL(trigger).execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]
        )
    return hours, changes, reports


def sqlite_triggers() -> list[str]:
    """What notes changes of signals on SQLite."""
    note = "BEGIN INSERT INTO trend_changes (signal_id, hour) VALUES ({}, {}); END"
    own, of = note.format("NEW.id", "NULL"), note.format("{0}.signal_id", "NULL")
    old = note.format("OLD.id", "OLD.dated_at - OLD.dated_at %% 3600000000")
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _WATCHED)
    watched, moved = ", ".join(_WATCHED), "OLD.dated_at <> NEW.dated_at"
    return [
        f"CREATE TRIGGER trends_new AFTER INSERT ON signals {own}",
        f"CREATE TRIGGER trends_changed AFTER UPDATE OF {watched} ON signals WHEN {changed} {own}",
        f"CREATE TRIGGER trends_moved AFTER UPDATE OF dated_at ON signals WHEN {moved} {old}",
        f"CREATE TRIGGER trends_gone AFTER DELETE ON signals {old}",
        "CREATE TRIGGER trends_topic AFTER INSERT ON signal_topics " + of.format("NEW"),
        "CREATE TRIGGER trends_topic_gone AFTER DELETE ON signal_topics " + of.format("OLD"),
        "CREATE TRIGGER trends_retold AFTER UPDATE OF topic_id ON signal_topics "
        + of.format("NEW"),
    ]
