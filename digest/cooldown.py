"""How long the news of a story waits after a reader last heard of it.

The one rule for all that is pushed: a story that a reader has is never told to them again, but for
its news (updates and follow-ups), and those not before they have cooled down:

    who follows the story                              4 h
    score from 85, incidents and policy, developing    4 h    (24 h from the third telling on)
    score from 70                                     18 h
    other news                                        36 h
    of companies: releases, money, results            48 h
    papers, reviews, tutorials, opinions               7 d

A stronger score goes before the kind, except for what is read at leisure. What an editor pushes
to chosen readers waits for nothing but is no repetition either.
"""

from datetime import timedelta

from digest.model import Kind, Signal

CRITICAL, HIGH = 85, 70
SHORTEST = timedelta(hours=4)
LONGEST = timedelta(days=7)

_SUSTAINED_FROM = 3
_SUSTAINED, _HIGH, _MEDIUM, _CORPORATE = (timedelta(hours=hours) for hours in (24, 18, 36, 48))
_LEISURE = frozenset({Kind.PAPER, Kind.REVIEW, Kind.TUTORIAL, Kind.OPINION})
_DEVELOPING = frozenset({Kind.INCIDENT, Kind.POLICY})
_OF_COMPANIES = frozenset({Kind.RELEASE, Kind.FUNDING, Kind.DEAL, Kind.EARNINGS})


def cool_down(kind: Kind, score: int, *, times: int = 1, followed: bool = False) -> timedelta:
    """How long news of this kind and score waits after its story was told `times` times."""
    if followed:
        return SHORTEST
    if kind in _LEISURE:
        return LONGEST
    if score >= CRITICAL and kind in _DEVELOPING:
        return SHORTEST if times < _SUSTAINED_FROM else _SUSTAINED
    if score >= HIGH:
        return _HIGH
    return _CORPORATE if kind in _OF_COMPANIES else _MEDIUM


def waits(signal: Signal, *, times: int, followed: bool = False) -> timedelta | None:
    """How long `signal` waits after its story was told; None for ever, for it repeats."""
    if not signal.relation.is_news:
        return None
    kind, score = signal.placement.kind, signal.score.total
    return cool_down(kind, score, times=times, followed=followed)
