"""What people report, who may use a private bot, who works for it."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from storage.column_types import CleanText, Id, Json, UtcTime
from storage.schema.metadata import metadata, row_id

reports = Table(
    "reports",
    metadata,
    row_id(),
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
    Column("code", String(64), primary_key=True),  # its SHA-256, in hex
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

# Which place of the staff was told what it is told once (storage/staff_notes.py).
staff_notes = Table(
    "staff_notes",
    metadata,
    Column("what", String(16), primary_key=True),
    Column("about", String(16), primary_key=True),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False),
    Column("told_at", UtcTime, nullable=False),
    Index("ix_staff_notes_told_at", "told_at"),
)
