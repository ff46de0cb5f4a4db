"""How much a signal deserves attention: 0 to 100 from named parts that can be explained.

Each part says what it rests on ("weight=1.2", "numbers=3"), so that whoever shows a score can say
why. Nothing here looks at a clock: the moment comes in.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from digest.model import Article, Brief, Kind, Placement, Score, ScorePart

SOURCE, SUBSTANCE, NOVELTY, CORROBORATION, MOMENTUM, RECENCY = 20.0, 30.0, 15.0, 15.0, 10.0, 10.0

_USUAL_SOURCE = 13.5  # points of a source of weight 1
_NEUTRAL_NOVELTY = 0.7
_ALONE = 2.0
_PER_SOURCE = 6.0
_HALF_LIFE_H = 36.0
_FULL_LENGTH = 1200  # characters of Chinese, or words of others times two
_STRONG_KINDS = frozenset({Kind.RELEASE, Kind.PAPER, Kind.POLICY, Kind.FUNDING, Kind.DEAL,
                           Kind.INCIDENT, Kind.EARNINGS, Kind.DATA})  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """What a score is made of.

    `source_weight` is 1.0 for a usual source. `novelty` (0..1) says how unlike the last weeks it
    is, None when not known yet; `sources` how many carried the story; `momentum` (0..1) how
    unusually frequent its topics are. The counts are of the brief, `length` of the article in
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
        published_at=article.published_at,
    )


def score(facts: ScoreFacts, now: datetime) -> Score:
    """The score of a signal at `now`, with its parts in the order in which they are shown."""
    return Score(
        (
            _part("source", _source(facts), SOURCE, f"weight={facts.source_weight:g}"),
            _substance(facts),
            _novelty(facts),
            _corroboration(facts),
            _momentum(facts),
            _recency(facts, now),
        )
    )  # fmt: skip


def with_context(
    known: Score, *, novelty: float | None = None, sources: int = 1, momentum: float = 0.0
) -> Score:
    """`known` with the parts that rest on other signals counted anew, the rest untouched."""
    facts = ScoreFacts(0, 0, 0, 0, 0, novelty=novelty, sources=sources, momentum=momentum)
    anew = {part.name: part for part in (_novelty(facts), _corroboration(facts), _momentum(facts))}
    return Score(tuple(anew.get(part.name, part) for part in known.parts))


def _source(facts: ScoreFacts) -> float:
    return _USUAL_SOURCE * max(0.0, facts.source_weight)


def _substance(facts: ScoreFacts) -> ScorePart:
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
    points *= min(1.0, 0.25 + length) * (1.0 if facts.points else 0.4)
    evidence = f"points={facts.points} numbers={facts.numbers} length={facts.length}"
    return _part("substance", points, SUBSTANCE, evidence)


def _novelty(facts: ScoreFacts) -> ScorePart:
    share = _NEUTRAL_NOVELTY if facts.novelty is None else _unit(facts.novelty)
    evidence = "novelty=unknown" if facts.novelty is None else f"novelty={share:.2f}"
    return _part("novelty", NOVELTY * share, NOVELTY, evidence)


def _corroboration(facts: ScoreFacts) -> ScorePart:
    more = max(0, facts.sources - 1)
    points = _ALONE + _PER_SOURCE * math.sqrt(more) if more else _ALONE
    return _part("corroboration", points, CORROBORATION, f"sources={max(1, facts.sources)}")


def _momentum(facts: ScoreFacts) -> ScorePart:
    share = _unit(facts.momentum)
    return _part("momentum", MOMENTUM * share, MOMENTUM, f"momentum={share:.2f}")


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
