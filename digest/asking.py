"""What a reader asks for in one line: words, and filters by column, topic, source and day.

    芯片 栏目:AI 来源:路透 日期:昨天        column:ai source:reuters day:2026-11-20

Lenient about spelling: full-width colons, blanks around them, other names and small slips of the
keys, quotes for values of several words. Pure.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from rapidfuzz import fuzz, process

from digest.days import Days, read_days
from digest.finding import Narrowing
from digest.model import Lang, Source
from digest.regexes import regex
from digest.taxonomy import Column, Taxonomy

Kind = Literal["column", "topic", "source", "day"]
KINDS: tuple[Kind, ...] = ("column", "topic", "source", "day")

_SPELLINGS: dict[Kind, str] = {
    "column": "栏目 栏 版块 分类 column columns col category section in",
    "topic": "话题 主题 标签 topic topics tag about",
    "source": "来源 信源 出处 媒体 网站 source sources src from site",
    "day": "日期 时间 日子 day days date dates when time",
}
_KEYS = {name: kind for kind, names in _SPELLINGS.items() for name in names.split()}
_NAMES: dict[Lang, dict[Kind, str]] = {
    Lang.ZH: {"column": "栏目", "topic": "话题", "source": "来源", "day": "日期"},
    Lang.EN: {"column": "column", "topic": "topic", "source": "source", "day": "day"},
}
_LONG_ENOUGH = 4  # letters of a key that may be misspelt
_NEAR_KEY = 83
_NEAR_NAME = 86
_TOO_SHORT = 2
_QUOTED = r'"[^"]*"|“[^”]*”|「[^」]*」|\'[^\']*\''
_SPOKEN = (  # values of several words that need no quotes
    r"(?:近|最近|过去)\s*\d+\s*\S+|(?:last|past)\s+\d+\s*[a-z]+|(?:last|this|past)\s+[a-z]+|"
    r"(?:[a-z]{3,9}\.?\s+\d{1,2}|\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
)
_FILTER = regex(
    rf"(?:^|(?<=[\s,;、]))(?P<key>[^\W\d_]{{2,10}})\s*[:=]\s*"
    rf"(?P<value>{_QUOTED}|(?P<spoken>{_SPOKEN})|[^\s,;、]+)",
    re.IGNORECASE,
)
# "栏目:" at the end of a line or before a comma: what it shall be was not written yet.
_UNSET = regex(r"(?:^|(?<=[\s,;、]))(?P<key>[^\W\d_]{2,10})\s*[:=]\s*$")
_MARKS = "\"“”「」'"


@dataclass(frozen=True, slots=True)
class Request:
    """Words and filters; `source` is a source's name, or a part of it that several share.

    `unknown` are filters that nothing here is called by, with what was typed, "" for nothing.
    """

    words: str = ""
    column: str | None = None
    topic: str | None = None
    source: str = ""
    days: Days | None = None
    unknown: tuple[tuple[Kind, str], ...] = ()

    @property
    def filters(self) -> tuple[Kind, ...]:
        """The kinds of filters that are set."""
        given = (self.column, self.topic, self.source, self.days)
        return tuple(kind for kind, value in zip(KINDS, given, strict=True) if value)

    def without(self, kind: Kind) -> "Request":
        """The same request with one filter less."""
        empty: dict[Kind, Request] = {
            "column": replace(self, column=None),
            "topic": replace(self, topic=None),
            "source": replace(self, source=""),
            "day": replace(self, days=None),
        }
        return empty[kind]

    def narrowing(self, sources: Iterable[Source], zone: str) -> Narrowing:
        """The filters as storage takes them; days are those of `zone`."""
        since, until = self.days.bounds(zone) if self.days else (None, None)
        ids = tuple(source.id for source in sources_called(self.source, sources))
        return Narrowing(self.column, self.topic, ids if self.source else (), since, until)

    @staticmethod
    def name_of(kind: Kind, lang: Lang) -> str:
        """What a filter is called where it is typed: 栏目, column."""
        return _NAMES[lang][kind]

    def written(self, kind: Kind, lang: Lang, taxonomy: Taxonomy) -> str:
        """One filter as a reader of `lang` would type it: 栏目:人工智能, source:"The Verge"."""
        value = self.value(kind, lang, taxonomy)
        return f"{_NAMES[lang][kind]}:{_quoted(value)}"

    def value(self, kind: Kind, lang: Lang, taxonomy: Taxonomy) -> str:
        """What a filter is set to, in words; "" for none."""
        match kind:
            case "column":
                column = taxonomy.columns.get(self.column or "")
                return column.name(lang) if column else ""
            case "topic":
                topic = taxonomy.topics.get(self.topic or "")
                return topic.name(lang) if topic else ""
            case "source":
                return self.source
            case "day":
                return str(self.days) if self.days else ""

    def typed(self, lang: Lang, taxonomy: Taxonomy) -> str:
        """The whole request as a reader of `lang` would type it."""
        filters = [self.written(kind, lang, taxonomy) for kind in self.filters]
        return " ".join(part for part in (self.words, *filters) if part)


def read_request(text: str, taxonomy: Taxonomy, today: date) -> Request:
    """Read a line in its plain form (NFKC, one space between words); never fails.

    What looks like a filter but has no known key is words. A column that is called like a topic
    is that topic, and the other way round.
    """
    request, rest, end, look = Request(), list[str](), 0, 0
    while found := _FILTER.search(text, look):
        kind = _kind_of(found["key"])
        if kind is None:  # "note: topic:ai" still has a filter
            look = found.end("key")
            continue
        value = found["value"].strip(_MARKS)
        stop = found.end()
        if found["spoken"] and kind != "day":  # only days are spoken in several words
            value = found["value"].split()[0]
            stop = found.start("value") + len(value)
        rest.append(text[end : found.start()])
        end = look = stop
        request = _with(request, kind, value.strip(), taxonomy, today)
    rest.append(text[end:])
    words = list[str]()
    for part in (one.strip(" ,;、") for one in rest):
        unset = _UNSET.search(part)
        if unset is not None and (kind := _kind_of(unset["key"])):
            request = replace(request, unknown=(*request.unknown, (kind, "")))
            part = part[: unset.start()].strip(" ,;、")  # noqa: PLW2901  without the filter
        # A sign left alone must not make another filter of what stands before it: "col" and ":".
        if part.strip(" ,;、:="):
            words += part.split()
    return replace(request, words=" ".join(words))


def _kind_of(key: str) -> Kind | None:
    name = key.casefold()
    if name in _KEYS or len(name) < _LONG_ENOUGH or not name.isascii():
        return _KEYS.get(name)
    near = process.extractOne(name, list(_KEYS), scorer=fuzz.ratio, score_cutoff=_NEAR_KEY)
    return _KEYS[near[0]] if near else None


def _with(request: Request, kind: Kind, value: str, taxonomy: Taxonomy, today: date) -> Request:
    match kind:
        case "source" if value:
            return replace(request, source=value)
        case "day" if days := read_days(value, today):
            return replace(request, days=days)
        case "column" | "topic":
            column, topic = taxonomy.find_column(value), taxonomy.find_topic(value)
            if topic and (kind == "topic" or column is None):
                return replace(request, topic=topic.id)
            if column or (column := near_column(value, taxonomy) if kind == "column" else None):
                return replace(request, column=column.id)
    return replace(request, unknown=(*request.unknown, (kind, value)))


def near_column(value: str, taxonomy: Taxonomy) -> Column | None:
    """The column whose name is spelt nearly like `value`, or begins so."""
    names = {
        name.casefold(): column
        for column in taxonomy.columns.values()
        for name in (column.id, column.zh, column.en)
    }
    near = process.extractOne(
        value.casefold(), list(names), scorer=fuzz.WRatio, score_cutoff=_NEAR_NAME
    )
    return names[near[0]] if near and len(value) > 1 else None


def sources_called(name: str, sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources that `name` means.

    Those called exactly so, else those with it in their name, key or address, else those whose
    name is spelt nearly so.
    """
    wanted, known = _plain(name), tuple(sources)
    if not wanted:
        return ()
    exact = [one for one in known if wanted in {_plain(one.spec.title), one.spec.key.casefold()}]
    if exact:
        return tuple(exact)
    within = [one for one in known if _has_in_a_name(one, wanted)]
    if within:
        return tuple(within)
    near = process.extract(
        wanted,
        {one.id: _plain(one.spec.title) for one in known},
        scorer=fuzz.ratio,
        score_cutoff=_NEAR_NAME,
        limit=3,
    )
    ids = {id_ for _, _, id_ in near}
    return tuple(one for one in known if one.id in ids)


def suggest_sources(name: str, sources: Sequence[Source], limit: int = 4) -> tuple[Source, ...]:
    """The sources whose names are nearest to one that means none."""
    near = process.extract(
        _plain(name),
        {one.id: _plain(one.spec.title) for one in sources},
        scorer=fuzz.WRatio,
        score_cutoff=60,
        limit=limit,
    )
    by_id = {one.id: one for one in sources}
    return tuple(by_id[id_] for _, _, id_ in near)


def _has_in_a_name(source: Source, wanted: str) -> bool:
    if wanted in _plain(source.spec.title) or source.spec.key.casefold().startswith(wanted):
        return True
    # Feeds are often hosted elsewhere; the site's own address says whose they are.
    host = (urlsplit(source.spec.site_url or source.spec.url).hostname or "").removeprefix("www.")
    if "." in wanted:
        return host == wanted or host.endswith(f".{wanted}")
    return len(wanted) > _TOO_SHORT and any(
        label.startswith(wanted) for label in host.split(".")[:-1]
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s,;、]", value) else value
