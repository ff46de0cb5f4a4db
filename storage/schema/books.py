"""The bot's own books: what was counted, received, done."""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    event,
    false,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

# What happened on a day of the publication's own zone, counted; of nobody in particular. Most is
# counted anew from other tables until the day is over (storage/counting.py), the rest
# (opened pages) is added up as it happens.
daily_counts = Table(
    "daily_counts",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("day", String(10), primary_key=True),  # 2026-03-10
    Column("label", CleanText, primary_key=True),  # what kind of it, "" where there are no kinds
    Column("count", BigInteger, nullable=False),
)

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
    row_id(),
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

meta = Table(
    "meta",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("value", CleanText, nullable=False),
)
