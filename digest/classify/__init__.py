"""Where a signal belongs: its column, topics and kind, with the words that decided.

Topics and kinds rest on cues (taxonomy.toml, placement.toml), columns on cues, a small trained
model (columns.json) and the column of the source, which clear words overrule.
"""

from digest.classify.columns import find_column
from digest.classify.kinds import find_kind
from digest.classify.topics import MOST_TOPICS, find_topics
from digest.condense.junk import is_junk
from digest.model import Article, Placement
from digest.taxonomy import Taxonomy

__all__ = ["MOST_TOPICS", "SOURCE_CUE", "classify"]

SOURCE_CUE = "source"
"""Key of `Placement.cues` that names the column of the source where that alone decided."""

_LOOKED_AT = 6000  # characters of text after the title
_LONGEST_TITLE = 1000
_LEAD = 400  # characters in which a kind shows itself


def classify(
    article: Article, *, keywords: tuple[str, ...], column_hint: str, taxonomy: Taxonomy
) -> Placement:
    """Column, kind and up to five topics of `article`, strongest first.

    `column_hint` is the column of the source, "" when unknown. A column is always given; where no
    word of the article speaks for it, `cues["column"]` is empty and, when it is the source's,
    `cues["source"]` names it. Topics may be empty.
    """
    title, text = article.title[:_LONGEST_TITLE], _opening(article)
    topics = find_topics(title, text, keywords, taxonomy)
    kind, kind_cues = find_kind(title, text[:_LEAD])
    column = find_column(title, text, topics, column_hint, taxonomy)
    cues = {"column": column.cues, "kind": kind_cues}
    if not column.cues and column.name == taxonomy.columns.now(column_hint):
        cues[SOURCE_CUE] = (column.name,)
    cues |= {found.topic.id: found.cues for found in topics}
    return Placement(column.name, kind, tuple(found.topic.id for found in topics), cues)


def _opening(article: Article) -> str:
    parts: list[str] = []
    size = 0
    for paragraph in article.paragraphs:
        for sentence in paragraph:
            if is_junk(sentence):
                continue  # "Image copyright": the article is not about that
            parts.append(sentence)
            size += len(sentence) + 1
            if size > _LOOKED_AT:
                return " ".join(parts)[:_LOOKED_AT]
    return " ".join(parts)
