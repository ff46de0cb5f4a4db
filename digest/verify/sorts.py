"""What sort of thing a word names, whether it is good or bad news, and how rare it is."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources

from digest.verify.support import stem

_TONES = {"+": 1, "-": -1}
_RARITIES = "condense/weights/english_words.txt"
_UNKNOWN = 30  # steps of rarity of a word that the table lacks


def _lines(name: str) -> Iterator[str]:
    text = resources.files("digest").joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _sorts() -> dict[str, frozenset[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(_lines("verify/sorts.txt")):
        for word in line.split():
            found[stem(word)].add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@cache
def _tones() -> dict[str, int]:
    found: dict[str, int] = {}
    for line in _lines("verify/tones.txt"):
        sign, *words = line.split()
        for word in words:
            found.setdefault(stem(word), _TONES[sign])
    return found


@cache
def _rarities() -> dict[str, int]:
    found: dict[str, int] = {}
    for line in _lines(_RARITIES):
        step, *words = line.split()
        found.update(dict.fromkeys(words, int(step)))
    return found


def sorts(root: str) -> frozenset[int]:
    """The sorts of mutually exclusive things (colours, months, crimes) that a stem names."""
    return _sorts().get(root, frozenset())


def tone(root: str) -> int:
    """1 for a stem of good news, -1 for one of bad news, 0 for all others."""
    return _tones().get(root, 0)


def rarity(word: str) -> int:
    """How rare an English word is: 0 (in every text) to 30 (unknown), in steps of the table."""
    return _rarities().get(word, _UNKNOWN)
