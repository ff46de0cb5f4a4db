"""Collections as files for other programs: Markdown, JSON, CSV, HTML; and JSON read back."""

from digest.exports.document import (
    MAX_BYTES,
    BadDocument,
    CollectionIn,
    Document,
    SavedIn,
    read_document,
)
from digest.exports.filename import file_name
from digest.exports.formats import Format, Shelf, write

__all__ = [
    "MAX_BYTES",
    "BadDocument",
    "CollectionIn",
    "Document",
    "Format",
    "SavedIn",
    "Shelf",
    "file_name",
    "read_document",
    "write",
]
