"""The search port on both databases: the same terms, the same finds."""

from storage.search.port import (
    MAX_TERMS,
    WINDOW,
    Search,
    Sought,
    index_signal,
    reindex_signal,
    retell_signal,
    unindex_signal,
)
from storage.search.tables import SEARCH_TABLE

__all__ = [
    "MAX_TERMS",
    "SEARCH_TABLE",
    "WINDOW",
    "Search",
    "Sought",
    "index_signal",
    "reindex_signal",
    "retell_signal",
    "unindex_signal",
]
