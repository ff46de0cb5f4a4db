"""An article: the readable text, its sentences numbered once and for all."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article: `index` counts through the article, `paragraph` from 0."""

    index: int
    paragraph: int
    text: str


class ArticleOrigin(StrEnum):
    """Where the text came from: the full page, the feed's own body when the page failed.

    `editor`: it is an editor's own.
    """

    PAGE = "page"
    FEED = "feed"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Article:
    """Extracted readable text of an entry's page, its sentences numbered once and for all.

    `paragraphs` holds the sentences of each paragraph, in order; evidence refers to the running
    number of a sentence. `published_at` is the original's time, `utc_offset_min` its own zone.
    `note` is an honest remark on the text ("paywalled": only the open part was read,
    "thread": people of a board talk).
    """

    url: str
    canonical_url: str
    title: str
    paragraphs: tuple[tuple[str, ...], ...]
    lang: str
    author: str = ""
    site: str = ""
    published_at: datetime | None = None
    utc_offset_min: int | None = None
    origin: ArticleOrigin = ArticleOrigin.PAGE
    note: str = ""
    image_url: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in order, with the numbers that evidence refers to."""
        found: list[Sentence] = []
        for number, paragraph in enumerate(self.paragraphs):
            for text in paragraph:
                found.append(Sentence(len(found), number, text))
        return tuple(found)

    @property
    def text(self) -> str:
        """The readable text: paragraphs apart by a blank line, sentences as they stood."""
        glue = "" if self.lang in {"zh", "ja"} else " "
        return "\n\n".join(glue.join(paragraph) for paragraph in self.paragraphs)
