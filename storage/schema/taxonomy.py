"""Columns and topics."""

from sqlalchemy import Boolean, Column, Integer, String, Table, false, text

from storage.column_types import CleanText, Json, UtcTime
from storage.schema.metadata import metadata

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
