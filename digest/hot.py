"""Hot lists (热榜): titles with a rank that changes, as evidence beside what articles tell.

A place on a list is no fact about the world and no signal; it says that people look. Pure.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from digest.model import Entry
from digest.words import WordIndex

MOST_RANKS = 100
"""Places of a list that are noted; below that nobody looks."""

_LONGEST_TITLE, _MOST_READ = 300, 2_000  # letters
_AROUND = timedelta(hours=3)
_HALF_LIFE = 10.0  # places after which an item is seen half as much


@dataclass(frozen=True, slots=True)
class HotTitle:
    """A title on a list as one poll shows it, the first at rank 1."""

    key: str
    rank: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class HotItem:
    """A title on a hot list over time.

    `rank` is its place now, None once it has left the list; `best` the best it ever had; `course`
    its best place in each hour in which it was on the list, oldest first.
    """

    id: int
    source_id: int
    list_title: str
    title: str
    url: str
    rank: int | None
    best: int
    first_seen_at: datetime
    last_seen_at: datetime
    course: tuple[tuple[datetime, int], ...] = field(default=())

    def heat(self, hour: datetime) -> float:
        """How much it was looked at in that hour: 1 at the top, half at each ten places below."""
        return next((heat_of(rank) for at, rank in self.course if at == hour), 0.0)


@dataclass(frozen=True, slots=True)
class Climb:
    """An item and how its place changed: `before` is None where it was not on the list."""

    item: HotItem
    before: int | None
    now: int

    @property
    def risen(self) -> int:
        """Places won; a newcomer has won those to the end of what is noted."""
        return (self.before if self.before is not None else MOST_RANKS + 1) - self.now


def heat_of(rank: int) -> float:
    """How much a place is looked at, 1 at the top (0 below what is noted)."""
    return 0.5 ** ((rank - 1) / _HALF_LIFE) if 1 <= rank <= MOST_RANKS else 0.0


def ranked(entries: Iterable[Entry]) -> tuple[HotTitle, ...]:
    """The titles of a list in its order, each once, at most 100; what has no title has no rank."""
    found: dict[str, HotTitle] = {}
    for entry in entries:
        if len(found) == MOST_RANKS:
            break
        # Cut before it is split, and after: a list of megabytes costs no more than its places.
        title = " ".join(entry.title[:_MOST_READ].split())[:_LONGEST_TITLE]
        key = title_key(title)
        if key and key not in found:
            found[key] = HotTitle(key, len(found) + 1, title, entry.url)
    return tuple(found.values())


def title_key(title: str) -> str:
    """Equal for the same title, whatever its width, case, spaces and signs; "" for an empty one.

    Lists number and date their links anew, so the address tells nothing.
    """
    folded = unicodedata.normalize("NFKC", title).casefold()
    letters = "".join(sign for sign in folded if sign.isalnum())
    return sha256(letters.encode("utf-8", "replace")).hexdigest()[:32] if letters else ""


def climbs(items: Iterable[HotItem], now: datetime, span: timedelta) -> tuple[Climb, ...]:
    """What stands higher now than `span` ago, or has come up since, the hottest risers first.

    `items` are all that was on the lists since a while before `now - span`, also what has left.
    A list that was not read then (it is new, or we were away) has nothing to compare with.
    """
    there = tuple(items)
    watched = _watched_at(there, now - span)
    found = []
    for item in there:
        if item.rank is None or item.source_id not in watched:
            continue
        before = _place_at(item, now - span)
        climb = Climb(item, before, item.rank)
        if climb.risen > 0:
            found.append(climb)
    return tuple(sorted(found, key=_strength))


def _strength(climb: Climb) -> tuple[float, int]:
    gained = heat_of(climb.now) - (heat_of(climb.before) if climb.before is not None else 0.0)
    return (-round(gained, 6), climb.item.id)


def _watched_at(items: Sequence[HotItem], moment: datetime) -> set[int]:
    """The lists of which something was noted around `moment`."""
    return {item.source_id for item in items if _place_at(item, moment) is not None}


def _place_at(item: HotItem, moment: datetime) -> int | None:
    """The place it had around `moment`: in the last hour begun by then, at most three before."""
    if item.first_seen_at > moment:
        return None
    near = (rank for at, rank in reversed(item.course) if moment - _AROUND <= at <= moment)
    return next(near, None)


def told_by_lists(
    words: Sequence[str], items: Iterable[HotItem]
) -> dict[str, tuple[HotItem, ...]]:
    """For each of the words the items in whose titles it stands, the hottest first.

    Words are read as readers' own words are (digest/words.py). Words without an item are left out.
    """
    index = WordIndex(words)
    found: dict[str, list[HotItem]] = {}
    for item in items:
        for word in index.in_text(item.title):
            found.setdefault(word, []).append(item)
    return {word: tuple(sorted(some, key=_hottest)) for word, some in found.items()}


def _hottest(item: HotItem) -> tuple[bool, int, int]:
    return (item.rank is None, item.rank or item.best, item.id)
