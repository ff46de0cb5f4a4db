"""Automatic rules over many readers: which of them want a new signal saved."""

from collections import defaultdict
from collections.abc import Iterable

from digest.model import Rule, Signal
from digest.words import WordIndex, fold, has_word


def fits(rule: Rule, signal: Signal) -> bool:
    """Whether `signal` is one that `rule` is about, paused or not, whenever it was made."""
    if rule.column and signal.placement.column != rule.column:
        return False
    if not (rule.words or rule.topics):
        return bool(rule.column)
    return any(topic in rule.topics for topic in signal.placement.topics) or has_word(
        rule.words, signal
    )


class RuleIndex:
    """Many rules, to be asked by one signal at a time.

    Each distinct word is looked for once per signal, whatever number of readers gave it; topics
    and columns lead straight to the rules that name them.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_topic: dict[str, list[Rule]] = defaultdict(list)
        self._by_column: dict[str, list[Rule]] = defaultdict(list)
        self._by_word: dict[str, list[Rule]] = defaultdict(list)
        spelled: dict[str, str] = {}
        for rule in rules:
            if rule.paused:
                continue
            for topic in rule.topics:
                self._by_topic[topic].append(rule)
            for word in rule.words:
                # Readers' spellings of one word are looked for once.
                given = spelled.setdefault(fold(word), word)
                self._by_word[given].append(rule)
            if rule.column and not (rule.words or rule.topics):
                self._by_column[rule.column].append(rule)
        self._words = WordIndex(self._by_word)

    def wanting(self, signal: Signal) -> tuple[Rule, ...]:
        """The rules that want `signal`: it fits, and came after the rule became as it is."""
        found: dict[int, Rule] = {}
        named = [self._by_topic.get(topic, ()) for topic in signal.placement.topics]
        spelled = [self._by_word[word] for word in self._words.found(signal)]
        for rules in (*named, *spelled, self._by_column.get(signal.placement.column, ())):
            for rule in rules:
                if rule.column in {"", signal.placement.column} and _is_news(rule, signal):
                    found[rule.collection_id] = rule
        return tuple(found.values())


def _is_news(rule: Rule, signal: Signal) -> bool:
    return rule.since is None or signal.arrived_at > rule.since
