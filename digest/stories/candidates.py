"""Which signals may tell the same event: those that share what is rare, and copies of the text."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.stories.items import WINDOW
from digest.stories.postings import Postings
from digest.stories.rarity import Rarity
from digest.stories.shelf import Sheet, Shelf, Terms
from digest.stories.traits import BANDS, Traits

MOST = 32
_POSTED_WORDS, _POSTED_CONCEPTS = 20, 10
_ASKED = 40  # terms that are looked up, the rarest
_ENTRIES = 6000  # that are looked at for one signal, whatever the size of the index
_ALWAYS = 3  # terms that are looked up in any case, their newest entries
_TITLE_BONUS = 1.5
_LEAST_BANDS = 4
_POWER = 0.25  # of the share of equal bands: see traits


@dataclass(frozen=True, slots=True)
class Found:
    """Places on the shelf, the most promising first, and how alike their texts are (MinHash)."""

    places: NDArray[np.int64]
    copies: NDArray[np.float32]


class Candidates:
    """The inverted index of a shelf, and how rare its terms are."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._postings = Postings()
        self.rarity = Rarity()

    def add(self, place: int, traits: Traits, sheet: Sheet) -> None:
        """Make the signal at `place`, the newest, findable."""
        posted = self._posted(sheet)
        whole = [traits.whole] if traits.whole else []
        self._postings.add(place, [*posted.tolist(), *traits.bands, *whole])
        self.rarity.count(_counted(sheet))

    def drop(self, place: int) -> None:
        """Count the terms of the signal at `place` no longer."""
        self.rarity.count(_counted(self._shelf.rows(np.array([place]))), -1)

    def forget(self) -> None:
        """Let go of what the shelf does not hold any more."""
        self._postings.forget_before(self._shelf.first)

    def of(self, traits: Traits, sheet: Sheet, *, leave_out: int) -> Found:
        """The most promising signals within the window, at most `MOST`."""
        asked, rare, titled = self._asked(sheet)
        alike = np.array((*traits.bands, traits.whole), np.uint32)
        found = self._postings.find(np.concatenate((asked, alike)))
        bands = _counts(found[len(asked) : -1])
        bands |= dict.fromkeys(found[-1].tolist(), BANDS)
        places, votes = [], []
        left = _ENTRIES
        for at, holders in enumerate(found[: len(asked)]):
            if len(holders) > left and at > _ALWAYS:
                break
            holders = holders[-max(left, 1) :]  # noqa: PLW2901 - the newest of them
            left -= len(holders)
            vote = rare[at] ** 2 * (_TITLE_BONUS if titled[at] else 1.0)
            places.append(holders)
            votes.append(np.full(len(holders), vote, np.float32))
        for place, count in bands.items():
            if count >= _LEAST_BANDS:
                places.append(np.array([place], np.uint32))
                votes.append(np.array([count], np.float32))
        best = self._elect(sheet, places, votes, leave_out)
        copies = [(bands.get(place, 0) / BANDS) ** _POWER for place in best.tolist()]
        return Found(best, np.array(copies, np.float32))

    def _elect(
        self, sheet: Sheet, places: list[Terms], votes: list[NDArray[np.float32]], leave_out: int
    ) -> NDArray[np.int64]:
        if not places:
            return np.empty(0, np.int64)
        named, at = np.unique(np.concatenate(places), return_inverse=True)
        sums = np.bincount(at, np.concatenate(votes))
        known = named.astype(np.int64)
        here = self._shelf.holds(known) & (known != leave_out)
        known, sums = known[here], sums[here]
        near = np.abs(self._shelf.times(known) - sheet.at[0]) <= WINDOW.total_seconds()
        known, sums = known[near], sums[near]
        return np.asarray(known[np.lexsort((-known, -sums))[:MOST]], np.int64)

    def _asked(self, sheet: Sheet) -> tuple[Terms, NDArray[np.float32], NDArray[np.bool_]]:
        """The terms to look up, the rarest first; their rarity; whether the title has them."""
        terms = self._posted(sheet)
        rare = self.rarity.of(terms)
        titled = np.isin(terms, sheet.title[0])
        chosen = np.argsort(-rare * np.where(titled, 1.3, 1.0), kind="stable")[:_ASKED]
        chosen = chosen[np.argsort(-rare[chosen], kind="stable")]
        return terms[chosen], rare[chosen], titled[chosen]

    def _posted(self, sheet: Sheet) -> Terms:
        concepts = sheet.concepts[0]
        order = np.argsort(-self.rarity.of(concepts), kind="stable")[:_POSTED_CONCEPTS]
        columns = (sheet.title[0], sheet.names[0], sheet.words[0, :_POSTED_WORDS],
                   sheet.also[0], sheet.figures[0], concepts[order])  # fmt: skip
        terms = np.unique(np.concatenate(columns))
        return terms[terms > 0]


def _counted(sheet: Sheet) -> Terms:
    columns = (sheet.title[0], sheet.names[0], sheet.words[0], sheet.also[0], sheet.figures[0],
               sheet.concepts[0])  # fmt: skip
    terms = np.unique(np.concatenate(columns))
    return terms[terms > 0]


def _counts(found: list[Terms]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for holders in found:
        for place in holders.tolist():
            counts[place] = counts.get(place, 0) + 1
    return counts
