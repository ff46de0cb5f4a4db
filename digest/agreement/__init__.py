"""What the sources of a story agree upon, and where their figures differ. Pure.

Silence is better than a false conflict: figures are set side by side only when everything that is
said beside them fits together, and no text has the other one's value.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from digest.agreement.claims import Claim, read_claims
from digest.agreement.figures import agreed_figures, differing_figures
from digest.agreement.model import (
    Agreed,
    Comparison,
    Disagreement,
    Figure,
    Revised,
    Statement,
)
from digest.agreement.origins import Origins
from digest.agreement.wording import agreed_days, agreed_points
from digest.model import Article, Signal

MOST_COMPARED = 40
"""Signals of a story that are compared, the newest: each is compared with each."""

_HEADLINES = 2  # that have a word before it counts as what the story is about

__all__ = [
    "MOST_COMPARED",
    "Agreed",
    "Comparison",
    "Disagreement",
    "Figure",
    "Revised",
    "Statement",
    "compare",
]


def compare(members: Sequence[Signal], articles: Mapping[int, Article]) -> Comparison:
    """Compare the signals of one story; `articles` by the ids of those whose text is kept.

    Without its article a signal can agree, but not disagree.
    """
    ordered = sorted(members, key=lambda one: (one.when, one.id))[-MOST_COMPARED:]
    if len(ordered) <= 1:
        return Comparison()
    origins = Origins(ordered, articles)
    vocabulary = _vocabulary(ordered)
    claims: list[Claim] = [
        claim for one in ordered for claim in read_claims(one, articles.get(one.id), vocabulary)
    ]
    disagreements, revised = differing_figures(claims, origins, articles)
    # Where others say otherwise nobody agrees: those who do stand side by side with them.
    differing = {
        id(told.fact) for one in disagreements for figure in one.figures for told in figure.told
    }
    agreed = (
        *(
            one
            for one in agreed_figures(claims, origins)
            if not any(id(told.fact) in differing for told in one.told)
        ),
        *agreed_days(ordered, origins, vocabulary),
        *agreed_points(ordered, origins, vocabulary),
    )
    return Comparison(agreed, disagreements, revised)


def _vocabulary(members: Sequence[Signal]) -> frozenset[str]:
    """Keywords that stand in more than one headline, or in that of their own signal."""
    titles = [f"{one.title} {one.brief.headline}" for one in members]
    found: Counter[str] = Counter()
    for word in {word for one in members for word in one.brief.keywords}:
        found[word] = sum(word in title for title in titles)
    return frozenset(
        word for word, count in found.items() if count >= min(_HEADLINES, len(titles))
    )
