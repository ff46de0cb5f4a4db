"""What readers can find, cut from briefs and texts anew and kept as the target keeps it.

Neither database gives back the documents of its search table as they went in. Of a signal whose
article has lost its text (storage/retention.py) what is left is cut: titles, points, keywords.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, text

from storage.article_rows import article_of
from storage.moving.sources import Source
from storage.moving.targets import Target, copying
from storage.schema import HAS_TEXT, articles, signals
from storage.search.postgres import vector
from storage.search.terms import document_terms
from storage.values import pack_paragraphs, read_brief

_ARTICLE = (
    *(column for column in articles.c if column.name not in {"id", "text"}),
    func.coalesce(articles.c.text, pack_paragraphs(())).label("text"),
)
_SQLITE = text("INSERT INTO signal_search (rowid, terms) VALUES (:id, :terms)")
_COUNT = text("SELECT count(*) FROM signal_search")


@dataclass(frozen=True, slots=True)
class Document:
    """What of one signal can be found; `whole` unless its article's text is gone."""

    id: int
    terms: list[str]
    whole: bool


def documents(source: Source, after: int) -> Iterator[Document]:
    """The documents of all signals above that number, by their numbers."""
    query: Select[Any] = (
        select(signals.c.id, signals.c.brief, *_ARTICLE, HAS_TEXT.label("whole"))
        .join(articles, articles.c.id == signals.c.article_id)
        .where(signals.c.id > after)
        .order_by(signals.c.id)
    )
    options = {"yield_per": 200}
    with source.connection.execute(query, execution_options=options) as result:
        for row in result:
            yield _document(row)


def _document(row: Row[Any]) -> Document:
    terms = document_terms(article_of(row), read_brief(row.brief))
    return Document(row.id, terms, bool(row.whole))


def index_documents(target: Target, found: Sequence[Document]) -> None:
    """Make signals findable in the target."""
    if target.dialect == "sqlite":
        rows = [{"id": one.id, "terms": " ".join(one.terms)} for one in found]
        target.connection.execute(_SQLITE, rows)
        return
    with copying(target.connection, "COPY signal_search (id, terms) FROM STDIN") as copy:
        for one in found:
            copy.write_row((one.id, vector(one.terms)))


def count_documents(connection: Connection) -> int | None:
    """How many signals can be found; None on SQLite, whose table cannot be counted."""
    if connection.dialect.name == "sqlite":
        return None
    return connection.scalar(_COUNT) or 0
