"""Names that are known beforehand, and those that reading has taught.

`gazetteer.toml` holds companies, institutions, products, people and places with their Latin and
Chinese spellings. A `Gazetteer` grows by `learn`; the shared standard one never does, so that an
article gives the same brief whenever it is read.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "gazetteer.toml"
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\s]+")
_SURE = 2
"""Articles that must have named something before the name counts as known."""


@dataclass(frozen=True, slots=True)
class Known:
    """A known name. `latin` is its usual Latin spelling, `zh` the Chinese one ("" when none).

    `kind`: company, institution, product, person, place, or "" for a learned one of no known sort.
    """

    latin: str
    kind: str
    zh: str = ""


class Gazetteer:
    """Known names by every spelling; grows in this process by `learn`."""

    def __init__(self, known: Iterable[tuple[str, Known]] = ()) -> None:
        """`known` pairs each spelling with what it names; a later pair overrules an earlier."""
        self._known: dict[str, Known] = {}
        self._learned: Counter[tuple[str, str]] = Counter()
        self._heads: dict[str, list[str]] = {}  # Chinese spellings by their first character
        for spelling, name in known:
            self._add(spelling, name)

    def get(self, spelling: str) -> Known | None:
        """What `spelling` names, None when it is not known."""
        return self._known.get(spelling)

    def learn(self, names: Iterable[tuple[str, str]]) -> None:
        """Take in the names (text, kind) of one article; known from the second article on."""
        for text, kind in set(names):
            self._learned[text, kind] += 1
            if self._learned[text, kind] == _SURE and text not in self._known:
                zh = text if _HAN.search(text) else ""
                self._add(text, Known("" if zh else text, kind, zh))

    def learned(self) -> tuple[tuple[str, str, int], ...]:
        """All that was learned: text, kind and the number of articles, to be kept elsewhere."""
        return tuple((text, kind, count) for (text, kind), count in self._learned.items())

    def chinese_in(self, text: str) -> Iterator[tuple[int, str]]:
        """Known Chinese spellings in `text` with their places, the longest at each place."""
        done = 0
        for place, letter in enumerate(text):
            if place < done or letter not in self._heads:
                continue
            for spelling in self._heads[letter]:
                if text.startswith(spelling, place):
                    yield place, spelling
                    done = place + len(spelling)
                    break

    def _add(self, spelling: str, name: Known) -> None:
        self._known[spelling] = name
        if spelling and _HAN.match(spelling):
            row = self._heads.setdefault(spelling[0], [])
            if spelling not in row:
                row.append(spelling)
                row.sort(key=len, reverse=True)


@cache
def standard() -> Gazetteer:
    """The names of gazetteer.toml. Shared: do not let it learn."""
    return Gazetteer(_entries())


def growing() -> Gazetteer:
    """A new gazetteer that starts with the names of gazetteer.toml and may learn."""
    return Gazetteer(_entries())


def _entries() -> Iterator[tuple[str, Known]]:
    with _FILE.open("rb") as stream:
        tables = tomllib.load(stream)
    for kind, names in tables.items():
        for latin, (zh, *aliases) in names.items():
            known = Known(latin, kind, zh)
            for spelling in (latin, zh, *aliases):
                if spelling:
                    yield spelling, known
