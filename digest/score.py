"""How much a signal deserves attention: 0 to 100 from named parts that can be explained.

Each part says what it rests on ("weight=1.2", "numbers=3"), so that whoever shows a score can say
why. Nothing here looks at a clock: the moment comes in. Substance is measured against a frozen
reference (score_reference.json), never against the day's other signals, so that 85 means the
same next month; what others say comes in by `novelty_of`, `momentum_of` and `with_context`.
"""

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from digest.classify.patterns import cue_patterns
from digest.model import Article, Brief, Kind, Placement, Score, ScorePart
from digest.stories import StoryItem
from digest.text.segmentation import search_terms

SOURCE, SUBSTANCE, NOVELTY, CORROBORATION, MOMENTUM, RECENCY = 20.0, 50.0, 10.0, 10.0, 3.0, 7.0

REFERENCE_FILE = Path(__file__).with_name("score_reference.json")

_USUAL_SOURCE = 16.5  # points of a source of weight 1
# Chosen so that of a day's fresh signals from usual sources two or three in 100 reach 85, half 55.
_STEEP = 1.2
_UNLIKE, _SAME = 0.1, 0.6  # shares of terms in common: nothing like it, all but the same
_LOOKED_AT = 300
_EIGHTFOLD = 3.0
_NEUTRAL_NOVELTY = 0.7
_ALONE = 3.0
_PER_SOURCE = 4.0
_HALF_LIFE_H = 36.0
_FULL_LENGTH = 1200  # characters of Chinese, or words of others times two
_STRONG_KINDS = frozenset({Kind.RELEASE, Kind.PAPER, Kind.POLICY, Kind.FUNDING, Kind.DEAL,
                           Kind.INCIDENT, Kind.EARNINGS, Kind.DATA})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """What a score is made of.

    `source_weight` is 1.0 for a usual source. `novelty` (0..1) says how unlike the last weeks it
    is, None when not known yet; `sources` how many carried the story; `momentum` (0..1) how
    unusually frequent its topics are; `halved` names what makes its substance count half ("offer",
    "thread"). The counts are of the brief, `length` of the article in
    characters (Chinese) or twice its words (others).
    """

    source_weight: float
    points: int
    numbers: int
    names: int
    length: int
    kind: Kind = Kind.NEWS
    topics: int = 0
    has_why: bool = False
    novelty: float | None = None
    sources: int = 1
    momentum: float = 0.0
    halved: str = ""
    published_at: datetime | None = None


def facts_of(
    article: Article, brief: Brief, placement: Placement, *, source_weight: float
) -> ScoreFacts:
    """The facts that are known as soon as an article is condensed; the rest stays neutral."""
    return ScoreFacts(
        source_weight=source_weight,
        points=len(brief.points),
        numbers=len(brief.numbers),
        names=len(brief.keywords),
        length=_length(article),
        kind=placement.kind,
        topics=len(placement.topics),
        has_why=brief.why is not None,
        halved=_halved(article),
        published_at=article.published_at,
    )


def _halved(article: Article) -> str:
    """Why there is less in a text than it seems: goods for less money, people talking."""
    if cue_patterns("titles")["offer"].search(article.title):
        return "offer"
    return "thread" if article.note == "thread" else ""


def score(facts: ScoreFacts, now: datetime) -> Score:
    """The score of a signal at `now`, with its parts in the order in which they are shown."""
    return Score(
        (
            _part("source", _source(facts), SOURCE, f"weight={facts.source_weight:g}"),
            _substance(facts),
            _novelty(facts.novelty),
            _corroboration(facts.sources),
            _momentum(facts.momentum),
            _recency(facts, now),
        )
    )  # fmt: skip


def with_context(
    known: Score,
    *,
    novelty: float | None = None,
    sources: int | None = None,
    momentum: float | None = None,
    compared: int = 0,
) -> Score:
    """`known` with the given ones of the parts that rest on other signals, the rest untouched.

    `compared` is with how many signals of the last 30 days its novelty was found.
    """
    anew: dict[str, ScorePart] = {}
    if novelty is not None:
        anew["novelty"] = _novelty(novelty, compared)
    if sources is not None:
        anew["corroboration"] = _corroboration(sources)
    if momentum is not None:
        anew["momentum"] = _momentum(momentum)
    return Score(tuple(anew.get(part.name, part) for part in known.parts))


def novelty_of(item: StoryItem, recent: Iterable[StoryItem]) -> float | None:
    """How unlike `item` is to the likest of `recent` (0..1); None with nothing to compare.

    `recent` are the signals of the last weeks, others of its own story left out by the caller.
    Likeness is the share of terms of title and opening in common (of the shorter text).
    """
    own = _terms(item)
    likest = None
    for other in recent:
        theirs = _terms(other)
        shorter = min(len(own), len(theirs))
        if shorter and other.signal_id != item.signal_id:
            likest = max(likest or 0.0, len(own & theirs) / shorter)
    if likest is None:
        return None
    return _unit((_SAME - likest) / (_SAME - _UNLIKE))


def momentum_of(topics: Iterable[str], strengths: Mapping[str, float]) -> float:
    """How strongly the strongest of `topics` rises (0..1; 1 is eight times as often as usual).

    `strengths` are those of the topics that rise, as the report of trends has them.
    """
    strongest = max((strengths.get(topic, 1.0) for topic in topics), default=1.0)
    return _unit(math.log2(max(strongest, 1.0)) / _EIGHTFOLD)


def _terms(item: StoryItem) -> set[str]:
    return set(search_terms(f"{item.title} {item.lead_text[:_LOOKED_AT]}"))


def _source(facts: ScoreFacts) -> float:
    return _USUAL_SOURCE * max(0.0, facts.source_weight)


def richness(facts: ScoreFacts) -> float:
    """How much there is in an article, on an open scale that only the reference gives meaning."""
    length = min(1.0, facts.length / _FULL_LENGTH)
    points = (
        9.0 * math.sqrt(length)
        + 2.5 * min(3, facts.points)
        + 1.4 * min(4, facts.numbers)
        + 1.0 * min(3, facts.names)
        + 0.8 * min(3, facts.topics)
        + (2.0 if facts.kind in _STRONG_KINDS else 0.0)
        + (1.5 if facts.has_why else 0.0)
    )
    # A note without a point or of a few words is thin, whatever else it has.
    return points * min(1.0, 0.25 + length) * (1.0 if facts.points else 0.4)


def rank(value: float) -> float:
    """The share (0..1) of the reference articles whose richness lies below `value`."""
    steps = _reference()
    place = bisect_right(steps, value)
    if place == 0 or place == len(steps):
        return 0.0 if place == 0 else 1.0
    low, high = steps[place - 1], steps[place]
    return (place - 1 + (value - low) / (high - low)) / (len(steps) - 1)


@cache
def _reference() -> tuple[float, ...]:
    """Richness at even shares of the reference articles, rising."""
    return tuple(json.loads(REFERENCE_FILE.read_text(encoding="utf-8"))["richness"])


def _substance(facts: ScoreFacts) -> ScorePart:
    share = rank(richness(facts))
    evidence = (
        f"rank={100 * share:.0f} points={facts.points} numbers={facts.numbers} "
        f"length={facts.length}"
    )
    if facts.halved:
        share, evidence = share / 2, f"{evidence} {facts.halved}=1"
    return _part("substance", SUBSTANCE * share**_STEEP, SUBSTANCE, evidence)


def _novelty(novelty: float | None, compared: int = 0) -> ScorePart:
    share = _NEUTRAL_NOVELTY if novelty is None else _unit(novelty)
    evidence = "novelty=unknown" if novelty is None else f"novelty={100 * share:.0f}"
    evidence += f" compared={compared}" if compared else ""
    return _part("novelty", NOVELTY * share, NOVELTY, evidence)


def _corroboration(sources: int) -> ScorePart:
    more = max(0, sources - 1)
    points = _ALONE + _PER_SOURCE * math.sqrt(more) if more else _ALONE
    return _part("corroboration", points, CORROBORATION, f"sources={max(1, sources)}")


def _momentum(momentum: float) -> ScorePart:
    share = _unit(momentum)
    return _part("momentum", MOMENTUM * share, MOMENTUM, f"momentum={100 * share:.0f}")


def _recency(facts: ScoreFacts, now: datetime) -> ScorePart:
    if facts.published_at is None:
        return _part("recency", RECENCY / 2, RECENCY, "age=unknown")
    hours = max(0.0, (now - facts.published_at).total_seconds() / 3600)
    return _part("recency", RECENCY * 0.5 ** (hours / _HALF_LIFE_H), RECENCY, f"age_h={hours:.0f}")


def _length(article: Article) -> int:
    sentences = (text for paragraph in article.paragraphs for text in paragraph)
    if article.lang in {"zh", "ja"}:
        return sum(len(text) for text in sentences)
    return 2 * sum(len(text.split()) for text in sentences)


def _part(name: str, points: float, ceiling: float, evidence: str) -> ScorePart:
    return ScorePart(name, round(max(0.0, min(ceiling, points)), 1), ceiling, evidence)


def _unit(share: float) -> float:
    return max(0.0, min(1.0, share))
