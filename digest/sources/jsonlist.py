"""A list in a JSON document, by JMESPath expressions (jmespath.org) plus `split(text, separator)`.

A plain path is one already: `data.list`, `items[*].target`, `cards[].group[]`. Alternatives and
made links are part of the language: `url || mobileUrl`,
`join('', ['https://v.test/item?id=', id])`.
"""

import html
import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from digest.errors import PollFailure, SourceError
from digest.model import Recipe
from digest.sources.dates import FeedDate
from digest.sources.moments import read_moment, zone_named
from digest.sources.raw import NO_LETTERS, RawEntry, RawFeed, web_address
from digest.text.decoding import decode

MAX_BYTES = 10 * 1024 * 1024
MAX_ITEMS = 1_000
LONGEST_PATH = 300
_LONGEST_TEXT = 20_000
# Seconds up to the year 2100; more is milliseconds.
_MOST_SECONDS = 4_102_444_800


class _Functions(functions.Functions):
    @functions.signature({"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator,unused-ignore]
    def _func_split(self, text: str, separator: str) -> list[str]:
        return text.split(separator) if separator else [text]


_OPTIONS = jmespath.Options(custom_functions=_Functions())


def load_json(body: bytes, content_type: str = "") -> Any:
    """The document. Raises SourceError: TOO_LARGE, NOT_A_FEED for what is no JSON."""
    if len(body) > MAX_BYTES:
        raise SourceError(PollFailure.TOO_LARGE, f"{len(body)} bytes of JSON")
    try:
        return json.loads(decode(body, content_type).text)
    except (ValueError, RecursionError) as error:
        raise SourceError(PollFailure.NOT_A_FEED, "broken JSON") from error


def parse_json_list(
    body: bytes, *, url: str, recipe: Recipe, content_type: str = "", now: datetime
) -> RawFeed:
    """The items that `recipe` describes, at most 1,000, those without title and link left out.

    Raises SourceError: BAD_RECIPE for an expression that is none, NO_ITEMS when nothing is there.
    """
    found = search(recipe.items or "items", load_json(body, content_type))
    items = found if isinstance(found, list) else []
    entries = tuple(_entries(items[:MAX_ITEMS], url, recipe, now))
    if not entries:
        raise SourceError(PollFailure.NO_ITEMS, f"nothing at {recipe.items!r}")
    return RawFeed("json list", entries)


def search(expression: str, data: Any) -> Any:
    """What a JMESPath expression finds in `data`, None when nothing.

    Raises SourceError(BAD_RECIPE) for an expression that is none.
    """
    compiled = _compiled(expression)
    try:
        return compiled.search(data, options=_OPTIONS)
    except JMESPathError:
        return None  # a function was given what it does not take: this item lacks the field
    except (RecursionError, ValueError, TypeError, OverflowError):
        return None


def as_text(value: Any) -> str:
    """A value as one line of text: strings and numbers, nothing of the rest."""
    if isinstance(value, str):
        return NO_LETTERS.sub("", value[:_LONGEST_TEXT]).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def as_date(value: Any, now: datetime, zone: tzinfo | None) -> FeedDate | None:
    """A value as a date: text as people or feeds write it, or Unix time in s or ms."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if value > _MOST_SECONDS else value
        return read_moment(f"{seconds:.0f}", now) if seconds > 0 else None
    return read_moment(value, now, zone) if isinstance(value, str) else None


def _entries(items: list[Any], url: str, recipe: Recipe, now: datetime) -> Iterator[RawEntry]:
    zone = zone_named(recipe.zone)
    for item in items:
        title = as_text(_field(item, recipe.title, "title"))
        link = web_address(as_text(_field(item, recipe.link, "url || link")), url)
        if not (title or link) or (recipe.include and recipe.include not in link):
            continue
        summary = as_text(_field(item, recipe.summary, ""))
        yield RawEntry(
            link=link,
            title=title,
            author=as_text(_field(item, recipe.author, "")),
            bodies=(_as_html(summary),) if summary else (),
            date=as_date(_field(item, recipe.date, ""), now, zone),
        )


def _field(item: Any, expression: str, usual: str) -> Any:
    wanted = expression or usual
    return search(wanted, item) if wanted else None


def _as_html(text: str) -> str:
    """Markup as it is, plain text as paragraphs."""
    if "</" in text or "<br" in text:
        return text
    blocks = (html.escape(block.strip(), quote=False) for block in text.split("\n"))
    return "".join(f"<p>{block}</p>" for block in blocks if block)


@lru_cache(maxsize=256)
def _compiled(expression: str) -> ParsedResult:
    if len(expression) > LONGEST_PATH:
        raise SourceError(PollFailure.BAD_RECIPE, f"a path of {len(expression)} characters")
    try:
        return jmespath.compile(expression)
    except (JMESPathError, RecursionError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise SourceError(PollFailure.BAD_RECIPE, f"{expression[:80]!r}: {reason}") from error
