"""Topics: what an article is about, by the cues of the taxonomy."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from digest.regexes import regex
from digest.taxonomy import Catalogue, Column, Taxonomy, Topic

MOST_TOPICS = 5
MOST_CUES = 4
TITLE_WEIGHT = 3

_LEAST_MENTIONS = 2
_CHARACTERS_PER_MENTION = 1500
_KEYWORD_BONUS = 1
_HAN = regex(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic with how strongly the article speaks of it; `cues` are the words that did."""

    topic: Topic
    strength: int
    titled: bool
    cues: tuple[str, ...]


def find_topics(
    title: str, text: str, keywords: tuple[str, ...], taxonomy: Taxonomy
) -> tuple[FoundTopic, ...]:
    """Up to five topics, strongest first.

    Each needs a mention in the title or at least two in the text (more in a long one).
    """
    index = cues_of(taxonomy.topics)
    in_title, in_text = index.count(title), index.count(text)
    in_keywords = index.count(" · ".join(keywords))
    least = _least_mentions(text)
    found: list[FoundTopic] = []
    for topic in taxonomy.topics.values():
        titled = in_title.get(topic.id, Counter())
        mentions = in_text.get(topic.id, Counter())
        total = sum(mentions.values())
        if not titled and total < least:
            continue
        strength = TITLE_WEIGHT * sum(titled.values()) + total
        strength += _KEYWORD_BONUS * sum(in_keywords.get(topic.id, Counter()).values())
        words = titled + mentions
        cues = tuple(dict.fromkeys([*titled, *(word for word, _ in words.most_common())]))
        found.append(FoundTopic(topic, strength, bool(titled), cues[:MOST_CUES]))
    found.sort(key=lambda one: (-one.strength, one.topic.id))
    return tuple(found[:MOST_TOPICS])


def _least_mentions(text: str) -> int:
    return max(_LEAST_MENTIONS, math.ceil(len(text) / _CHARACTERS_PER_MENTION))


def is_about(title: str, text: str, cues: "CueIndex") -> bool:
    """Whether an article is about a subject with these cues, by the rule of `find_topics`."""
    if cues.count(title):
        return True
    mentions = sum((sum(found.values()) for found in cues.count(text).values()), 0)
    return mentions >= _least_mentions(text)


class CueIndex:
    """All cues of topics (or columns) in three patterns: a text is read three times, not 900."""

    def __init__(self, cues_by_id: Mapping[str, Sequence[str]]) -> None:
        self._topics: dict[str, list[str]] = {}
        for id_, named in cues_by_id.items():
            for cue in named:
                self._topics.setdefault(_key(cue), []).append(id_)
        cues = {cue for named in cues_by_id.values() for cue in named}
        chinese = [cue for cue in cues if _HAN.search(cue)]
        exact = [cue for cue in cues - set(chinese) if cue != cue.lower()]
        small = [cue for cue in cues - set(chinese) if cue == cue.lower()]
        self._patterns = (
            _alternatives(chinese, "(?:{})"),
            _alternatives(exact, r"(?<![A-Za-z0-9])(?:{})(?![A-Za-z])"),
            _alternatives(
                small, r"(?<![A-Za-z0-9])(?:{})(?=(?:s|es)?(?![A-Za-z]))", re.IGNORECASE
            ),
        )
        # A longer cue hides the shorter ones inside it: 人形机器人 counts for 机器人 too.
        self._inside = {
            cue: [part for part in chinese if part != cue and part in cue] for cue in chinese
        }

    def count(self, text: str) -> dict[str, Counter[str]]:
        """How often each cue of each topic occurs in `text`."""
        found: dict[str, Counter[str]] = {}
        for pattern, is_small in zip(self._patterns, (False, False, True), strict=True):
            for match in pattern.finditer(text):
                word = match.group().lower() if is_small else match.group()
                for cue in (word, *self._inside.get(word, ())):
                    shown = match.group() if cue == word else cue
                    for topic in dict.fromkeys(self._topics.get(_key(cue), ())):
                        found.setdefault(topic, Counter())[shown] += 1
        return found


def _key(cue: str) -> str:
    return cue if cue != cue.lower() and not _HAN.search(cue) else cue.lower()


def _alternatives(cues: list[str], frame: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    longest_first = sorted(cues, key=lambda cue: (-len(cue), cue))
    return re.compile(
        frame.format("|".join(map(re.escape, longest_first))) if cues else "(?!)", flags
    )


# By the catalogue, which never changes: what editors change becomes another one.
_indexes: WeakKeyDictionary[Catalogue[Any], CueIndex] = WeakKeyDictionary()


def cues_of(catalogue: Catalogue[Topic] | Catalogue[Column]) -> CueIndex:
    """The index of all cues of the topics or columns in use."""
    if catalogue not in _indexes:
        _indexes[catalogue] = CueIndex({one.id: one.cues for one in catalogue.values()})
    return _indexes[catalogue]
