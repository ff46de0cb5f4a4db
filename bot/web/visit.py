"""What one request asks for: a page, in a language, with a few cleaned parameters."""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from aiohttp import web

from bot.web.words import clean
from digest.model import Lang
from digest.regexes import regex
from digest.seals import PARAMETER

# BCP 47 tags of our pages' languages; the usual one needs no mention in an address.
HTML_TAGS = {Lang.ZH: "zh-Hans", Lang.EN: "en"}
USUAL = Lang.ZH
MAX_QUERY = 200
_MAX_SEAL = 64
_SEAL = regex(rf"[A-Za-z0-9_-]{{1,{_MAX_SEAL}}}")
_ID = regex(r"[0-9]{1,18}")
# On which pages a parameter changes what is shown.
_SEALED = ("/s/", "/post/")
_LISTS = ("/search", "/column/", "/topic/", "/day/", "/story/")
_COUNTS_ON = dict.fromkeys(("q", "column", "topic", "source", "day"), ("/search",)) | {
    "before": _LISTS,
    "page": ("/c/", "/sources"),
    "days": ("/topic/", "/trends", "/desk/stats"),
}
# One element of Accept-Language (RFC 9110 §12.5.4): a tag and perhaps a weight.
_RANGE = regex(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q=([01](?:\.\d{0,3})?))?")


@dataclass(frozen=True, slots=True)
class Visit:
    """The language and parameters of one request.

    `chosen` tells that the reader named the language in the address, so links keep naming it.
    `before` is a signal id to page from, None on the first page; `query` is free of controls.
    `column`, `topic`, `source` (an id) and `day` (2026-11-22) narrow a search; `days` is how far
    a picture looks back, 0 when not said. `seal` is what the address brought to open a
    subscribers' page, as it came.
    """

    path: str
    lang: Lang = Lang.ZH
    chosen: bool = False
    before: int | None = None
    query: str = ""
    column: str = ""
    number: int = 1
    seal: str = ""
    source: int | None = None
    topic: str = ""
    day: str = ""
    days: int = 0
    kept: dict[str, str] = field(default_factory=dict)

    def url(self, path: str, **parameters: str | int | None) -> str:
        """A link to our own `path` in the reader's language; empty parameters are left out."""
        asked = {name: str(value) for name, value in parameters.items() if value}
        if self.chosen:
            asked["lang"] = self.lang.value
        return f"{quote(path)}?{urlencode(asked)}" if asked else quote(path)

    def in_language(self, lang: Lang) -> str:
        """This same page in another language."""
        return f"{quote(self.path)}?{urlencode(self.kept | {'lang': lang.value})}"

    @property
    def canonical(self) -> str:
        """The one address of this page in its language: English names itself, Chinese is usual."""
        return self._named(self.lang)

    @property
    def alternates(self) -> tuple[tuple[str, str], ...]:
        """This page in every language as (BCP 47 tag or "x-default", path)."""
        others = ((tag, self._named(lang)) for lang, tag in HTML_TAGS.items())
        return (*others, ("x-default", self._named(USUAL)))

    def _named(self, lang: Lang) -> str:
        # A key that opens this page for one reader, and how far its picture looks back, are no
        # part of its public address.
        asked = {
            name: value for name, value in self.kept.items() if name not in {PARAMETER, "days"}
        }
        if lang is not USUAL:
            asked["lang"] = lang.value
        return f"{quote(self.path)}?{urlencode(asked)}" if asked else quote(self.path)


def visit_of(request: web.Request) -> Visit:
    """Read the language and the parameters that pages know; anything broken counts as absent."""
    asked = request.query
    named = asked.get("lang", "")
    chosen = named in {Lang.ZH.value, Lang.EN.value}
    lang = (
        Lang(named) if chosen else preferred_language(request.headers.get("Accept-Language", ""))
    )
    query = clean(asked.get("q", ""))[:MAX_QUERY]
    before = number_of(asked.get("before", ""))
    page = number_of(asked.get("page", "")) or 1
    column = clean(asked.get("column", ""))[:40]
    topic, day = clean(asked.get("topic", ""))[:40], clean(asked.get("day", ""))[:10]
    source = number_of(asked.get("source", ""))
    days = number_of(asked.get("days", "")) or 0
    kept = {"q": query, "column": column, "topic": topic, "day": day}
    kept |= {"source": str(source or ""), "days": str(days or ""), "before": str(before or "")}
    kept["page"] = str(page) if page > 1 else ""
    # Only where it opens something: another page must not carry it on.
    seal = asked.get(PARAMETER, "") if request.path.startswith(_SEALED) else ""
    kept[PARAMETER] = seal if _SEAL.fullmatch(seal) else ""
    return Visit(
        # "//host/…" in a link would lead to that host, and not to us.
        path="/" + request.path.lstrip("/\\"),
        lang=lang,
        chosen=chosen,
        before=before,
        query=query,
        column=column,
        number=page,
        seal=seal[:_MAX_SEAL],
        source=source,
        topic=topic,
        day=day,
        days=days,
        kept={name: one for name, one in kept.items() if one and _counts(name, request.path)},
    )


def _counts(name: str, path: str) -> bool:
    """Whether a parameter says anything on this page: only then it is part of its address."""
    where = _COUNTS_ON.get(name)
    return where is None or path.startswith(where)


def preferred_language(accept: str) -> Lang:
    """Chinese, unless the browser ranks English above it (header Accept-Language)."""
    weights = {Lang.ZH: 0.0, Lang.EN: 0.0}
    for part in accept[:400].split(","):
        found = _RANGE.fullmatch(part)
        tag = found[1].lower() if found else ""
        if found and tag in weights:
            weights[Lang(tag)] = max(weights[Lang(tag)], float(found[2] or 1))
    return Lang.EN if weights[Lang.EN] > weights[Lang.ZH] else Lang.ZH


def number_of(text: str) -> int | None:
    """A positive id of at most 18 digits (it fits 63 bits), None for anything else."""
    return (int(text) or None) if _ID.fullmatch(text) else None
