"""How alike two signals are, as numbers that a model can weigh: one row for each of the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.stories.rarity import Rarity
from digest.stories.shelf import HAS_TEXT, NOTE, ROUNDUP, Sheet, Terms, Weights, lang_code

FEATURES = (
    "title_cos", "title_least", "title_most", "title_sum", "title_rarest", "title_second",
    "title_count", "text_cos", "told_least", "told_most", "text_rarest", "text_rare_count",
    "names_sum", "names_least", "names_none", "figures_shared", "figures_differ",
    "models_shared", "models_differ", "models_odd", "versions_differ", "subject_same",
    "subject_differs", "roundup", "hours", "days", "same_lang", "zh_en", "meant_least",
    "meant_sum", "size_least", "size_most", "texts", "copy", "left_least", "left_most",
    "head_left_least", "head_left_most", "head_shared", "names_most", "names_left",
    "figures_least", "words_least", "text_share", "parts_differ",
)  # fmt: skip
_RARE = 0.55
_FINE = 255.0
_HEAD = 4  # terms of a title, where it says who
_SLOTS = 1 << 14


@dataclass(frozen=True, slots=True)
class _Terms:
    """Different terms with a weight each, to be found by their last bits."""

    terms: Terms
    weights: Weights

    def found_in(self, others: Terms) -> Weights:
        """The weight of each of `others` that is among these, else 0."""
        if not len(self.terms):
            return np.zeros(others.shape, np.float32)
        at = self._places(others)
        return np.where(self.terms.take(at) == others, self.weights.take(at), np.float32(0.0))

    def told_by(self, others: Terms) -> NDArray[np.bool_]:
        """Which of these each row of `others` has."""
        told = np.zeros((len(others), len(self.terms)), np.bool_)
        if len(self.terms):
            at = self._places(others)
            rows, columns = np.nonzero(self.terms.take(at) == others)
            told[rows, at[rows, columns]] = True
        return told

    def _places(self, others: Terms) -> NDArray[np.int16 | np.intp]:
        """Where each of `others` would have to be."""
        places = np.arange(len(self.terms), dtype=np.int16)
        slots = np.zeros(_SLOTS, np.int16)
        own = self.terms % _SLOTS
        slots[own] = places
        if (slots.take(own) == places).all():
            return slots.take(others % _SLOTS)
        order = np.argsort(self.terms, kind="stable")  # two share a slot: halve instead
        found = np.searchsorted(self.terms[order], others)
        return order.take(found, mode="clip")


def compare(mine: Sheet, others: Sheet, rarity: Rarity, copies: Weights) -> Weights:
    """The `FEATURES` of one signal beside each of `others`; `copies`: likeness by MinHash."""
    table = np.zeros((len(others.at), len(FEATURES)), np.float32)
    column = dict(zip(FEATURES, table.T, strict=True))
    _titles(column, mine, others, rarity)
    _texts(column, mine, others, rarity)
    _names(column, mine, others, rarity)
    _figures(column, mine, others)
    _circumstances(column, mine, others)
    _left(column, mine, others, rarity)
    _across(column, mine, others, rarity)
    column["copy"][:] = copies
    return table


def _row(terms: Terms) -> Terms:
    return np.asarray(terms[0][terms[0] > 0], np.uint32)


def _share(part: Weights, one: Weights, other: Weights, *, least: bool) -> Weights:
    whole = np.minimum(one, other) if least else np.maximum(one, other)
    return np.asarray(np.minimum(1.0, part / np.maximum(whole, 1e-3)), np.float32)


_Columns = dict[str, Weights]


def _titles(column: _Columns, mine: Sheet, others: Sheet, rarity: Rarity) -> None:
    own = _row(mine.title)
    shared = _Terms(own, rarity.of(own)).found_in(others.title)
    total = shared.sum(axis=1)
    lengths = np.sqrt(np.maximum(mine.title_square[0] * others.title_square, 1e-6))
    column["title_cos"][:] = np.minimum(1.0, (shared**2).sum(axis=1) / lengths)
    column["title_least"][:] = _share(total, mine.title_mass, others.title_mass, least=True)
    column["title_most"][:] = _share(total, mine.title_mass, others.title_mass, least=False)
    column["title_sum"][:] = total
    top = np.sort(shared, axis=1)
    column["title_rarest"][:], column["title_second"][:] = top[:, -1], top[:, -2]
    column["title_count"][:] = (shared > 0).sum(axis=1)


def _texts(column: _Columns, mine: Sheet, others: Sheet, rarity: Rarity) -> None:
    own = _row(mine.words)
    weights = mine.weights[0, : len(own)].astype(np.float32) / _FINE
    rare = rarity.of(own)
    known = _Terms(own, weights).found_in(others.words)
    alike = (known * others.weights).sum(axis=1) / _FINE
    column["text_cos"][:] = np.minimum(1.0, alike)
    least = np.minimum(len(own), (others.words > 0).sum(axis=1))
    column["words_least"][:] = least
    column["text_share"][:] = (known > 0).sum(axis=1) / np.maximum(least, 1)
    rarities = _Terms(own, rare)
    shared = np.sort(rarities.found_in(others.words), axis=1)
    column["text_rarest"][:] = shared[:, -5:].sum(axis=1)
    column["text_rare_count"][:] = np.log1p((shared > _RARE).sum(axis=1))
    theirs = rarities.found_in(others.title).sum(axis=1)
    title = _row(mine.title)
    ours = _Terms(title, rarity.of(title)).found_in(others.words).sum(axis=1)
    theirs = np.minimum(1.0, theirs / np.maximum(others.title_mass, 1e-3))
    ours = np.minimum(1.0, ours / np.maximum(mine.title_mass, 1e-3))
    column["told_least"][:] = np.minimum(theirs, ours)
    column["told_most"][:] = np.maximum(theirs, ours)


def _left(column: _Columns, mine: Sheet, others: Sheet, rarity: Rarity) -> None:
    """What the title of one has that the other does not tell at all, above all at its head."""
    own = _row(mine.title)
    title = _Terms(own, rarity.of(own))
    told = title.told_by(np.concatenate((others.title, others.words), axis=1))
    ours = np.where(told, np.float32(0.0), title.weights)
    known = np.unique(np.concatenate((own, _row(mine.words))))
    found = _Terms(known, np.ones(len(known), np.float32)).found_in(others.title) > 0
    rest = np.where(found | (others.title == 0), np.float32(0.0), rarity.of(others.title))
    for name, end in (("left", None), ("head_left", _HEAD)):
        one, other = ours[:, :end].max(axis=1, initial=0.0), rest[:, :end].max(axis=1, initial=0.0)
        column[f"{name}_least"][:] = np.minimum(one, other)
        column[f"{name}_most"][:] = np.maximum(one, other)
    head = _Terms(own[:_HEAD], title.weights[:_HEAD])
    column["head_shared"][:] = head.found_in(others.title[:, :_HEAD]).sum(axis=1)
    # Notices of two companies are parts of a series too: only whom they are about is not the same.
    if len(own):
        noted = (others.flags & mine.flags[0] & NOTE > 0) & (others.lang == mine.lang[0])
        first = ~told[:, 0] & ~found[:, 0] & (others.title[:, 0] > 0)
        whom = first | (column["head_left_least"] > _RARE)
        # "LG 电子" and "LG Display": neither party is the other, nor named in its text.
        within = np.arange(others.title.shape[1]) < others.party[:, None]
        ours_left = ~told[:, : int(mine.party[0])].all(axis=1)
        whom |= ours_left & (within & ~found & (others.title > 0)).any(axis=1)
        column["parts_differ"][noted & whom] = 1.0


def _names(column: _Columns, mine: Sheet, others: Sheet, rarity: Rarity) -> None:
    own = _row(mine.names)
    shared = _Terms(own, rarity.of(own)).found_in(others.names).sum(axis=1)
    column["names_sum"][:] = shared
    column["names_least"][:] = _share(shared, mine.names_mass, others.names_mass, least=True)
    both = (mine.names_mass > 0) & (others.names_mass > 0)
    column["names_none"][:] = both & (shared == 0)
    column["names_most"][:] = _share(shared, mine.names_mass, others.names_mass, least=False)
    left = np.minimum(mine.names_mass, others.names_mass) - shared
    column["names_left"][:] = np.maximum(0.0, left)


def _count(mine: Terms, others: Terms) -> Weights:
    own = _row(mine)
    found = _Terms(own, np.ones(len(own), np.float32)).found_in(others).sum(axis=1)
    return np.asarray(found, np.float32)


def _figures(column: _Columns, mine: Sheet, others: Sheet) -> None:
    shared = _count(mine.figures, others.figures)
    both = (mine.figures[0, 0] > 0) & (others.figures[:, 0] > 0)
    column["figures_shared"][:] = np.minimum(4, shared)
    column["figures_differ"][:] = both & (shared == 0)
    sizes = (mine.figures[0] > 0).sum(), (others.figures > 0).sum(axis=1)
    column["figures_least"][:] = shared / np.maximum(np.minimum(*sizes), 1)
    parts = _count(mine.parts, others.parts)
    both = (mine.parts[0, 0] > 0) & (others.parts[:, 0] > 0)
    column["parts_differ"][:] = both & (parts == 0)
    shared = _count(mine.models, others.models)
    sizes = (mine.models[0] > 0).sum(), (others.models > 0).sum(axis=1)
    column["models_shared"][:] = np.minimum(3, shared)
    column["models_differ"][:] = (sizes[0] > 0) & (sizes[1] > 0) & (shared == 0)
    column["models_odd"][:] = np.minimum(sizes[0], sizes[1]) - shared
    same_line = _count(mine.lines, others.lines) > 0
    other_version = _count(mine.versions, others.versions) == 0
    column["versions_differ"][:] = same_line & other_version
    # Siblings ("Mini 2" and "Mini 2S") have all but a letter in common and are two things.
    siblings = other_version & (_count(mine.makes, others.makes) > 0) & (shared == 0)
    column["parts_differ"][siblings] = 1.0
    shared = _count(mine.subject, others.subject)
    both = (mine.subject[0, 0] > 0) & (others.subject[:, 0] > 0)
    column["subject_same"][:] = both & (shared > 0)
    column["subject_differs"][:] = both & (shared == 0)


def _circumstances(column: _Columns, mine: Sheet, others: Sheet) -> None:
    hours = np.abs(others.at - mine.at[0]) / 3600
    column["hours"][:] = np.log1p(hours)
    column["days"][:] = hours / 24
    column["roundup"][:] = ((others.flags | mine.flags[0]) & ROUNDUP) > 0
    column["same_lang"][:] = others.lang == mine.lang[0]
    other = other_language(int(mine.lang[0]))
    column["zh_en"][:] = False if other is None else others.lang == other
    column["size_least"][:] = np.minimum(others.title_size, mine.title_size[0])
    column["size_most"][:] = np.maximum(others.title_size, mine.title_size[0])
    column["texts"][:] = (others.flags & HAS_TEXT > 0).astype(int) + (mine.flags[0] & HAS_TEXT)


def other_language(lang: int) -> int | None:
    """The number of English for that of Chinese, and the other way round; None for others."""
    pair = {lang_code("zh"), lang_code("en")}
    return next(iter(pair - {lang})) if lang in pair else None


def _across(column: _Columns, mine: Sheet, others: Sheet, rarity: Rarity) -> None:
    words, concepts = _row(mine.words), _row(mine.concepts)
    theirs = _Terms(words, rarity.of(words)).found_in(others.concepts).sum(axis=1)
    ours = _Terms(concepts, rarity.of(concepts)).found_in(others.words).sum(axis=1)
    across = column["zh_en"] > 0
    column["meant_sum"][:] = np.maximum(theirs, ours) * across
    mass = np.where(theirs > ours, others.concepts_mass, mine.concepts_mass)
    column["meant_least"][:] = across * np.maximum(theirs, ours) / np.maximum(mass, 1e-3)
