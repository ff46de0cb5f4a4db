"""Which of today's signals very many wish sets are about, asked of an index.

Of three hundred signals a wish set is about thirty: they are found by column, topic, source and
word instead of asking every signal. The answer is that of `digest.compose.matches`.
"""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from digest.model import Signal, Wishes
from digest.weights import selection
from digest.words import has_word


class Matching:
    """Some signals, ready to be asked about by one wish set after another.

    A number stands for one signal: of two with the same the last counts. What is found for a word
    is kept, so it should live no longer than a batch of readers.
    """

    def __init__(self, signals: Iterable[Signal]) -> None:
        self._signals = {signal.id: signal for signal in signals}
        self._scores = {signal.id: signal.score.total for signal in self._signals.values()}
        self._columns: dict[str, set[int]] = defaultdict(set)
        self._topics: dict[str, set[int]] = defaultdict(set)
        self._sources: dict[int, set[int]] = defaultdict(set)
        self._words: dict[str, set[int]] = {}
        for signal in self._signals.values():
            self._columns[signal.placement.column].add(signal.id)
            for topic in signal.placement.topics:
                self._topics[topic].add(signal.id)
            if signal.seen_in:
                self._sources[signal.seen_in[0].source_id].add(signal.id)

    def fitting(self, wishes: Wishes) -> AbstractSet[int]:
        """The numbers of the signals that match these wishes."""
        followed = set(self._signals) if wishes.everything else self._followed(wishes)
        for mute in wishes.mutes:
            followed -= self._named(mute)
            followed -= self._with_word(mute)
        least = wishes.min_score
        if wishes.weights:
            return {one for one in followed if selection(self._signals[one], wishes) >= least}
        return {one for one in followed if self._scores[one] >= least}

    def _followed(self, wishes: Wishes) -> set[int]:
        nothing = set[int]()
        return nothing.union(
            *(self._columns.get(column, nothing) for column in wishes.columns),
            *(self._topics.get(topic, nothing) for topic in wishes.topics),
            *(self._sources.get(source, nothing) for source in wishes.sources),
            *(self._with_word(word) for word in wishes.words),
        )

    def _named(self, mute: str) -> set[int]:
        """The signals that a mute means by column, topic or source."""
        kind, _, value = mute.partition(":")
        if kind == "column":
            return self._columns.get(value, set())
        if kind == "topic":
            return self._topics.get(value, set())
        if kind == "source":
            return self._of_source(value)
        return set()

    def _of_source(self, written: str) -> set[int]:
        named = (ids for number, ids in self._sources.items() if str(number) == written)
        return next(named, set())

    def _with_word(self, word: str) -> set[int]:
        if word not in self._words:
            signals = self._signals.values()
            self._words[word] = {one.id for one in signals if has_word((word,), one)}
        return self._words[word]
