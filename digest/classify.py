"""Where a signal belongs: its column, topics and kind, with the words that decided.

All three rest on cues in the article (taxonomy.toml, placement.toml). A cue in the title counts
three times one in the text. The column of the source is a prior that clear cues overrule.
"""

import math
import re
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.model import Article, Kind, Placement
from digest.taxonomy import Taxonomy, Topic

MOST_TOPICS = 5

_FILE = Path(__file__).parent / "placement.toml"
_LOOKED_AT = 6000  # characters of text after the title
_LEAD = 400  # characters in which a kind shows itself
_TITLE_WEIGHT = 3
_LEAST_MENTIONS = 2
_CHARACTERS_PER_MENTION = 1500
_SURE_KIND = 2
_REPEATS = 2  # further cues of one kind prove nothing more
_DECISIVE = 4  # a title that tells of money raised may tell what is made with it too
# What the title names outweighs the shelf of the source: its prior is worth one clear topic.
_PRIOR = 1.5
_NAMED_IN_TITLE = 1.0
_CUES = 0.8
_CUE_IN_TITLE = 1.0
_KEYWORD_BONUS = 1
_MOST_CUES = 4
_HAN = re.compile(r"[\u3400-\u9fff]")


def classify(
    article: Article, *, keywords: tuple[str, ...], column_hint: str, taxonomy: Taxonomy
) -> Placement:
    """Column, kind and up to five topics of `article`, strongest first.

    A topic needs a mention in the title or at least two in the text (more in a long one).
    `column_hint` is the column of the source, "" when unknown.
    """
    title, text = article.title, _opening(article)
    topics = _find_topics(title, text, keywords, taxonomy)
    kind, kind_cues = _find_kind(title, text[:_LEAD])
    column, column_cues = _find_column(title, text, topics, column_hint, taxonomy)
    cues = {"column": column_cues, "kind": kind_cues}
    cues |= {found.topic.id: found.cues for found in topics}
    return Placement(column, kind, tuple(found.topic.id for found in topics), cues)


@dataclass(frozen=True, slots=True)
class _FoundTopic:
    topic: Topic
    strength: int
    titled: bool
    cues: tuple[str, ...]


def _opening(article: Article) -> str:
    parts: list[str] = []
    size = 0
    for paragraph in article.paragraphs:
        for sentence in paragraph:
            parts.append(sentence)
            size += len(sentence) + 1
            if size > _LOOKED_AT:
                return " ".join(parts)[:_LOOKED_AT]
    return " ".join(parts)


# --- topics -----------------------------------------------------------------------------


def _find_topics(
    title: str, text: str, keywords: tuple[str, ...], taxonomy: Taxonomy
) -> tuple[_FoundTopic, ...]:
    index = _topic_index(taxonomy)
    in_title, in_text = index.count(title), index.count(text)
    in_keywords = index.count(" · ".join(keywords))
    least = max(_LEAST_MENTIONS, math.ceil(len(text) / _CHARACTERS_PER_MENTION))
    found: list[_FoundTopic] = []
    for topic in taxonomy.topics.values():
        titled = in_title.get(topic.id, Counter())
        mentions = in_text.get(topic.id, Counter())
        total = sum(mentions.values())
        if not titled and total < least:
            continue
        strength = _TITLE_WEIGHT * sum(titled.values()) + total
        strength += _KEYWORD_BONUS * sum(in_keywords.get(topic.id, Counter()).values())
        words = titled + mentions
        cues = tuple(dict.fromkeys([*titled, *(word for word, _ in words.most_common())]))
        found.append(_FoundTopic(topic, strength, bool(titled), cues[:_MOST_CUES]))
    found.sort(key=lambda one: (-one.strength, one.topic.id))
    return tuple(found[:MOST_TOPICS])


class _TopicIndex:
    """All cues of a taxonomy in three patterns, so that a text is read three times, not 900."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._topics: dict[str, list[str]] = {}
        for topic in taxonomy.topics.values():
            for cue in topic.cues:
                self._topics.setdefault(_key(cue), []).append(topic.id)
        cues = {cue for topic in taxonomy.topics.values() for cue in topic.cues}
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


_indexes: dict[int, tuple[Taxonomy, _TopicIndex]] = {}


def _topic_index(taxonomy: Taxonomy) -> _TopicIndex:
    # By identity: a taxonomy is loaded once per process and does not change.
    if id(taxonomy) not in _indexes:
        _indexes[id(taxonomy)] = (taxonomy, _TopicIndex(taxonomy))
    return _indexes[id(taxonomy)][1]


# --- kind and column --------------------------------------------------------------------


def _find_kind(title: str, lead: str) -> tuple[Kind, tuple[str, ...]]:
    best, most = Kind.NEWS, 0
    best_cues: tuple[str, ...] = ()
    announced = _cue_patterns("announced")
    for name, pattern in _cue_patterns("kinds").items():
        in_title = [match.group() for match in pattern.finditer(title)]
        in_lead = [match.group() for match in pattern.finditer(lead)]
        if not in_title and name in announced and not announced[name].search(lead):
            continue
        strength = _TITLE_WEIGHT * min(_REPEATS, len(in_title)) + min(_REPEATS, len(in_lead))
        strength += _DECISIVE if in_title and name == Kind.FUNDING else 0
        # Kinds stand in order of how telling they are: the first of equals wins.
        if strength >= _SURE_KIND and strength > most:
            best, most = Kind(name), strength
            best_cues = _distinct([*in_title, *in_lead])
    return best, best_cues


def _find_column(
    title: str, text: str, topics: tuple[_FoundTopic, ...], hint: str, taxonomy: Taxonomy
) -> tuple[str, tuple[str, ...]]:
    votes: defaultdict[str, float] = defaultdict(float)
    cues: dict[str, list[str]] = {}
    for found in topics:
        if found.topic.column in taxonomy.columns:
            votes[found.topic.column] += math.log1p(found.strength)
            votes[found.topic.column] += _NAMED_IN_TITLE if found.titled else 0.0
            cues.setdefault(found.topic.column, []).extend(found.cues)
    beside = _cue_patterns("beside")
    for column, pattern in _cue_patterns("columns").items():
        in_title = [match.group() for match in pattern.finditer(title)]
        in_text = [match.group() for match in pattern.finditer(text[: _LEAD * 4])]
        if (in_title or in_text) and column in beside:
            in_text += [match.group() for match in beside[column].finditer(text[: _LEAD * 4])]
        strength = _TITLE_WEIGHT * len(in_title) + len(in_text)
        if strength and column in taxonomy.columns:
            votes[column] += _CUES * math.log1p(strength) + (_CUE_IN_TITLE if in_title else 0.0)
            cues.setdefault(column, []).extend([*in_title, *in_text])
    if hint in taxonomy.columns:
        votes[hint] += _PRIOR
    if not votes:
        # The last shelf, society, takes what no cue claims.
        return next(reversed(taxonomy.columns), ""), ()
    order = list(taxonomy.columns)
    best = max(votes, key=lambda column: (votes[column], -order.index(column)))
    return best, _distinct(cues.get(best, []))


def _distinct(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))[:_MOST_CUES]


@cache
def _cue_patterns(group: str) -> dict[str, re.Pattern[str]]:
    with _FILE.open("rb") as stream:
        cues: dict[str, dict[str, list[str]]] = tomllib.load(stream)[group]
    return {
        name: re.compile("|".join(f"(?:{cue})" for cue in by["zh"] + by["en"]), re.IGNORECASE)
        for name, by in cues.items()
    }
