"""Where the list is in a JSON document, and which fields are title, link, date and summary."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digest.model import Recipe
from digest.regexes import regex
from digest.sources.jsonlist import as_date, as_text
from digest.sources.moments import zone_named

MOST_PROPOSED = 3
_LEAST_ITEMS = 2
_DEEPEST = 8
_MOST_NODES = 5_000
_SOME = 20
_PLAIN_KEY = regex(r"[A-Za-z_][A-Za-z0-9_]{0,60}")
# Names of fields, the best first; compared in lower case without "_" and "-".
_TITLES = (
    "title", "headline", "name", "word", "subject", "keyword", "query", "fulltitle", "text",
    "note", "content", "desc",
)  # fmt: skip
_LINKS = (
    "url", "link", "href", "permalink", "weburl", "pcurl", "shareurl", "articleurl", "mobileurl",
    "externalurl", "jumpurl", "arcurl", "htmlurl",
)  # fmt: skip
_DATES = (
    "publishedat", "pubdate", "publishtime", "publishdate", "datepublished", "published",
    "createdat", "createdutc", "created", "ctime", "time", "date", "timestamp", "createdtime",
    "updatedat", "updated", "showtime", "inputtime", "createdati", "pubtime",
)  # fmt: skip
_SUMMARIES = (
    "summary", "description", "desc", "excerpt", "abstract", "intro", "digest", "brief",
    "contenttext", "hover", "snippet", "subtitle", "content",
)  # fmt: skip
_AUTHORS = ("author", "authorname", "nickname", "username", "by", "creator", "source")
_ADDRESS = regex(r"https?://\S+|//[\w.-]+/\S*|/\S+")


@dataclass(frozen=True, slots=True)
class FoundList:
    """A proposed list: how to read it and how many items it has."""

    recipe: Recipe
    items: int
    score: float


def propose_paths(data: Any, now: datetime, zone: str = "") -> tuple[FoundList, ...]:
    """Recipes for the lists of a document, the likeliest first, at most three."""
    found = []
    for path, items in _lists(data):
        recipe = _recipe(path, items, now, zone)
        if recipe is not None:
            fields = bool(recipe.link) * 3 + bool(recipe.date) + bool(recipe.summary)
            found.append(FoundList(recipe, len(items), min(len(items), 50) * (1 + fields)))
    found.sort(key=lambda one: -one.score)
    return tuple(found[:MOST_PROPOSED])


def _lists(data: Any) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Lists of objects with their paths, outer ones first; lists in lists are flattened."""
    waiting: list[tuple[str, Any, int]] = [("", data, 0)]
    looked = 0
    while waiting and looked < _MOST_NODES:
        path, value, depth = waiting.pop(0)
        looked += 1
        if depth > _DEEPEST:
            continue
        if isinstance(value, dict):
            waiting += [(_joined(path, key), part, depth + 1) for key, part in value.items()]
        elif isinstance(value, list):
            items = [one for one in value if isinstance(one, dict)]
            if len(items) >= _LEAST_ITEMS and len(items) >= 0.8 * len(value):
                yield path or "@", items
            waiting += [(f"{path or '@'}[].{key}", part, depth + 1) for key, part in _inner(items)]


def _inner(items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Any]]]:
    """The lists that items hold under one key, put together as `[]` does."""
    keys = dict.fromkeys(key for item in items[:_SOME] for key in item)
    for key in keys:
        parts = [item[key] for item in items if isinstance(item.get(key), list)]
        if parts and _PLAIN_KEY.fullmatch(key):
            yield f"{key}[]", [one for part in parts for one in part]


def _joined(path: str, key: str) -> str:
    name = key if _PLAIN_KEY.fullmatch(key) else '"' + key.replace('"', '\\"') + '"'
    return f"{path}.{name}" if path else name


def _recipe(
    path: str, items: Sequence[Mapping[str, Any]], now: datetime, zone: str
) -> Recipe | None:
    fields = _fields(items[:_SOME])
    where = zone_named(zone)
    title = _best(fields, _TITLES, lambda value: _says_something(as_text(value)))
    link = _best(
        fields, _LINKS, lambda value: bool(_ADDRESS.fullmatch(as_text(value))), anywhere=True
    )
    if not title or (not link and len(items) < 2 * _LEAST_ITEMS):
        return None
    date = _best(fields, _DATES, lambda value: as_date(value, now, where) is not None)
    used = {title, link, date}
    rest = {name: values for name, values in fields.items() if name not in used}
    summary = _best(rest, _SUMMARIES, lambda value: isinstance(value, str) and len(value) > 1)
    author = _best(rest, _AUTHORS, lambda value: isinstance(value, str) and 0 < len(value) < 80)  # noqa: PLR2004  a name
    return Recipe(
        items=path, title=title, link=link, date=date, summary=summary, author=author, zone=zone
    )


def _fields(items: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Values of each field, also of fields of objects in items, down to the second level."""
    fields: dict[str, list[Any]] = {}
    for item in items:
        for key, value in item.items():
            if isinstance(value, dict):
                for inner, part in value.items():
                    fields.setdefault(_joined(_joined("", key), inner), []).append(part)
            else:
                fields.setdefault(_joined("", key), []).append(value)
    return {name: values for name, values in fields.items() if len(values) >= 0.5 * len(items)}


def _best(
    fields: Mapping[str, Sequence[Any]], names: Sequence[str], fits: Any, *, anywhere: bool = False
) -> str:
    """The field with the best name whose values mostly fit; "" when none has one of the names.

    `anywhere`: a field of another name will do when all its values fit and nothing else is left.
    """
    ranked = sorted(
        (_rank(path, names), path.count("."), path)
        for path, values in fields.items()
        if sum(map(fits, values)) >= 0.6 * len(values)
    )
    for rank, _, path in ranked:
        whole = all(as_text(value).startswith("http") for value in fields[path])
        if rank < len(names) or (anywhere and whole and not _IMAGE.search(path)):
            return path
    return ""


_IMAGE = regex(r"image|img|cover|pic|avatar|icon|thumb|logo|video|photo", re.IGNORECASE)


def _rank(path: str, names: Sequence[str]) -> int:
    name = path.rpartition(".")[2].strip('"').lower().replace("_", "").replace("-", "")
    return names.index(name) if name in names else len(names)


def _says_something(text: str) -> bool:
    return len(text) > 1 and not _ADDRESS.fullmatch(text) and not text.isdigit()
