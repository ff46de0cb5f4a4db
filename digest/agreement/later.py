"""Whether a figure of long ago and one of now are of the same thing. Pure.

Weeks or years lie between them, so much more is asked than of two reports of one event: only what
goes on having a value is compared (a valuation, not a round of funding), of one subject, of the
same time and as firmly stated. Silence is better than a change that never was.
"""

from collections.abc import Collection

from digest.agreement.claims import Claim, read_claims, subjects_in
from digest.model import NumberFact, Signal
from digest.text.vocabulary import word_set

_LASTING = word_set("valuation market_value users capacity price deaths injured missing")
_OF_ONE_PRODUCT = frozenset({"price"})  # a maker has many prices


def same_thing(one: Signal, told: NumberFact, other: Signal, later: NumberFact, name: str) -> bool:
    """Whether `told` of one signal and `later` of another measure the same thing of `name`."""
    mine, theirs = _claim_of(one, told, (name,)), _claim_of(other, later, (name,))
    if mine is None or theirs is None or mine.concept not in _LASTING:
        return False
    same = (mine.concept, mine.qualifier, mine.unit) == (
        theirs.concept,
        theirs.qualifier,
        theirs.unit,
    )
    when = mine.periods == theirs.periods and mine.stance == theirs.stance
    subject = subjects_in(name, (name,))
    whose = subject <= mine.names and subject <= theirs.names
    if mine.concept in _OF_ONE_PRODUCT:
        whose = whose and mine.names == theirs.names
    return same and when and whose and mine.is_sure and theirs.is_sure


def _claim_of(signal: Signal, fact: NumberFact, vocabulary: Collection[str]) -> Claim | None:
    """The figure as its point states it; the article's text is gone by then."""
    claims = read_claims(signal, None, vocabulary)
    return next((one for one in claims if one.fact == fact), None)
