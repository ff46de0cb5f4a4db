"""Which signals of a story speak for themselves, and which repeat one another."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from urllib.parse import urlsplit

from digest.agreement.words import agencies
from digest.model import Article, Signal
from digest.regexes import regex

_OPENING = 3  # sentences in which an agency is named, when the text is its
_LEAST_LETTERS = 16  # shorter sentences stand in many texts
_COPIED = 0.4  # share of the shorter text's sentences from which it is the other one
_SECOND_LEVEL = frozenset({"com", "co", "org", "net", "gov", "edu", "ac"})
# Where many publish who have nothing to do with one another: under one name, under names of it.
_EVERYBODYS = frozenset({"mp.weixin.qq.com", "t.me", "medium.com", "x.com", "www.youtube.com"})
_OF_MANY = (".substack.com", ".medium.com", ".github.io", ".wordpress.com", ".blogspot.com")
_CREDIT = regex(
    r"(?:据|援引|引述)[^，。]{0,24}(?:报道|消息|称|透露|获悉|援引|电)?|报道[，,称]|[电讯]\s?[）)]?$"
    r"|\b(?:according to|reported|reports|told|citing|cited)\b|\((?:Reuters|AP|AFP|Xinhua)\)"
    r"|(?:社|网)[^，。]{0,16}[电讯]",
    re.IGNORECASE,
)


class Origins:
    """Tells by whom a signal's statement was made first: itself, its like, or an agency."""

    def __init__(self, members: Sequence[Signal], articles: Mapping[int, Article]) -> None:
        self._titles = [(one.id, one.source_title) for one in members]
        self._groups = _grouped(members, articles)
        self._agency = {one.id: _agency(one, articles.get(one.id)) for one in members}

    def of(self, signal: Signal, sentence: str = "") -> str:
        """The same for two signals whose statements are no two independent ones."""
        group = self._groups[signal.id]
        quoted = credited(sentence) or self._agency[signal.id]
        if quoted:
            return quoted
        for number, title in self._titles:
            other = self._groups.get(number, number)
            if other != group and title and title in sentence and _CREDIT.search(sentence):
                return str(other)
        return str(group)


def credited(sentence: str) -> str:
    """The agency that a sentence takes its word from, "" for none."""
    if not _CREDIT.search(sentence):
        return ""
    return _named(sentence)


def _named(text: str) -> str:
    return next((name for name, words in agencies().items() if words.search(text)), "")


def _agency(signal: Signal, article: Article | None) -> str:
    """The agency whose text an article is, "" when it is its own."""
    own = _named(f"{signal.source_title} {signal.site}")
    if own:
        return own
    author = _named(signal.author)
    opening = article.sentences[:_OPENING] if article else ()
    return author or next(filter(None, (credited(it.text) for it in opening)), "")


def _grouped(members: Sequence[Signal], articles: Mapping[int, Article]) -> dict[int, int]:
    """Each signal's group: those of one site, one source, or one text are one."""
    group = {one.id: one.id for one in members}
    texts = {one.id: _sentences(one, articles.get(one.id)) for one in members}
    homes = {one.id: _homes(one) for one in members}
    for one, other in combinations(members, 2):
        if group[one.id] != group[other.id] and (
            homes[one.id] & homes[other.id] or _same_text(texts[one.id], texts[other.id])
        ):
            kept, gone = group[one.id], group[other.id]
            group = {id_: kept if it == gone else it for id_, it in group.items()}
    return group


def _homes(signal: Signal) -> set[str]:
    """The sources and the site that published it."""
    homes = {f"source {one.source_id}" for one in signal.seen_in}
    name = urlsplit(signal.url).hostname or ""
    if name in _EVERYBODYS:
        return homes
    if name.endswith(_OF_MANY):
        return homes | {name}
    host = name.split(".")
    if len(host) > 1:
        parts = 3 if len(host) > 2 and host[-2] in _SECOND_LEVEL else 2  # noqa: PLR2004
        homes.add(".".join(host[-parts:]))
    return homes


def _sentences(signal: Signal, article: Article | None) -> frozenset[str]:
    texts: Iterable[str]
    if article is not None:
        texts = (it.text for it in article.sentences[:60])
    else:
        texts = (it.original or it.text for it in signal.brief.points)
    letters = ("".join(filter(str.isalnum, text.casefold())) for text in texts)
    return frozenset(text for text in letters if len(text) >= _LEAST_LETTERS)


def _same_text(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer = min(len(one), len(other))
    return bool(fewer) and len(one & other) >= max(1.0, _COPIED * fewer)
