"""The search table of each database, made by the first migration and left alone by the rest."""

from typing import LiteralString

from storage.schema import signals

SEARCH_TABLE = "signal_search"

# What is read of each signal that was found.
MATCH_COLUMNS = (
    signals.c.id,
    signals.c.dated_at,
    signals.c.column_id,
    signals.c.score,
    signals.c.story_id,
    signals.c.relation,
)

# The terms arrive already cut and folded, so the tokenizer must only split at spaces. `ascii`
# does that: letters outside ASCII are all kept, while `unicode61` knows only Unicode 6.1 and would
# drop what came later, and strip accents, which PostgreSQL would not.
SQLITE: LiteralString = (
    "CREATE VIRTUAL TABLE signal_search USING fts5("
    "terms, content='', columnsize=0, tokenize=\"ascii tokenchars '_'\")"
)
POSTGRES: tuple[LiteralString, ...] = (
    "CREATE TABLE signal_search (id BIGINT PRIMARY KEY, terms tsvector NOT NULL)",
    "CREATE INDEX ix_signal_search_terms ON signal_search USING gin (terms)",
)
DROP: LiteralString = "DROP TABLE signal_search"
