"""What one signal tells: the text that others are compared with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from digest.model import Article, Brief, Kind
from digest.translation.script import in_simplified, simplified_article

_MOST_SENTENCES = 120
"""Of an article: a live blog would otherwise cost as much as a hundred reports."""

_LONGEST_TITLE = 400
"""Letters of a title that are compared: pages call themselves whatever they like."""


@dataclass(frozen=True, slots=True)
class Account:
    """A signal as one telling of an event.

    `at` is when it was told; `title` the original's, in `lang`; `sentences` those of the article
    with their numbers as places, none where its text is kept no longer. Its brief stays either
    way.
    """

    signal_id: int
    title: str
    lang: str
    kind: Kind
    at: datetime
    brief: Brief
    sentences: tuple[str, ...] = ()

    def texts(self) -> Iterator[tuple[str, str]]:
        """All that it says, as (language, text): the title first, then points, then the rest."""
        brief = self.brief
        yield self.lang, self.title
        if brief.headline != self.title:
            yield brief.headline_lang or self.lang, brief.headline
        for point in brief.points:
            yield point.lang, point.text
            if point.original:
                yield self.lang, point.original
        for sentence in self.sentences:
            yield self.lang, sentence

    def titles(self) -> Mapping[str, str]:
        """Its title by language: the original's, and the brief's where that is another one."""
        own = {self.brief.headline_lang or self.lang: self.brief.headline}
        return own | {self.lang: self.title}


def account_of(
    signal_id: int, article: Article | None, brief: Brief, *, title: str, lang: str, kind: Kind,
    at: datetime,
) -> Account:  # fmt: skip
    """The account that a signal gives. Traditional Chinese is read in simplified characters."""
    sentences: tuple[str, ...] = ()
    if article is not None:
        simple = simplified_article(article)
        read = article if simple is None else in_simplified(article, simple)
        title = read.title
        sentences = tuple(one.text for one in read.sentences[:_MOST_SENTENCES])
    if len(brief.headline) > _LONGEST_TITLE:
        brief = replace(brief, headline=brief.headline[:_LONGEST_TITLE])
    return Account(signal_id, title[:_LONGEST_TITLE], lang, kind, at, brief, sentences)
