"""Words that say the contrary of each other, and words that say nearly the same."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import resources

from digest.verify.support import stem

_FEWEST_LETTERS = 3
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "de", "mis")


def _lines(name: str) -> Iterator[str]:
    text = resources.files("digest.verify").joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in _lines("opposites.txt"):
        left, right = ([stem(word) for word in side.split()] for side in line.split("|"))
        for one in left:
            found[one].update(right)
        for one in right:
            found[one].update(left)
    return {word: frozenset(others) for word, others in found.items()}


@cache
def _alike() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in _lines("synonyms.txt"):
        group = {stem(word) for word in line.split()}
        for one in group:
            found[one] |= group
    return {word: frozenset(others - {word}) for word, others in found.items()}


def opposites(root: str) -> frozenset[str]:
    """The stems that say the contrary of the stem `root`, by the table and by prefixes."""
    listed = _opposites().get(root, frozenset())
    if not root.isascii():
        return listed
    made = {prefix + root for prefix in _PREFIXES} if len(root) > _FEWEST_LETTERS else set()
    made |= {
        root.removeprefix(one).removeprefix("-")
        for one in _PREFIXES
        if root.startswith(one) and len(root) - len(one) > _FEWEST_LETTERS
    }
    return listed | made | {f"non-{root}"}


def alike(root: str) -> frozenset[str]:
    """The stems that say nearly the same as the stem `root` does."""
    return _alike().get(root, frozenset())
