"""The signals of the index in columns: what is compared of each, in rows of fixed width."""

from dataclasses import dataclass, fields, replace
from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.stories.items import StoryItem
from digest.stories.rarity import Rarity
from digest.stories.said import SAID, worths_of
from digest.stories.traits import Traits
from digest.verify.meaning import Encoder

Terms = NDArray[np.uint32]
Weights = NDArray[np.float32]

TITLE, ALSO, WORDS, NAMES, FIGURES, MODELS, SUBJECT, CONCEPTS, PARTS = (
    32,
    16,
    72,
    12,
    8,
    4,
    4,
    16,
    2,
)
VECTOR = 512  # numbers of what a sentence means
_FIRST_ROOM = 64
_DEAD = -1
_FINE = 255.0
_LANGUAGES: dict[str, int] = {}

_WIDTHS = {"title": TITLE, "also": ALSO, "words": WORDS, "weights": WORDS, "names": NAMES,
           "figures": FIGURES, "models": MODELS, "lines": MODELS, "versions": MODELS,
           "makes": MODELS, "subject": SUBJECT, "parts": PARTS, "concepts": CONCEPTS}  # fmt: skip
_TERMS = (
    "title",
    "also",
    "words",
    "names",
    "figures",
    "models",
    "lines",
    "versions",
    "makes",
    "subject",
    "concepts",
    "parts",
)
_WIDTHS |= dict.fromkeys(("said", "said_kin", "said_worth"), SAID)
_KINDS: dict[str, type[np.generic]] = {
    **dict.fromkeys(_TERMS, np.uint32),
    **dict.fromkeys(("weights", "lang", "also_lang", "flags", "title_size", "party"), np.uint8),
    **dict.fromkeys(("said_worth", "said_marks"), np.uint8),
    **dict.fromkeys(("said", "said_up", "said_down", "said_days"), np.uint32),
    "said_kin": np.uint16,
    "at": np.float64,
}


@dataclass(slots=True)
class Sheet:
    """The traits of some signals, one row each; terms are filled up with 0.

    `words` are the weightiest terms of title and opening with their `weights` (a vector of length
    1 in steps of 1/255); `said` are the words of the title in order, with what each is worth in
    the lower six bits of `said_worth` and its kind in the upper two; `title_mass` and
    `title_square` sum the rarities of the title's terms and their squares.
    """

    title: Terms
    also: Terms
    words: Terms
    weights: NDArray[np.uint8]
    names: Terms
    figures: Terms
    models: Terms
    lines: Terms
    versions: Terms
    makes: Terms
    subject: Terms
    concepts: Terms
    parts: Terms
    title_mass: Weights
    title_square: Weights
    also_mass: Weights
    also_square: Weights
    names_mass: Weights
    concepts_mass: Weights
    at: NDArray[np.float64]  # seconds
    lang: NDArray[np.uint8]
    also_lang: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    title_size: NDArray[np.uint8]
    party: NDArray[np.uint8]
    said: Terms
    said_kin: NDArray[np.uint16]
    said_worth: NDArray[np.uint8]
    said_up: Terms
    said_down: Terms
    said_days: Terms
    said_marks: NDArray[np.uint8]

    @classmethod
    def empty(cls, rows: int) -> "Sheet":
        """So many rows of nothing."""
        shapes = {name: (rows, width) for name, width in _WIDTHS.items()}
        return cls(**{
            one.name: np.zeros(shapes.get(one.name, rows), _KINDS.get(one.name, np.float32))
            for one in fields(cls)
        })  # fmt: skip

    def rows(self, places: NDArray[np.int64] | slice) -> "Sheet":
        """Some of the rows."""
        return Sheet(**{one.name: getattr(self, one.name)[places] for one in fields(self)})

    def put(self, place: int, other: "Sheet") -> None:
        """Copy the one row of `other` to `place`."""
        for one in fields(self):
            getattr(self, one.name)[place] = getattr(other, one.name)[0]


_READ = 300  # characters that an encoder reads
_MEANING_STEPS = 512.0
_PROMISING = 48

HAS_TEXT, ROUNDUP, LATE, NOTE = 1, 2, 4, 8
DENIES, SENTENCE = 1, 2  # marks of what is said
WORTH_STEPS = 63.0


def sheet_of(traits: Traits, at: float, rarity: Rarity) -> Sheet:
    """One row: `traits` with the rarities of this moment."""
    sheet = Sheet.empty(1)
    title = _fill(sheet.title, traits.title)
    also = _fill(sheet.also, traits.also)
    names = _fill(sheet.names, traits.names)
    concepts = _fill(sheet.concepts, traits.concepts)
    _fill(sheet.figures, traits.figures)
    _fill(sheet.models, traits.models)
    _fill(sheet.lines, traits.lines)
    _fill(sheet.versions, traits.versions)
    _fill(sheet.makes, traits.makes)
    _fill(sheet.subject, traits.subject)
    _fill(sheet.parts, traits.parts)
    rare = rarity.of(title)
    sheet.title_mass[0], sheet.title_square[0] = rare.sum(), (rare**2).sum()
    rare = rarity.of(also)
    sheet.also_mass[0], sheet.also_square[0] = rare.sum(), (rare**2).sum()
    sheet.names_mass[0] = rarity.of(names).sum()
    sheet.concepts_mass[0] = rarity.of(concepts).sum()
    _fill_words(sheet, traits, rarity)
    sheet.at[0] = at
    sheet.lang[0] = lang_code(traits.lang)
    sheet.also_lang[0] = lang_code(traits.also_lang)
    sheet.flags[0] = (
        HAS_TEXT * traits.has_text + ROUNDUP * traits.is_roundup + NOTE * traits.is_note
    )
    sheet.title_size[0] = len(title)
    sheet.party[0] = min(traits.party, len(title))
    _fill_said(sheet, traits, rarity)
    return sheet


def meaning_of(item: StoryItem, encoder: Encoder) -> NDArray[np.int8]:
    """What title and opening mean: a direction, in small whole numbers."""
    (vector,) = encoder.encode([f"{item.title}\n{item.lead_text}"[:_READ]])
    steps = np.rint(np.asarray(vector, np.float32) * _MEANING_STEPS)
    return np.asarray(np.clip(steps, -127, 127), np.int8)


def lang_code(lang: str) -> int:
    """The number by which a language is kept."""
    return _LANGUAGES.setdefault(lang, min(255, len(_LANGUAGES)))


def _fill(column: Terms, terms: tuple[int, ...]) -> Terms:
    some = np.array(terms[: column.shape[1]], np.uint32)
    column[0, : len(some)] = some
    return some


def _fill_words(sheet: Sheet, traits: Traits, rarity: Rarity) -> None:
    terms = np.fromiter(traits.words.keys(), np.uint32, len(traits.words))
    counts = np.fromiter(traits.words.values(), np.float32, len(traits.words))
    if not len(terms):
        return
    weights = (1 + np.log(counts)) * rarity.of(terms)
    order = np.argsort(-weights, kind="stable")[:WORDS]
    kept = weights[order]
    length = float(np.sqrt((kept**2).sum())) or 1.0
    sheet.words[0, : len(order)] = terms[order]
    sheet.weights[0, : len(order)] = np.rint(_FINE * kept / length)


def _fill_said(sheet: Sheet, traits: Traits, rarity: Rarity) -> None:
    said = traits.said
    count = len(said.words)
    sheet.said[0, :count] = said.words
    sheet.said_kin[0, :count] = said.kin
    worth = np.rint(worths_of(said, rarity) * WORTH_STEPS).astype(np.uint8)
    sheet.said_worth[0, :count] = worth | np.array(said.kinds, np.uint8) << 6
    sheet.said_up[0], sheet.said_down[0], sheet.said_days[0] = said.up, said.down, said.days
    sheet.said_marks[0] = DENIES * said.denies + SENTENCE * said.is_sentence


def in_other_words(sheet: Sheet) -> Sheet:
    """The rows as they would be had they only their headline in the other language."""
    told = replace(sheet, title=_widened(sheet.also, TITLE), words=_widened(sheet.also, WORDS))
    sizes = (sheet.also > 0).sum(axis=1)
    weights = np.rint(_FINE / np.sqrt(np.maximum(sizes, 1)))
    told.weights = np.asarray((told.words > 0) * weights[:, None], np.uint8)
    told.title_mass, told.title_square = sheet.also_mass, sheet.also_square
    told.title_size = np.asarray(sizes, np.uint8)
    told.lang, told.flags = sheet.also_lang, sheet.flags & ~np.uint8(HAS_TEXT)
    return told


def _widened(terms: Terms, width: int) -> Terms:
    return np.pad(terms, ((0, 0), (0, width - terms.shape[1])))


class Shelf:
    """Rows by place: a number that only grows. The rows go round in a ring that grows if full."""

    def __init__(self, *, with_meaning: bool = False) -> None:
        self._room = _FIRST_ROOM
        self._sheet = Sheet.empty(self._room)
        self._signals = np.full(self._room, _DEAD, np.int64)
        self._stories = np.full(self._room, -1, np.int64)
        self._meant = np.zeros((self._room, VECTOR if with_meaning else 0), np.int8)
        self._signs = np.zeros((self._room, VECTOR // 64 if with_meaning else 0), np.uint64)
        # Those that came in the order of their dates are forgotten from the first on.
        self._newest = -np.inf
        self._late: list[tuple[float, int]] = []
        self._eldest = self.first = self._next = 0

    def put(self, sheet: Sheet, signal_id: int, meaning: NDArray[np.int8] | None) -> int:
        """Keep the one row of `sheet`; returns its place."""
        if self._next - self.first >= self._room:
            self._grow()
        place, row = self._next, self._next % self._room
        self._sheet.put(row, sheet)
        self._signals[row], self._stories[row] = signal_id, -1
        if self._meant.shape[1]:
            self._meant[row] = 0 if meaning is None else meaning
            self._signs[row] = _signs_of(self._meant[row])
        at = float(sheet.at[0])
        if at < self._newest:
            self._sheet.flags[row] |= LATE
            heappush(self._late, (at, place))
        self._newest = max(self._newest, at)
        self._next += 1
        return place

    def drop(self, place: int) -> None:
        """Forget the row; its room is free again when all before it are gone."""
        self._signals[place % self._room] = _DEAD
        while self.first < self._next and self._signals[self.first % self._room] == _DEAD:
            self.first += 1

    def rows(self, places: NDArray[np.int64]) -> Sheet:
        """The rows at these places."""
        return self._sheet.rows(places % self._room)

    def times(self, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """When the signals at these places came, in seconds."""
        return self._sheet.at[places % self._room]

    def holds(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether a signal is still at each of these places."""
        within = (places >= self.first) & (places < self._next)
        return np.asarray(within & (self._signals[places % self._room] != _DEAD), np.bool_)

    def signal_at(self, place: int) -> int:
        """The signal at a place that holds one."""
        return int(self._signals[place % self._room])

    def story_at(self, place: int) -> int:
        """What `tell_story` said last, -1 before."""
        return int(self._stories[place % self._room])

    def tell_story(self, place: int, story: int) -> None:
        """Note the story of the signal at `place`."""
        self._stories[place % self._room] = story

    def older_than(self, seconds: float) -> list[int]:
        """The signals from before that moment, without looking at the others."""
        found = []
        while self._late and self._late[0][0] < seconds:
            found.append(heappop(self._late)[1])
        place = max(self._eldest, self.first)
        while place < self._next and self._is_over(place, seconds):
            if not self._sheet.flags[place % self._room] & LATE:
                found.append(place)
            place += 1
        self._eldest = place
        here = np.array(found, np.int64)
        return [int(one) for one in self._signals[here[self.holds(here)] % self._room]]

    def _is_over(self, place: int, seconds: float) -> bool:
        row = place % self._room
        return bool(
            self._signals[row] == _DEAD
            or self._sheet.flags[row] & LATE > 0
            or self._sheet.at[row] < seconds
        )

    def meant(
        self, places: NDArray[np.int64], meaning: NDArray[np.int8]
    ) -> tuple[Weights, NDArray[np.bool_]]:
        """The cosine of `meaning` with what each means, and whether that is known."""
        theirs = self._meant[places % self._room].astype(np.float32)
        own = meaning.astype(np.float32)
        lengths = np.sqrt((theirs**2).sum(axis=1)) * np.sqrt((own**2).sum())
        known = lengths > 0
        return (theirs @ own) / np.maximum(lengths, 1.0), known

    def nearest(
        self, meaning: NDArray[np.int8], lang: int, since: float
    ) -> tuple[NDArray[np.int64], Weights]:
        """The places in `lang` since then that mean nearly the same, the nearest first.

        With their cosines. Looked for by the signs of the numbers, so that the time does not
        grow with their length, and of the most promising few exactly.
        """
        within = np.arange(self.first, self._next)
        rows = within % self._room
        here = (self._signals[rows] != _DEAD) & (self._sheet.lang[rows] == lang)
        here &= self._sheet.at[rows] >= since
        within, rows = within[here], rows[here]
        unlike = np.bitwise_count(self._signs[rows] ^ _signs_of(meaning)).sum(axis=1)
        some = np.argsort(unlike, kind="stable")[:_PROMISING]
        cosines, known = self.meant(within[some], meaning)
        order = np.argsort(-np.where(known, cosines, -1.0), kind="stable")[: int(known.sum())]
        return within[some][order], cosines[order]

    def meaning_at(self, place: int) -> NDArray[np.int8]:
        """What the signal at a place means, zeros where it was not read."""
        return np.asarray(self._meant[place % self._room], np.int8)

    def _grow(self) -> None:
        places = np.arange(self.first, self._next)
        room = self._room + max(_FIRST_ROOM, self._room // 4)
        old, new = places % self._room, places % room
        sheet = Sheet.empty(room)
        for one in fields(Sheet):
            getattr(sheet, one.name)[new] = getattr(self._sheet, one.name)[old]
        self._sheet = sheet
        self._signals = _moved(self._signals, old, new, room)
        self._stories = _moved(self._stories, old, new, room)
        self._meant = _moved(self._meant, old, new, room)
        self._signs = _moved(self._signs, old, new, room)
        self._room = room


def _signs_of(meaning: NDArray[np.int8]) -> NDArray[np.uint64]:
    """One bit for each number: whether it is above 0."""
    return np.packbits(meaning > 0).view(np.uint64)


def _moved(
    column: NDArray[Any], old: NDArray[np.int64], new: NDArray[np.int64], room: int
) -> NDArray[Any]:
    empty = 0 if column.dtype.kind == "u" else -1
    moved = np.full((room, *column.shape[1:]), empty, column.dtype)
    moved[new] = column[old]
    return moved
