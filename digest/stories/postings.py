"""Which signals have a term: an inverted index in sorted arrays, eight bytes an entry."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]

# Places in the open part: a dictionary, which takes ten times what a sealed part does (a megabyte
# for 256 places; looking things up in a part more costs no more than keeping that does).
_SEALED = 64
_FOLD = 4  # sealed parts of one size become one of the next
_LARGEST = 65_536
_SHIFT = np.uint64(32)
_LAST = np.uint64((1 << 32) - 1)  # no place is that large


class _Part:
    """Postings that do not change any more: term and place in one number, sorted."""

    def __init__(self, entries: NDArray[np.uint64], first: int, last: int) -> None:
        self.entries = entries
        self.first, self.last = first, last  # places


class Postings:
    """Places (numbers that only grow) by term. What is forgotten goes part by part."""

    def __init__(self) -> None:
        self._open: dict[int, list[int]] = {}
        self._opened_at: int | None = None
        self._newest = 0
        self._parts: list[_Part] = []

    def add(self, place: int, terms: Sequence[int]) -> None:
        """Note that `place`, newer than all before, has `terms`."""
        if self._opened_at is None:
            self._opened_at = place
        elif place - self._opened_at >= _SEALED:
            self._seal()
            self._opened_at = place
        self._newest = place
        for term in terms:
            self._open.setdefault(term, []).append(place)

    def forget_before(self, place: int) -> None:
        """Drop the parts that have nothing at `place` or newer."""
        self._parts = [part for part in self._parts if part.last >= place]

    def find(self, terms: Numbers) -> list[Numbers]:
        """For each of `terms` the places that have it, in no order."""
        found: list[list[Numbers]] = [[] for _ in terms]
        for at, term in enumerate(terms.tolist()):
            places = self._open.get(term)
            if places:
                found[at].append(np.array(places, np.uint32))
        low = terms.astype(np.uint64) << _SHIFT
        bounds = np.stack((low, low | _LAST)).ravel()
        for part in self._parts:
            edges = np.searchsorted(part.entries, bounds).reshape(2, -1)
            for at in np.nonzero(edges[1] > edges[0])[0].tolist():
                run = part.entries[edges[0, at] : edges[1, at]]
                found[at].append(run.astype(np.uint32))
        return [_joined(places) for places in found]

    def _seal(self) -> None:
        sizes = sum(map(len, self._open.values()))
        entries = np.fromiter(self._packed(), np.uint64, sizes)
        entries.sort()
        self._parts.append(_Part(entries, self._opened_at or 0, self._newest))
        self._open = {}
        size = _SEALED
        while size < _LARGEST and self._merge(size):
            size *= _FOLD

    def _packed(self) -> Iterator[int]:
        for term, places in self._open.items():
            for place in places:
                yield term << 32 | place

    def _merge(self, size: int) -> bool:
        """Make the newest parts of about `size` places one, if there are enough of them."""
        last = self._parts[-_FOLD:]
        if len(last) < _FOLD or any(part.last - part.first >= 2 * size for part in last):
            return False
        entries = np.concatenate([part.entries for part in last])
        entries.sort(kind="stable")  # made of sorted runs: one pass
        self._parts[-_FOLD:] = [_Part(entries, last[0].first, last[-1].last)]
        return True


def _joined(found: list[Numbers]) -> Numbers:
    if len(found) == 1:
        return found[0]
    return np.concatenate(found) if found else np.empty(0, np.uint32)
