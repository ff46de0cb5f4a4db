"""The search port on both databases: the same terms, the same finds."""

from storage.search.port import MAX_TERMS, Search, index_signal, reindex_signal
from storage.search.tables import SEARCH_TABLE

__all__ = ["MAX_TERMS", "SEARCH_TABLE", "Search", "index_signal", "reindex_signal"]
