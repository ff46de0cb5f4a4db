"""A made-up stream of news: words by Zipf's law, days with rush hours, stories of all sizes.

Nothing of it was ever written by anybody: English words are made of syllables, Chinese ones of
characters by their number. Each event has names and figures of its own and a few words of its
field; its texts say these with others between and in another order, most of them within a day.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from digest.stories import StoryItem

START = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 30
_CHINESE = 0.6  # of the events
_WORDS, _CHARACTERS, _HAN = 30_000, 4_000, 0x4E00
_COMMON = 200  # words that belong to no field
_MOST, _SHAPE = 400, 2.2  # texts of the largest story; Zipf's law of their sizes
_USUALLY_LATER = 9.0  # hours after the first, mean
_RUSH = (9, 12, 18, 21)  # hours of the day with three times the news
_SYLLABLES = ("ka", "lo", "mi", "ter", "sun", "vel", "or", "pa", "den", "ri", "stra", "ne", "bu")
_SENTENCES, _LONG = 5, 10  # of an opening; words of a sentence


@dataclass(frozen=True, slots=True)
class Arrival:
    """One text and the event that it tells of."""

    item: StoryItem
    event: int


@dataclass(frozen=True, slots=True)
class _Facts:
    lang: str
    names: list[str]
    field: list[str]
    figures: list[str]


class MadeUpNews:
    """`count` texts over `DAYS` days in the order of their time; the same seed makes the same."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.count = count
        self._seed = seed
        self._words = {
            "en": [_word(rank) for rank in range(_WORDS)],
            "zh": [_characters(rank) for rank in range(_WORDS)],
        }
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(_WORDS)))

    def __iter__(self) -> Iterator[Arrival]:
        return self.since(0)

    def since(self, first: int) -> Iterator[Arrival]:
        """The texts from the place `first` on."""
        hours, events = self._times
        for place in range(first, self.count):
            yield self._text(place, int(events[place]), float(hours[place]))

    def first_within(self, days: float) -> int:
        """The place of the first text of the last `days` days."""
        hours, _ = self._times
        return int(np.searchsorted(hours, 24 * (DAYS - days)))

    @cached_property
    def _times(self) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """When each text arrives (hours from the start) and of which event it tells."""
        dice = np.random.default_rng(self._seed)
        shares = np.arange(1, _MOST + 1, dtype=np.float64) ** -_SHAPE
        sizes = dice.choice(_MOST, self.count, p=shares / shares.sum()) + 1
        sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), self.count)) + 1]
        day = np.ones(24) + 2 * np.isin(np.arange(24), _RUSH)
        began = dice.integers(0, DAYS, len(sizes)) * 24.0 + dice.random(len(sizes))
        began += dice.choice(24, len(sizes), p=day / day.sum())
        events = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[: self.count]
        hours = began[events] + dice.exponential(_USUALLY_LATER, len(events))
        hours = np.where(hours < 24 * DAYS, hours, began[events]).astype(np.float32)
        order = np.argsort(hours, kind="stable")
        return hours[order], events[order]

    def _facts(self, event: int) -> _Facts:
        dice = random.Random(f"{self._seed}:{event}")
        lang = "zh" if dice.random() < _CHINESE else "en"
        name = _name if lang == "en" else _chinese_name
        field = [self._words[lang][dice.randrange(_COMMON, _WORDS)] for _ in range(8)]
        figures = [f"{dice.randrange(11, 9_999) / 10}%" for _ in range(2)]
        return _Facts(lang, [name(dice) for _ in range(3)], field, figures)

    def _text(self, place: int, event: int, hours: float) -> Arrival:
        facts = self._facts(event)
        dice = random.Random(place)
        glue = " " if facts.lang == "en" else ""
        title = [*dice.sample(facts.names, 2), *dice.sample(facts.field, 4)]
        title += self._usual(dice, facts.lang, 2)
        dice.shuffle(title)
        sentences = (self._sentence(dice, facts, glue) for _ in range(_SENTENCES))
        item = StoryItem(
            signal_id=place + 1,
            story_id=None,
            title=glue.join(title),
            lead_text=" ".join(sentences),
            lang=facts.lang,
            keywords=(*facts.names, *dice.sample(facts.field, 2)),
            numbers=(facts.figures[place % 2],),
            at=START + timedelta(hours=hours),
            score=50,
        )
        return Arrival(item, event)

    def _sentence(self, dice: random.Random, facts: _Facts, glue: str) -> str:
        told = [dice.choice(facts.names), *dice.sample(facts.field, 3), dice.choice(facts.figures)]
        told += self._usual(dice, facts.lang, _LONG - len(told))
        dice.shuffle(told)
        return glue.join(told) + ("." if glue else "。")

    def _usual(self, dice: random.Random, lang: str, count: int) -> list[str]:
        return dice.choices(self._words[lang], cum_weights=self._weights, k=count)


def _word(rank: int) -> str:
    """A word of its own for each rank, the longer the rarer."""
    word = ""
    rank += len(_SYLLABLES)
    while rank:
        rank, which = divmod(rank, len(_SYLLABLES))
        word += _SYLLABLES[which]
    return word


def _characters(rank: int) -> str:
    """One character for the commonest, two for the others."""
    if rank < _CHARACTERS // 10:
        return chr(_HAN + rank)
    return chr(_HAN + rank % _CHARACTERS) + chr(_HAN + rank * 7919 % _CHARACTERS)


def _name(dice: random.Random) -> str:
    return "".join(dice.choice(_SYLLABLES) for _ in range(4)).capitalize()


def _chinese_name(dice: random.Random) -> str:
    return "".join(chr(_HAN + dice.randrange(_CHARACTERS)) for _ in range(3))
