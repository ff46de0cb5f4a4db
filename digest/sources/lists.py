"""Lists of sources that people bring along: OPML, JSON, or addresses among words.

A list comes from somebody else, so everything about it is bounded; what cannot be used is kept
with its reason, so that whoever brought it is told of each.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from digest.identity import canonical_url
from digest.model import SourceSpec
from digest.regexes import regex
from digest.sources.opml import ListError, Named, is_opml, read_outlines
from digest.sources.plain import plain_text
from digest.sources.raw import web_address
from digest.sources.shelving import guess_column, guess_lang, key_of
from digest.text.decoding import decode

__all__ = ["MAX_BYTES", "MAX_LISTED", "FeedList", "ListError", "Unusable", "read_list"]

# The most that Telegram lets a bot download.
MAX_BYTES = 20 * 1024 * 1024
MAX_LISTED = 20_000
_MAX_NAMED = 100_000
_MAX_DEPTH = 20
_MAX_TITLE = 120
_LONGEST_HEADING = 120

_URL = regex(r"https?://[^\s\"'<>()\[\]{}|\\^`,;，。；、（）【】《》「」]+", re.IGNORECASE)
_DOMAIN = regex(r"(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}", re.IGNORECASE)
_HEADING = regex(r"\s{0,3}#{1,6}\s*(.{1,80}?)\s*#*\s*$|(.{1,40}?)\s*[:：]\s*$")
_MARKUP = regex(r"<[^<>]{0,500}>")
_EDGES = " \t\r-–—*•·|:：,，;；()（）[]【】<>《》#.\"'"

# Under which names JSON lists keep what we look for, the most telling first.
_ADDRESSES = ("xmlurl", "feed_url", "feedurl", "feed", "rss", "atom", "url", "link", "href")
_ROUTES = ("routepath", "address", "path")
_TITLES = ("title", "name", "text", "label", "organization")
_FOLDERS = ("category", "folder", "group", "column", "tag")
_SITES = ("domains", "domain", "site", "website", "homepage", "htmlurl")


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something on a list that is no source: its name or what stands for its address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class FeedList:
    """What a list holds: each address once, how many were repeated, what is no address."""

    specs: tuple[SourceSpec, ...]
    repeated: int = 0
    unusable: tuple[Unusable, ...] = ()


def read_list(body: bytes) -> FeedList:
    """The sources that a file names, in its order.

    Folders tell the column ("tech" when none does), the script of a title the language. Keys are
    made from the address, so that importing twice gives the same ones. Raises ListError.
    """
    if len(body) > MAX_BYTES:
        raise ListError("size")
    text = decode(body).text
    specs: dict[str, SourceSpec] = {}
    unusable: list[Unusable] = []
    repeated = 0
    for number, named in enumerate(_named(text)):
        spec = _spec(named)
        if number >= _MAX_NAMED:
            raise ListError("too_many")
        if spec is None:
            unusable.append(Unusable(plain_text(named.title, _MAX_TITLE), named.address[:200]))
        elif canonical_url(spec.url) in specs:
            repeated += 1
        elif len(specs) >= MAX_LISTED:
            raise ListError("too_many")
        else:
            specs[canonical_url(spec.url)] = spec
    if not specs and not unusable:
        raise ListError("empty")
    return FeedList(tuple(specs.values()), repeated, tuple(unusable))


def _named(text: str) -> Iterator[Named]:
    if is_opml(text):
        return read_outlines(text)
    if text.lstrip()[:1] in {"[", "{"}:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            pass  # a text may begin with a bracket too
        else:
            return _in_json(data, (), 0)
    return _in_text(text)


def _spec(named: Named) -> SourceSpec | None:
    url = web_address(named.address, "")
    if not url:
        return None
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    title = plain_text(named.title, _MAX_TITLE) or host
    return SourceSpec(
        key=key_of(url),
        url=url,
        title=title,
        column=guess_column(named.folders),
        lang=guess_lang(named.lang, title),
        site_url=web_address(named.site, ""),
    )


# --- JSON --------------------------------------------------------------------------------


def _in_json(value: Any, folders: tuple[str, ...], depth: int) -> Iterator[Named]:
    """Addresses in a JSON document: of objects that describe a source, or alone in lists."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        if _URL.match(value):
            yield Named(value, folders=folders)
    elif isinstance(value, list):
        for one in value:
            yield from _in_json(one, folders, depth + 1)
    elif isinstance(value, dict):
        yield from _in_object(value, folders, depth)


def _in_object(value: dict[str, Any], folders: tuple[str, ...], depth: int) -> Iterator[Named]:
    lower = {str(name).lower(): one for name, one in value.items()}
    address = next(_strings(lower, (*_ADDRESSES, *_ROUTES)), "") or _site(lower)
    if address:
        folder = next(_strings(lower, _FOLDERS), "")
        yield Named(
            address,
            next(_strings(lower, _TITLES), ""),
            (*folders, folder) if folder else folders,
            next(_strings(lower, ("language", "source_language", "lang")), ""),
            next(_strings(lower, ("htmlurl", "site_url", "homepage")), ""),
        )
        return
    for name, one in value.items():
        if isinstance(one, dict | list):
            yield from _in_json(one, (*folders, str(name)), depth + 1)


def _strings(values: dict[str, Any], names: Iterable[str]) -> Iterator[str]:
    found = (values.get(name) for name in names)
    return (one.strip() for one in found if isinstance(one, str) and one.strip())


def _site(values: dict[str, Any]) -> str:
    """The page of whoever names only a site: its feed is found by trying."""
    for name in _SITES:
        given = values.get(name)
        first = given[0] if isinstance(given, list) and given else given
        if isinstance(first, str) and _DOMAIN.fullmatch(first.strip()):
            return f"https://{first.strip()}/"
    return ""


# --- words -------------------------------------------------------------------------------


def _in_text(text: str) -> Iterator[Named]:
    """Addresses in lines of words; a heading (“# AI”, “科技：”) is the folder of what follows."""
    folder = ""
    for line in text.splitlines():
        found = list(_URL.finditer(line))
        if not found:
            heading = _HEADING.match(line) if len(line) <= _LONGEST_HEADING else None
            folder = (heading[1] or heading[2]) if heading else folder
        alone = len(found) == 1
        for one in found:
            title = _title_beside(line, one) if alone else ""
            yield Named(one[0].rstrip(".:!?"), title, (folder,) if folder else ())


def _title_beside(line: str, found: re.Match[str]) -> str:
    """The words before an address, else those behind it; in HTML those within its link."""
    before, after = line[: found.start()], line[found.end() :]
    start = before.rfind("<")
    if start > before.rfind(">"):
        before, after = before[:start], after[after.find(">") + 1 :]
    return _words(before) or _words(after)


def _words(text: str) -> str:
    return " ".join(_MARKUP.sub(" ", text).split()).strip(_EDGES)
