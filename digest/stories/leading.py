"""Which of a story's signals stands for it: the one that tells most, from the best hand.

A story is shown by one signal. The first report is often a stub: a headline and two sentences of
a small source. As soon as one comes that tells clearly more, that one stands for the story;
clearly, and soon, so that a list which somebody is reading does not change its face all day.

How much one tells is not all: where the lead says that something was denied, put off or taken
back, that is what the story is by now, and no report that does not know of it stands for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model import ArticleOrigin, Brief, Score, Tier
from digest.newness.turns import reverses

MARGIN = 8.0
"""Worth that a later signal must have more than the one that leads."""
SETTLED_AFTER = timedelta(hours=24)
"""How long a lead may be challenged, from when readers first saw it."""

_OWN = frozenset({"source", "substance"})  # the rest of a score comes from other signals, or time
_IN_FULL, _READ_IN_PART = 6.0, -8.0
_POINT, _MOST_POINTS = 2.0, 3
_NUMBER, _MOST_NUMBERS = 1.0, 3
_WHY = 1.0
_UNDERSTOOD = 4.0  # without a translation half of the readers have the headline only
_BY = {Tier.RULES: 0.0, Tier.MODEL: 3.0, Tier.EDITOR: 12.0}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live signal of a story, as far as leading goes.

    `origin` and `note` are its article's; `fixed` says that an editor decided about it (chose it
    as the lead, pinned or rewrote it); `shown_at` is when readers first saw it.
    """

    signal_id: int
    score: Score
    brief: Brief
    origin: ArticleOrigin
    note: str
    shown_at: datetime
    backlog: bool = False
    fixed: bool = False


def worth(one: Candidate) -> float:
    """How well a signal would stand for its story: mostly 0 to 100, higher is better.

    The parts of its score that are its own (its source's weight and its substance), and how
    complete it is: the text in full, points, numbers, why it matters, who condensed it, and
    whether a reader of Chinese understands its headline. What others add to a score (novelty,
    corroboration, momentum) and how late it came do not count, so that it stays the same.
    """
    brief = one.brief
    own = sum(part.points for part in one.score.parts if part.name in _OWN)
    whole = _READ_IN_PART if one.note == "paywalled" else 0.0
    if one.origin is not ArticleOrigin.FEED and not one.note:
        whole = _IN_FULL
    return (
        own
        + whole
        + _POINT * min(_MOST_POINTS, len(brief.points))
        + _NUMBER * min(_MOST_NUMBERS, len(brief.numbers))
        + (_WHY if brief.why is not None else 0.0)
        + (_UNDERSTOOD if brief.headline_lang.startswith("zh") else 0.0)
        + _BY[brief.tier]
    )


def takes_over(newcomer: Candidate, lead: Candidate, now: datetime) -> bool:
    """Whether a signal that only repeats a story is to lead it from now on instead of `lead`.

    Never where an editor decided about `lead`, for a signal of the backlog, once `lead` has been
    seen for `SETTLED_AFTER`, or where only `lead` tells that it was denied or put off; else when
    it is worth `MARGIN` more.
    """
    if lead.fixed or newcomer.backlog or now - lead.shown_at > SETTLED_AFTER:
        return False
    if _headlines(lead.brief) and not _tells(newcomer.brief):
        return False
    return worth(newcomer) >= worth(lead) + MARGIN


def _headlines(brief: Brief) -> bool:
    """Whether its headline tells of a denial or a delay."""
    return reverses(brief.headline) or reverses(brief.headline_original)


def _tells(brief: Brief) -> bool:
    """Whether its headline or a point does."""
    texts = (text for point in brief.points for text in (point.text, point.original))
    return _headlines(brief) or any(reverses(text) for text in texts)
