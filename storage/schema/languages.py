"""Names that articles taught, translations, and what the model was asked."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from storage.column_types import CleanText, Id, UtcTime
from storage.schema.metadata import metadata, row_id

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
    row_id(),
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
