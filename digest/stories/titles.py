"""Two titles laid side by side word for word, for signals that have no more than a title.

There likeness is not enough: "shares fell" and "shares rose" share all but one word, and two
headlines on one crisis share its name and nothing else. So a pair of titles is told by what both
say and in which order, by what either says alone (names, numbers, days), and by words that turn a
statement round; and a small trained judge of its own (titles.json) must be sure that both say the
same. The judge is learnt from pairs of sentences that people found to say the same or not, so it
is stricter than the story asks: two sentences with other details of one event are not put
together at once. They meet again in a story that has other members: see `index`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.stories import likeness
from digest.stories.model import Trees, read_trees
from digest.stories.said import IDLE, NAME, NUMBER
from digest.stories.shelf import DENIES, SENTENCE, WORTH_STEPS, Sheet, Weights

WEIGHTS = Path(__file__).parent / "titles.json"

FEATURES = (
    "said_least", "said_most", "said_dice", "exact_least", "exact_most", "alone_least",
    "alone_most", "odd_least", "odd_most", "numbers_shared", "numbers_left_least",
    "numbers_left_most", "called_shared", "called_left_least", "called_left_most", "pairs_least",
    "pairs_most", "order_least", "order_most", "against", "turns_shared", "turns_left",
    "denies_differ", "dated_shared", "dated_differ", "long_least", "long_most", "long_ratio",
    "sentences",
)  # fmt: skip
"""Of a pair; `_least` and `_most` of what the two sides have."""
ALIKE = (
    "title_cos", "title_sum", "title_rarest", "title_second", "names_sum", "names_least",
    "names_none", "figures_shared", "figures_differ", "models_differ", "versions_differ",
    "subject_differs",
)  # fmt: skip
"""The columns of `likeness.FEATURES` that the judge of titles looks at besides."""
MEANING = "meaning"

_ALIKE_AT = [likeness.FEATURES.index(name) for name in ALIKE]
_SENTENCES = len(ALIKE) + FEATURES.index("sentences")
_CONTRARY = [
    len(ALIKE) + FEATURES.index(name) for name in ("against", "denies_differ", "dated_differ")
]
_VERY_ALIKE, _NOT_UNLIKE = 0.99, 0.3
_KIN = 0.6  # what a word that means nearly the same is worth
_KIND_SHIFT, _WORTH_BITS = 6, 63


@dataclass(frozen=True, slots=True)
class TitleModel:
    """Two judges of pairs of titles, and how sure it takes of headlines and of full sentences.

    Chinese must convince more: there was less of it to learn from.
    """

    plain: Trees
    semantic: Trees
    sure_of_headlines: float
    sure_of_sentences: float
    sure_of_chinese: float

    def as_sure(
        self, table: Weights, chances: Weights, alike: Weights, *, sure: float, chinese: bool
    ) -> Weights:
        """The chances of rows of a `title_table`, moved so that what is sure enough is `sure`.

        `alike` are the chances by the judge of texts. Headlines so alike that hardly any two of
        different events are count as it says, unless they contradict each other.
        """
        sentences = table[:, _SENTENCES] > 0
        bound = np.where(sentences, self.sure_of_sentences, self.sure_of_headlines)
        if chinese:
            bound = np.maximum(bound, self.sure_of_chinese)
        above = sure + (chances - bound) * (1 - sure) / (1 - bound)
        moved = np.where(chances < bound, chances * sure / bound, above)
        contrary = (table[:, _CONTRARY] > 0).any(axis=1)
        beyond_doubt = ~sentences & ~contrary & (alike >= _VERY_ALIKE) & (chances >= _NOT_UNLIKE)
        beyond_doubt &= not chinese
        return np.where(beyond_doubt, np.maximum(moved, alike), moved).astype(np.float32)


@cache
def shipped_titles() -> TitleModel:
    """The weights that come with the project."""
    packed: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    plain, semantic = read_trees(packed["plain"]), read_trees(packed["semantic"])
    return TitleModel(plain, semantic, *packed["sure"])


def title_table(alike: Weights, mine: Sheet, others: Sheet) -> Weights:
    """The rows that the judge weighs: `ALIKE` of a table of likeness, and `FEATURES`."""
    return np.column_stack((alike[:, _ALIKE_AT], compare_titles(mine, others)))


def compare_titles(mine: Sheet, others: Sheet) -> Weights:
    """The `FEATURES` of one title, the only row of `mine`, beside each of `others`."""
    table = np.zeros((len(others.said), len(FEATURES)), np.float32)
    own = int((mine.said[0] > 0).sum())
    wide = int((others.said > 0).sum(axis=1).max(initial=0))
    if not own or not wide:
        return table
    column = dict(zip(FEATURES, table.T, strict=True))
    said, theirs = mine.said[0, :own], others.said[:, :wide]
    there = theirs > 0
    equal = theirs[:, None, :] == said[None, :, None]
    kin = mine.said_kin[0, :own, None]
    akin = (others.said_kin[:, None, :wide] == kin) & (kin > 0) & there[:, None, :]
    here = np.ones((1, own), np.bool_)
    sides = (
        _Side.of(mine.said_worth[:, :own], here, equal.any(axis=2), akin.any(axis=2)),
        _Side.of(others.said_worth[:, :wide], there, equal.any(axis=1), akin.any(axis=1)),
    )
    for name, found in _both_sides(*sides):
        column[name][:] = found
    _in_order(column, equal, there.sum(axis=1))
    _turned(column, mine, others)
    return table


@dataclass(frozen=True, slots=True)
class _Side:
    """The words of one side of each pair: what each is worth, of which kind, and whether met.

    All of the shape (pairs, words); `met` is 1 for a word that the other side has too, less for
    one that it has something akin to, else 0.
    """

    worth: Weights
    kind: NDArray[np.uint8]
    there: NDArray[np.bool_]
    equal: NDArray[np.bool_]
    met: Weights

    @classmethod
    def of(
        cls,
        packed: NDArray[np.uint8],
        there: NDArray[np.bool_],
        equal: NDArray[np.bool_],
        akin: NDArray[np.bool_],
    ) -> "_Side":
        equal = equal & there
        worth = (packed & _WORTH_BITS).astype(np.float32) / WORTH_STEPS * there
        met = np.where(equal, np.float32(1.0), np.float32(_KIN) * akin).astype(np.float32)
        shape = equal.shape
        return cls(
            np.broadcast_to(worth, shape),
            np.broadcast_to(packed >> _KIND_SHIFT, shape),
            np.broadcast_to(there, shape),
            equal,
            met,
        )

    def shares(self) -> Iterator[tuple[str, Weights]]:
        """How much of this side the other has, and what it has alone."""
        whole = np.maximum(self.worth.sum(axis=1), 1e-3)
        yield "said", (self.worth * self.met).sum(axis=1) / whole
        yield "exact", (self.worth * self.equal).sum(axis=1) / whole
        alone = self.worth * (1 - self.met) * (self.kind != IDLE)
        yield "alone", alone.sum(axis=1)
        yield "odd", alone.max(axis=1)
        yield "numbers_left", self.count(NUMBER, self.met == 0)
        yield "called_left", self.count(NAME, self.met == 0)

    def count(self, kind: int, which: NDArray[np.bool_]) -> Weights:
        """How many words of a kind are among `which`."""
        found = (self.kind == kind) & self.there & which
        return np.asarray(found.sum(axis=1), np.float32)


def _both_sides(one: _Side, two: _Side) -> Iterator[tuple[str, Weights]]:
    for (name, ours), (_, theirs) in zip(one.shares(), two.shares(), strict=True):
        yield f"{name}_least", np.minimum(ours, theirs)
        yield f"{name}_most", np.maximum(ours, theirs)
    said = (one.worth * one.met).sum(axis=1) + (two.worth * two.met).sum(axis=1)
    whole = one.worth.sum(axis=1) + two.worth.sum(axis=1)
    yield "said_dice", said / np.maximum(whole, 1e-3)
    yield "numbers_shared", one.count(NUMBER, one.equal)
    yield "called_shared", one.count(NAME, one.equal)


def _in_order(
    column: dict[str, Weights], equal: NDArray[np.bool_], sizes: NDArray[np.int64]
) -> None:
    """Neighbours that are neighbours on the other side too, and the longest common sequence."""
    own = equal.shape[1]
    pairs = equal[:, :-1, :-1] & equal[:, 1:, 1:]
    ours = pairs.any(axis=2).sum(axis=1) / max(1, own - 1)
    theirs = pairs.any(axis=1).sum(axis=1) / np.maximum(1, sizes - 1)
    column["pairs_least"][:] = np.minimum(ours, theirs)
    column["pairs_most"][:] = np.maximum(ours, theirs)
    run = np.zeros((len(equal), equal.shape[2] + 1), np.int16)
    for at in range(own):
        step = np.maximum(run[:, 1:], run[:, :-1] + equal[:, at])
        np.maximum.accumulate(step, axis=1, out=run[:, 1:])
    least, most = np.minimum(own, sizes), np.maximum(own, sizes)
    column["order_least"][:] = run[:, -1] / np.maximum(1, most)
    column["order_most"][:] = run[:, -1] / np.maximum(1, least)
    column["long_least"][:], column["long_most"][:] = least, most
    column["long_ratio"][:] = least / np.maximum(1, most)


def _turned(column: dict[str, Weights], mine: Sheet, others: Sheet) -> None:
    """Ends of an axis that the two name, days, and denials."""
    up, down = mine.said_up[0], mine.said_down[0]
    higher, lower = others.said_up, others.said_down
    # One that names both ends of an axis says nothing certain about it.
    only_up, only_down = up & ~down, down & ~up
    only_higher, only_lower = higher & ~lower, lower & ~higher
    column["against"][:] = _bits((only_up & only_lower) | (only_down & only_higher))
    column["turns_shared"][:] = _bits((only_up & only_higher) | (only_down & only_lower))
    column["turns_left"][:] = _bits((up | down) ^ (higher | lower))
    days, dates = mine.said_days[0], others.said_days
    column["dated_shared"][:] = _bits(days & dates)
    column["dated_differ"][:] = (days > 0) & (dates > 0) & (days & dates == 0)
    marks = mine.said_marks[0]
    column["denies_differ"][:] = (marks ^ others.said_marks) & DENIES > 0
    column["sentences"][:] = (marks & SENTENCE > 0).astype(np.uint8) + (
        others.said_marks & SENTENCE > 0
    )


def _bits(found: NDArray[np.uint32]) -> Weights:
    return np.asarray(np.bitwise_count(found), np.float32)
