"""Where the list is on a page that has no feed: selectors, proposed from what repeats.

Links that stand in the same place of the same markup are one list; the list of the articles is
the one with many long texts outside menus. A guess, so an editor sees it before it is saved.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from digest.errors import SourceError
from digest.model import Recipe
from digest.regexes import regex
from digest.sources.listpage import ListPage, date_of, link_of, select, text_of
from digest.sources.moments import zone_named

MOST_PROPOSED = 3
_LEAST_ITEMS = 4
_MOST_LINKS = 3_000
_MOST_ANCESTORS = 12
_MOST_CHECKED = 40
_MOST_INSIDE = 3
# Han characters say as much as two or three letters.
_LEAST_LENGTH, _LONG_ENOUGH = 12, 60
_HAN = regex(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_CLASS = regex(r"-?[A-Za-z_][\w-]{0,40}")
# Classes that tell one item from its like, or change from visit to visit.
_PASSING = regex(
    r"\d{3,}|--|^(?:css|sc|jss|svelte|emotion)-|__?(?=[A-Za-z0-9]*[A-Z0-9])[A-Za-z0-9]{4,12}$|^(?:first|last|[Oo]dd|[Ee]ven|undefined|active|current|selected|hidden|show|on|item-?\d+|post-\d+"
    r"|wow|lazy\w*|fade\w*|animate\w*|col-.*|row|clearfix|cf|fl|fr|mt-.*|mb-.*|p-.*|m-.*)$"
)
_ASIDE = frozenset({"nav", "footer", "header", "aside", "form", "select", "button"})
_ASIDE_NAME = regex(
    r"(?:^|[-_\s])(?:nav|navbar|menu|footer|foot|sidebar|side|breadcrumb|crumbs?|pagination|pager"
    r"|copyright|friend|links?-?list|tags?|login|share|related|hot-?rank|ad|ads)(?:$|[-_\s])",
    re.IGNORECASE,
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_DATE_CLASS = regex(r"date|time|meta|publish|ago|日期|时间", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A proposed list: how to read it, how many items it has, and how sure we are (0 to 100)."""

    recipe: Recipe
    items: int
    score: float


def propose_lists(page: ListPage, now: datetime, zone: str = "") -> tuple[Found, ...]:
    """Recipes for the lists of a page, the likeliest first, at most three."""
    groups = _groups(page)
    ranked = sorted(groups, key=lambda links: -_worth(links))
    found: dict[str, Found] = {}
    for links in ranked[: 2 * MOST_PROPOSED]:
        made = _recipe(page, links, now, zone)
        if made is not None:
            found.setdefault(made.recipe.items, made)
        if len(found) >= MOST_PROPOSED:
            break
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Link:
    element: Any
    url: str
    text: str
    heading: bool


def _groups(page: ListPage) -> list[list[_Link]]:
    """Links by the place they have in the markup, each address once, menus left out."""
    places: defaultdict[tuple[str, ...], dict[str, _Link]] = defaultdict(dict)
    for link in _links(page):
        place = tuple(_step(one) for one in _ancestors(link.element))
        places[place].setdefault(link.url, link)
    return [list(links.values()) for links in places.values() if len(links) >= _LEAST_ITEMS]


def _links(page: ListPage) -> Iterator[_Link]:
    for element in page.root.xpath("//a[@href]")[:_MOST_LINKS]:
        text = text_of(element)
        if _length(text) < _LEAST_LENGTH or _is_aside(element):
            continue
        url = "" if _is_in_a_sentence(element, text) else link_of(element, page.base)
        if url and url.rstrip("/") != page.base.rstrip("/"):
            yield _Link(element, url, text, _is_heading(element))


def _is_in_a_sentence(element: Any, text: str) -> bool:
    """Whether a link is some words of a paragraph rather than a title."""
    for one in list(element.iterancestors())[:3]:
        if one.tag in {"p", "blockquote", "figcaption", "td", "dd"}:
            rest = len(text_of(one)) - sum(len(text_of(link)) for link in one.iter("a"))
            return rest > len(text)
    return False


def _length(text: str) -> int:
    """How much a title says, in Latin letters."""
    text = text[:200]
    return len(text) + 2 * len(_HAN.findall(text))


def _is_heading(element: Any) -> bool:
    near = (element, *list(element.iterancestors())[:2], *list(element)[:2])
    return any(one.tag in _HEADINGS for one in near)


def _is_aside(element: Any) -> bool:
    for one in _ancestors(element):
        if one.tag in _ASIDE and not (one.tag == "header" and _within_item(one)):
            return True
        if _ASIDE_NAME.search(f"{one.get('class', '')} {one.get('id', '')}") and one.tag != "body":
            return True
    return False


def _within_item(header: Any) -> bool:
    """Whether a <header> is that of an article in a list, not of the page."""
    return any(one.tag in {"article", "li"} for one in _ancestors(header))


def _ancestors(element: Any) -> list[Any]:
    found: list[Any] = []
    for one in element.iterancestors():
        if one.tag in {"body", "html"} or len(found) >= _MOST_ANCESTORS:
            break
        found.append(one)
    return found


def _step(element: Any) -> str:
    return f"{element.tag}.{'.'.join(_classes(element)[:2])}"


def _classes(element: Any) -> list[str]:
    """The lasting classes of an element that a selector can name."""
    names = (element.get("class") or "").split()
    return [one for one in names if _CLASS.fullmatch(one) and not _PASSING.search(one)][:4]


def _worth(links: Sequence[_Link]) -> float:
    """How likely a group of links is the list of articles."""
    lengths = [min(_length(link.text), _LONG_ENOUGH) for link in links]
    length = sum(lengths) / len(lengths)
    distinct = len({link.text for link in links}) / len(links)
    headings = sum(link.heading for link in links) / len(links)
    return math.sqrt(min(len(links), 30)) * length * distinct * (1 + headings)


# --- from a group of links to selectors --------------------------------------------------------


def _recipe(page: ListPage, links: Sequence[_Link], now: datetime, zone: str) -> Found | None:
    items = _items(links)
    selector = _item_selector(page, items)
    if not selector:
        return None
    recipe = Recipe(items=selector, zone=zone)
    if items[0] is not links[0].element:
        link = _inner_selector(items, [each.element for each in links])
        if not link:
            return None
        recipe = replace(recipe, title=link, link=link)
    recipe = replace(
        recipe, date=_date_selector(items, now, zone), summary=_summary_selector(items, links)
    )
    return Found(recipe, len(links), min(100.0, _worth(links) / 3))


def _items(links: Sequence[_Link]) -> list[Any]:
    """The blocks around the links: as far out as each still holds one of them alone."""
    blocks = [link.element for link in links]
    while True:
        outer = [block.getparent() for block in blocks]
        if any(one is None or one.tag in {"body", "html"} for one in outer):
            return blocks
        if len({id(one) for one in outer}) < len(outer):
            return blocks
        blocks = outer


def _item_selector(page: ListPage, items: Sequence[Any]) -> str:
    """A selector that finds these blocks and little else, "" when there is none."""
    wanted = set(items)
    for candidate in _item_candidates(items):
        try:
            found = select(page.root, candidate)
        except SourceError:
            continue
        hits = sum(one in wanted for one in found)
        if hits >= 0.8 * len(wanted) and hits >= 0.6 * len(found):
            return candidate
    return ""


def _item_candidates(items: Sequence[Any]) -> Iterator[str]:
    own = [_named(items[0].tag, name) for name in _shared(items)] + [items[0].tag]
    around: list[str] = []
    for one in _ancestors(items[0])[:5]:
        around += [_named(one.tag, name) for name in _classes(one)]
        if (
            one.get("id")
            and _CLASS.fullmatch(one.get("id"))
            and not _PASSING.search(one.get("id"))
        ):
            around.append(f"#{one.get('id')}")
    yield from (one for one in own if "." in one)
    for outer in around:
        yield from (f"{outer} > {one}" for one in own)
        yield from (f"{outer} {one}" for one in own)
    parent = items[0].getparent()
    if parent is not None and parent.tag not in {"body", "html"}:
        yield f"{parent.tag} > {items[0].tag}"
        yield f"body > {parent.tag} > {items[0].tag}"
    yield items[0].tag


def _named(tag: str, name: str) -> str:
    return f"{tag}.{name}"


def _shared(elements: Sequence[Any]) -> list[str]:
    """Classes that nearly all of them have, the rarest in their order."""
    counts = Counter(name for one in elements for name in set(_classes(one)))
    return [name for name in _classes(elements[0]) if counts[name] >= 0.8 * len(elements)]


def _inner_selector(items: Sequence[Any], wanted: Sequence[Any]) -> str:
    """A selector that finds in each block the wanted link first."""
    first = wanted[0]
    candidates = [_named("a", name) for name in _shared(wanted)]
    for one in list(first.iterancestors())[:3]:
        if one in items:
            break
        if one.tag in _HEADINGS:
            candidates.append(f"{one.tag} a")
        candidates += [f"{_named(one.tag, name)} a" for name in _classes(one)[:2]]
    candidates += ["a", f"{first.getparent().tag} > a"]
    for candidate in candidates:
        hits = sum(
            next(iter(select(item, candidate, 1)), None) is link
            for item, link in zip(items, wanted, strict=True)
        )
        if hits >= 0.8 * len(items):
            return candidate
    return ""


def _date_selector(items: Sequence[Any], now: datetime, zone: str) -> str:
    """What holds a date in at least half of the blocks, "" when nothing does."""
    some = items[:_MOST_CHECKED]
    where = zone_named(zone)
    counts: Counter[str] = Counter()
    for item in some:
        seen = set()
        for element in list(item.iter())[:60]:
            name = "" if element is item else _leaf_name(element)
            if not name or name in seen:
                continue
            short = len(text_of(element)) <= 60  # noqa: PLR2004  a date with a few words
            if (short or element.tag == "time") and date_of(element, now, where) is not None:
                seen.add(name)
                counts[name] += 1
    best = sorted(counts.items(), key=lambda one: (-one[1], not _DATE_CLASS.search(one[0])))
    for name, count in best:
        if count >= 0.5 * len(some) and _finds_dates(some, name, now, zone):
            return name
    return ""


def _finds_dates(items: Sequence[Any], name: str, now: datetime, zone: str) -> bool:
    where = zone_named(zone)
    firsts = [next(iter(select(item, name, 1)), None) for item in items]
    hits = sum(one is not None and date_of(one, now, where) is not None for one in firsts)
    return hits >= 0.5 * len(items)


def _leaf_name(element: Any) -> str:
    """A selector for an element that may hold a date: small ones with a class, or <time>."""
    if not isinstance(element.tag, str) or element.tag == "a" or _titles(element):
        return ""
    if element.tag == "time":
        return "time"
    names = _classes(element)
    if names:
        return _named(element.tag, names[0])
    return element.tag if element.tag in {"span", "em", "small", "i", "p", "td", "dd"} else ""


def _titles(element: Any) -> bool:
    """Whether an element is or holds a title, whose words may tell a day of their own."""
    if element.tag in _HEADINGS:
        return True
    return any(_length(text_of(link)) >= _LEAST_LENGTH for link in element.iter("a"))


def _summary_selector(items: Sequence[Any], links: Sequence[_Link]) -> str:
    """What holds some sentences beside the title in at least half of the blocks."""
    some = list(zip(items, links, strict=True))[:_MOST_CHECKED]
    counts: Counter[str] = Counter()
    for item, link in some:
        names = set()
        for element in list(item.iter("p", "div", "span", "dd"))[:60]:
            if element is item or len(element) > _MOST_INSIDE or link.element in element.iter():
                continue
            text = text_of(element)
            if _length(text) > 60 and text != link.text:  # noqa: PLR2004  a sentence or more
                classes = _classes(element)
                names.add(_named(element.tag, classes[0]) if classes else element.tag)
        counts.update(names)
    name, count = max(counts.items(), key=lambda one: one[1], default=("", 0))
    return name if count >= 0.5 * len(some) and name != "div" else ""
