"""A list on a page, by CSS selectors: each item with its title, link, date and summary.

Pure; lxml on hostile pages takes its time, so call it in a worker that can be killed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from cssselect import GenericTranslator, SelectorError
from cssselect.parser import FunctionalPseudoElement, Selector
from cssselect.parser import parse as parse_css
from lxml import etree, html

from digest.errors import PollFailure, SourceError
from digest.model import Recipe
from digest.regexes import regex
from digest.sources.dates import FeedDate
from digest.sources.moments import read_moment, zone_named
from digest.sources.normalise import refuse_long_tags
from digest.sources.raw import RawEntry, RawFeed, web_address
from digest.text.decoding import decode

MAX_BYTES = 5 * 1024 * 1024
MAX_TAGS = 150_000
MAX_ITEMS = 1_000
LONGEST_SELECTOR = 300
_LONGEST_TEXT = 2_000
_DATE_ATTRIBUTES = ("datetime", "data-time", "data-timestamp", "data-date", "title")
_UNLINKED = ("#", "javascript:", "mailto:", "tel:", "data:")
_DROPPED = ("script", "style", "noscript", "template", "svg")
_BLANKS = regex(r"\s+")


@dataclass(frozen=True, slots=True)
class ListPage:
    """A parsed page: its root, the address that its links are relative to, title, language."""

    root: Any
    base: str
    title: str
    lang: str


@dataclass(frozen=True, slots=True)
class _Path:
    """A selector as XPath; `attribute` is what "::attr(name)" asks for."""

    find: etree.XPath
    attribute: str = ""


def open_page(body: bytes, url: str, content_type: str = "") -> ListPage:
    """Parse a page. Raises SourceError: NOT_A_FEED when it has no elements, TOO_LARGE."""
    if len(body) > MAX_BYTES or body.count(b"<") > MAX_TAGS:
        raise SourceError(PollFailure.TOO_LARGE, f"a page of {len(body)} bytes")
    refuse_long_tags(body)
    text = decode(body, content_type).text
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    root: Any
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(PollFailure.NOT_A_FEED, f"no page: {error}") from error
    for dropped in root.xpath("|".join(f"//{tag}" for tag in _DROPPED)):
        dropped.drop_tree()
    found = root.xpath("string((//base/@href)[1])")
    return ListPage(
        root,
        web_address(found, url) or url,
        text_of(next(iter(root.xpath("//head/title")), None)),
        str(root.get("lang") or root.get("xml:lang") or ""),
    )


def parse_list_page(
    body: bytes, *, url: str, recipe: Recipe, content_type: str = "", now: datetime
) -> RawFeed:
    """The items of a page that `recipe` describes; at most 1,000, those without a link left out.

    Raises SourceError: BAD_RECIPE for a selector that is none, NO_ITEMS when nothing matches.
    """
    page = open_page(body, url, content_type)
    entries = tuple(_entries(page, recipe, now))
    if not entries:
        raise SourceError(PollFailure.NO_ITEMS, f"nothing matches {recipe.items!r}")
    return RawFeed("page", entries, page.title, url, page.lang, page.base)


def select(root: Any, selector: str, most: int = MAX_ITEMS) -> list[Any]:
    """Elements (or attribute values) that `selector` finds below `root`, in their order.

    Raises SourceError(BAD_RECIPE).
    """
    path = _compiled(selector)
    matches: Any = path.find(root)
    found: list[Any] = matches[:most]
    if path.attribute:
        return [one.get(path.attribute) for one in found if one.get(path.attribute)]
    return found


def text_of(element: Any) -> str:
    """The text of an element with blanks collapsed, at most 2,000 characters; "" of None."""
    if element is None:
        return ""
    if isinstance(element, str):
        return _BLANKS.sub(" ", element[:_LONGEST_TEXT]).strip()
    pieces: list[str] = []
    room = _LONGEST_TEXT
    for piece in element.itertext():
        pieces.append(piece)
        room -= len(piece)
        if room <= 0:
            break
    return _BLANKS.sub(" ", "".join(pieces))[:_LONGEST_TEXT].strip()


def link_of(element: Any, base: str) -> str:
    """Where an element leads, "" when nowhere on the web."""
    href = (element if isinstance(element, str) else element.get("href") or "").strip()
    return "" if not href or href.lower().startswith(_UNLINKED) else web_address(href, base)


def date_of(element: Any, now: datetime, zone: tzinfo | None) -> FeedDate | None:
    """The date that an element tells: by an attribute for machines, else in its words."""
    if isinstance(element, str):
        return read_moment(element, now, zone)
    for name in _DATE_ATTRIBUTES:
        found = read_moment(element.get(name) or "", now, zone)
        if found is not None:
            return found
    return read_moment(text_of(element), now, zone)


def _entries(page: ListPage, recipe: Recipe, now: datetime) -> Iterator[RawEntry]:
    zone = zone_named(recipe.zone)
    for item in select(page.root, recipe.items or "article"):
        if isinstance(item, str):
            raise SourceError(PollFailure.BAD_RECIPE, "items are elements, not attributes")
        linked = _linked(item, recipe)
        link = link_of(linked, page.base) if linked is not None else ""
        if not link or (recipe.include and recipe.include not in link):
            continue
        yield RawEntry(
            link=link,
            title=_title(item, linked, recipe),
            author=text_of(_first(item, recipe.author)),
            bodies=_bodies(text_of(_first(item, recipe.summary))),
            date=_date(item, recipe, now, zone),
        )


def _linked(item: Any, recipe: Recipe) -> Any:
    """What carries the link: what the recipe names, the item itself, else its first link."""
    if recipe.link:
        return _first(item, recipe.link)
    if item.tag == "a":
        return item
    inside = _first(item, recipe.title) if recipe.title else None
    if inside is not None and not isinstance(inside, str):
        if inside.tag == "a":
            return inside
        found = _first(inside, "a[href]")
        if found is not None:
            return found
    return _first(item, "a[href]")


def _title(item: Any, linked: Any, recipe: Recipe) -> str:
    chosen = _first(item, recipe.title) if recipe.title else linked
    title = text_of(chosen)
    if title or isinstance(chosen, str) or chosen is None:
        return title
    return str(chosen.get("title") or chosen.get("aria-label") or "").strip()


def _date(item: Any, recipe: Recipe, now: datetime, zone: tzinfo | None) -> FeedDate | None:
    named = _first(item, recipe.date or "time")
    return date_of(named, now, zone) if named is not None else None


def _bodies(summary: str) -> tuple[str, ...]:
    return (f"<p>{_escape(summary)}</p>",) if summary else ()


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _first(item: Any, selector: str) -> Any:
    found: Sequence[Any] = select(item, selector, 1) if selector else ()
    return found[0] if found else None


@lru_cache(maxsize=256)
def _compiled(selector: str) -> _Path:
    if len(selector) > LONGEST_SELECTOR:
        raise SourceError(PollFailure.BAD_RECIPE, f"a selector of {len(selector)} characters")
    translator = GenericTranslator()
    try:
        parsed = parse_css(selector)
        attribute = {_attribute(one) for one in parsed}
        if len(attribute) != 1:
            raise SourceError(PollFailure.BAD_RECIPE, "one attribute for all alternatives")
        paths = [translator.selector_to_xpath(one) for one in parsed]
        return _Path(etree.XPath(" | ".join(paths)), attribute.pop())
    except (SelectorError, etree.XPathError, RecursionError, ValueError) as error:
        raise SourceError(PollFailure.BAD_RECIPE, f"{selector[:80]!r}: {error}") from error


def _attribute(selector: Selector) -> str:
    pseudo = selector.pseudo_element
    if pseudo is None:
        return ""
    if isinstance(pseudo, FunctionalPseudoElement) and pseudo.name == "attr":
        return "".join(str(token.value) for token in pseudo.arguments)
    raise SourceError(PollFailure.BAD_RECIPE, f"::{pseudo} is not known here")
