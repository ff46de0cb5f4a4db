"""Names that are known beforehand, and those that reading has taught.

`gazetteer.toml` holds companies, institutions, products, people and places with their Latin and
Chinese spellings. What several articles taught is kept by storage and joined by `taught`; a name
of gazetteer.toml is never overruled by it.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.model import NameSeen
from digest.regexes import regex

_FILE = Path(__file__).parent / "gazetteer.toml"
_HAN = regex(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Known:
    """A known name. `latin` is its usual Latin spelling, `zh` the Chinese one ("" when none).

    `kind`: company, institution, product, person, place, or "" for a learned one of no known sort.
    """

    latin: str
    kind: str
    zh: str = ""


class Gazetteer:
    """Known names by every spelling."""

    def __init__(self, known: Iterable[tuple[str, Known]] = ()) -> None:
        """`known` pairs each spelling with what it names; a later pair overrules an earlier."""
        self._known: dict[str, Known] = {}
        self._heads: dict[str, list[str]] = {}  # Chinese spellings by their first character
        for spelling, name in known:
            self._add(spelling, name)

    def get(self, spelling: str) -> Known | None:
        """What `spelling` names, None when it is not known."""
        return self._known.get(spelling)

    def names(self) -> Iterable[Known]:
        """Everything that is known, each name once or oftener."""
        return self._known.values()

    def chinese_in(self, text: str) -> Iterator[tuple[int, str]]:
        """Known Chinese spellings in `text` with their places, the longest at each place."""
        done, heads = 0, self._heads
        for place, letter in enumerate(text):
            if letter not in heads or place < done:
                continue
            for spelling in heads[letter]:
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
    """The names of gazetteer.toml."""
    return Gazetteer(_entries())


def taught(names: Iterable[NameSeen]) -> Gazetteer:
    """The standard names and `names`, which overrule none of them."""
    return Gazetteer([*_learned(names), *_entries()])


def _learned(names: Iterable[NameSeen]) -> Iterator[tuple[str, Known]]:
    for name in names:
        chinese = bool(_HAN.search(name.text))
        known = Known(
            name.pair if chinese else name.text, name.kind, name.text if chinese else name.pair
        )
        for spelling in (name.text, name.pair):
            if spelling:
                yield spelling, known


def _entries() -> Iterator[tuple[str, Known]]:
    with _FILE.open("rb") as stream:
        tables = tomllib.load(stream)
    for kind, names in tables.items():
        for latin, (zh, *aliases) in names.items():
            known = Known(latin, kind, zh)
            for spelling in (latin, zh, *aliases):
                if spelling:
                    yield spelling, known
