"""What a page says of itself in JSON-LD (schema.org), as far as we use it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from digest.regexes import regex
from digest.text.vocabulary import word_set

_ARTICLE_TYPES = word_set(
    "article newsarticle blogposting posting techarticle report scholarlyarticle review",
    "reportagenewsarticle analysisnewsarticle opinionnewsarticle backgroundnewsarticle",
    "reviewnewsarticle asknewsarticle advertisercontentarticle satiricalarticle",
    "liveblogposting socialmediaposting discussionforumposting medicalscholarlyarticle",
)
_PAGE_TYPES = frozenset({"webpage", "itempage", "aboutpage", "videoobject", "creativework"})
_OFFER_TYPES = word_set(
    "product productgroup individualproduct service localbusiness offercatalog collectionpage",
    "searchresultspage",
)
_THREAD_TYPES = frozenset({"discussionforumposting", "qapage"})
# Lists of other articles and comments under this one are not about this page.
_ELSEWHERE = word_set(
    "itemlistelement itemlist comment comments haspart relatedlink mentions about",
    "isrelatedto significantlink citation isbasedon review reviews",
)
_TRAILING_COMMA = regex(r",\s*([}\]])")
_WRAPPING = regex(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)?\s*|\s*(?:-->|(?://\s*)?\]\]>)?;?\s*$"
)
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class LinkedData:
    """The page's own object, strings empty where it says nothing.

    `is_thread`: it is what people of a board write to each other.
    `free` is False when the page says that it is not free to read, `is_offer` is True where it
    calls itself a product, a service or a list of them and nowhere an article.
    """

    is_article: bool = False
    is_offer: bool = False
    is_thread: bool = False
    headline: str = ""
    published: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    image: str = ""
    body: str = ""
    free: bool = True


def read_linked_data(scripts: tuple[str, ...], url: str) -> LinkedData:
    """The best description of the page at `url` among its JSON-LD scripts."""
    objects = [found for script in scripts for found in _objects(_parsed(script), 0)]
    articles = [found for found in objects if _types(found) & _ARTICLE_TYPES]
    own = [found for found in articles if _is_about(found, url)] or articles
    pages = [found for found in objects if _types(found) & _PAGE_TYPES]
    # Baidu's form of JSON-LD has a title and a pubDate and no type.
    offers = any(_types(found) & _OFFER_TYPES for found in objects) and not articles
    thread = any(_types(found) & _THREAD_TYPES for found in objects)
    untyped = [found for found in objects if not _types(found) and "pubDate" in found]
    ordered = own[:1] + untyped[:1] + pages
    if not ordered:
        return LinkedData(is_offer=offers, is_thread=thread)
    main = ordered[0]
    return LinkedData(
        is_article=bool(own),
        is_offer=offers,
        is_thread=thread,
        headline=_text(main.get("headline") or main.get("title") or (own and main.get("name"))),
        published=_first(ordered, ("datePublished", "pubDate", "uploadDate", "dateCreated")),
        authors=_names(main.get("author") or main.get("creator")),
        publisher=next(iter(_names(main.get("publisher") or main.get("sourceOrganization"))), ""),
        image=_image(main.get("image") or main.get("thumbnailUrl")),
        body=_text(main.get("articleBody")),
        free=not any(_is_false(found.get("isAccessibleForFree")) for found in ordered),
    )


def _parsed(script: str) -> Any:
    text = _WRAPPING.sub("", script)
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every object, outer ones first, without those that describe something else."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key, item in value.items():
            if key.lower() not in _ELSEWHERE and isinstance(item, list | dict):
                yield from _objects(item, depth + 1)


def _types(found: dict[str, Any]) -> set[str]:
    named = found.get("@type")
    listed = named if isinstance(named, list) else [named]
    return {item.rpartition("/")[2].lower() for item in listed if isinstance(item, str)}


def _is_about(found: dict[str, Any], url: str) -> bool:
    """Whether an object names this page as its own."""
    path = url.partition("?")[0].partition("#")[0].rstrip("/").partition("://")[2]
    named = [found.get("url"), found.get("@id"), found.get("mainEntityOfPage")]
    named += [item.get("@id") for item in named if isinstance(item, dict)]
    return bool(path) and any(isinstance(item, str) and path in item for item in named)


def _first(objects: list[dict[str, Any]], keys: tuple[str, ...]) -> str:
    for key in keys:
        for found in objects:
            if text := _text(found.get(key)):
                return text
    return ""


def _text(value: Any) -> str:
    while isinstance(value, list) and value:
        value = value[0]
    return unescape(value).strip() if isinstance(value, str) else ""


def _names(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    names = (_text(item.get("name")) if isinstance(item, dict) else _text(item) for item in listed)
    return tuple(dict.fromkeys(name for name in names if name))


def _image(value: Any) -> str:
    while isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl")
    return _text(value)


def _is_false(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() == "false")
