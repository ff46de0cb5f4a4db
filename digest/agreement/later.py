"""Whether a figure of long ago and one of now are of the same thing. Pure.

Weeks or years lie between them, so much more is asked than of two reports of one event: only what
goes on having a value is compared (a valuation, not a round of funding), of one subject, of the
same time and as firmly stated. Silence is better than a change that never was.
"""

from collections.abc import Collection

from digest.agreement.claims import Claim, read_claims, subjects_in
from digest.agreement.words import concepts
from digest.model import NumberFact, Signal
from digest.regexes import regex
from digest.text.vocabulary import word_set

_LASTING = word_set("valuation market_value users capacity price deaths injured missing")
_OF_ONE_PRODUCT = frozenset({"price"})  # a maker has many prices
# What tells a product from its maker's others: a title, a name in quotes, a word with a digit.
_MODEL = regex(r"《[^》]+》|“[^”]+”|[A-Za-z0-9][\w.+/-]*")
_IS_MODEL = regex(r"[《“]|\d")
_OF_WHAT = regex(r"[\u4e00-\u9fff]{0,4}的(.{0,6})")  # 7 亿美元规模的融资


def same_thing(one: Signal, told: NumberFact, other: Signal, later: NumberFact, name: str) -> bool:
    """Whether `told` of one signal and `later` of another measure the same thing of `name`."""
    mine, theirs = _claim_of(one, told, (name,)), _claim_of(other, later, (name,))
    if mine is None or theirs is None:
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
        whose = whose and mine.names == theirs.names and _are_one_model(one, other)
    return same and when and whose and mine.is_sure and theirs.is_sure


def _claim_of(signal: Signal, fact: NumberFact, vocabulary: Collection[str]) -> Claim | None:
    """The figure as its point states it; the article's text is gone by then."""
    claims = read_claims(signal, None, vocabulary)
    found = next((one for one in claims if one.fact == fact), None)
    if found is None or found.concept not in _LASTING or _is_of_another(found):
        return None
    return found


def _is_of_another(claim: Claim) -> bool:
    """Whether the words right after the number say that it is of something else."""
    of_what = _OF_WHAT.match(claim.statement.words.partition(claim.fact.text)[2].lstrip())
    if of_what is None or concepts()[claim.concept].search(of_what.group()):
        return False
    return any(words.search(of_what.group(1)) for words in concepts().values())


def _are_one_model(one: Signal, other: Signal) -> bool:
    """Whether both headlines name the same products, and name them so that no other is meant."""
    mine, theirs = (_models(it.brief.headline_original or it.title) for it in (one, other))
    return mine == theirs and any(map(_IS_MODEL.search, mine))


def _models(title: str) -> frozenset[str]:
    found = (it.group().casefold() for it in _MODEL.finditer(title))
    return frozenset(word for word in found if not word.isdecimal())
