"""Numbers of several sources side by side: what they agree on, where they differ."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from digest.agreement.claims import Claim
from digest.agreement.model import Agreed, Disagreement, Figure, Revised
from digest.agreement.origins import Origins
from digest.agreement.wording import is_copy
from digest.agreement.words import pattern, tables
from digest.model import Article
from digest.text.numbers import find_numbers

_TOGETHER = timedelta(hours=48)  # what is stated later may be later news
_MOVING_TOGETHER = timedelta(hours=3)
_LEAST_GAP = 0.01  # of the larger value; less is rounding, however it was written
_ROUND_GAP = 0.05  # where one of them is a round number
_MOST_TIMES = 4.0  # further apart they are hardly of the same thing
_ROUND_DIGITS = 3
_NEARLY = 1e-9
_SUMS = frozenset({"all", "day", "week", "month", "year"})  # 累计 or 每天: not the same without

Key = tuple[str, str, str]


def agreed_figures(claims: Sequence[Claim], origins: Origins) -> Iterator[Agreed]:
    """Numbers that two or more independent sources state: those of most sources first."""
    groups: list[list[Claim]] = []
    for claim in sorted(claims, key=_in_time):
        home = next((it for it in groups if all(_agree(claim, other) for other in it)), None)
        if home is None:
            groups.append([claim])
        elif all(claim.signal.id != other.signal.id for other in home):
            home.append(claim)
    for group in sorted(groups, key=lambda it: (-len(it), _in_time(it[0]))):
        independent = _each_once(group, origins)
        if len(independent) > 1:
            concept = independent[0].concept
            told = tuple(it.statement for it in independent)
            yield Agreed(told, "" if concept.startswith("=") else concept)


def _agree(one: Claim, other: Claim) -> bool:
    same = one.concept == other.concept and one.unit == other.unit
    narrowed = one.qualifier == other.qualifier or not (one.qualifier and other.qualifier)
    if not (same and narrowed and one.stance == other.stance):
        return False
    if (one.periods ^ other.periods) & _SUMS:
        return False
    if _contradict(one.periods, other.periods) or _contradict(one.names, other.names):
        return False
    if one.fact.kind == "change" or other.fact.kind == "change":
        return (one.fact.kind, one.fact.value) == (other.fact.kind, other.fact.value)
    if one.is_range or other.is_range:
        return (one.low, one.high) == (other.low, other.high)
    values = one.fact.value, other.fact.value
    open_ended = any(math.isinf(it) for claim in (one, other) for it in (claim.low, claim.high))
    if open_ended or one.low == one.high or other.low == other.high:
        return math.isclose(*values, rel_tol=_NEARLY) and _direction(one) == _direction(other)
    # 11.9 is within what 12 may be, as it is rounded; not the other way round.
    return (one.low <= values[1] <= one.high) or (other.low <= values[0] <= other.high)


def _direction(claim: Claim) -> tuple[bool, bool]:
    return math.isinf(claim.low), math.isinf(claim.high)


def _contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one - other) and bool(other - one)


def _each_once(claims: Iterable[Claim], origins: Origins) -> list[Claim]:
    """The first claim of each origin."""
    first: dict[str, Claim] = {}
    for claim in claims:
        words = claim.statement.words
        if not any(is_copy(words, other.statement.words) for other in first.values()):
            first.setdefault(origins.of(claim.signal, words), claim)
    return list(first.values())


# --- differing -------------------------------------------------------------------------------


def differing_figures(
    claims: Sequence[Claim], origins: Origins, articles: Mapping[int, Article]
) -> tuple[tuple[Disagreement, ...], tuple[Revised, ...]]:
    """Where sources give different values of one thing, and what a source itself revised.

    Only what is certain to be of the same thing at the same time: one concept in one unit, the
    same periods, the same firmness, no other names; neither text has the other one's value.
    """
    disagreements: list[Disagreement] = []
    revised: list[Revised] = []
    for same in _comparable(claims).values():
        kept, changed = _latest(same)
        revised += changed
        pairs = [
            (one, other)
            for place, one in enumerate(kept)
            for other in kept[place + 1 :]
            if _differ(one, other, origins, articles)
        ]
        if pairs:
            disagreements.append(_side_by_side(pairs))
    return tuple(disagreements), tuple(revised)


def _comparable(claims: Iterable[Claim]) -> dict[Key, list[Claim]]:
    found: dict[Key, list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=_in_time):
        if claim.is_sure and not claim.concept.startswith("="):
            found[claim.concept, claim.qualifier, claim.unit].append(claim)
    return found


def _latest(claims: Sequence[Claim]) -> tuple[list[Claim], list[Revised]]:
    """What each source says in the end, and what it said otherwise before.

    A text that gives two values of one thing speaks of two things, and is left out. Revised is
    what grows while it is told, and what a source says that it corrects: two prices of one shop
    may be those of two washing machines.
    """
    by_signal: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_signal[claim.signal.id].append(claim)
    single = [some[0] for some in by_signal.values() if len(some) == 1]
    last: dict[str, Claim] = {}
    changed: list[Revised] = []
    for claim in single:
        source = claim.signal.source_title
        before = last.get(source)
        moves = claim.concept in tables()["moving"]["concepts"] or _corrects(claim)
        if before is not None and moves and _like(before, claim) and _apart(before, claim):
            changed.append(Revised(claim.concept, before.statement, claim.statement))
        last[source] = claim
    return list(last.values()), changed


def _like(one: Claim, other: Claim) -> bool:
    return (
        one.periods == other.periods
        and one.stance == other.stance
        and not _contradict(one.names, other.names)
    )


def _differ(one: Claim, other: Claim, origins: Origins, articles: Mapping[int, Article]) -> bool:
    if not _like(one, other) or not _apart(one, other):
        return False
    moving = one.concept in tables()["moving"]["concepts"]
    if abs(one.when - other.when) > (_MOVING_TOGETHER if moving else _TOGETHER):
        return False
    if _corrects(one) or _corrects(other):
        return False
    origin = [origins.of(it.signal, it.statement.words) for it in (one, other)]
    return origin[0] != origin[1] and not (
        _mentions(articles, one, other) or _mentions(articles, other, one)
    )


def _apart(one: Claim, other: Claim) -> bool:
    """Whether what the two may be at most does not touch, by more than rounding."""
    if one.low > other.low:
        one, other = other, one
    largest = max(abs(one.fact.value), abs(other.fact.value))
    least = min(abs(one.fact.value), abs(other.fact.value))
    if not least or largest / least > _MOST_TIMES or other.low <= one.high:
        return False
    gap = abs(one.fact.value - other.fact.value) / largest
    is_round = any(_is_round(it.fact.value) for it in (one, other))
    return gap > (_ROUND_GAP if is_round else _LEAST_GAP)


def _is_round(value: float) -> bool:
    """Whether a long number ends in naughts after its first digit or two: 300, 45,000."""
    digits = f"{abs(value):.0f}"
    return len(digits) >= _ROUND_DIGITS and not digits[2:].strip("0")


def _corrects(claim: Claim) -> bool:
    return bool(pattern("corrected").search(claim.statement.words))


def _mentions(articles: Mapping[int, Article], claim: Claim, other: Claim) -> bool:
    """Whether the text of `claim` has the value of `other` too, so that it knows of it.

    A text that is not there cannot be asked, and is taken to know.
    """
    article = articles.get(claim.signal.id)
    if article is None:
        return True
    units = {"", other.fact.unit}
    return any(
        found.kind != "date"
        and other.low <= found.value <= other.high
        and (claim.fact.kind != "money" or found.unit in units)
        for sentence in article.sentences
        for found in find_numbers(sentence.text, article.lang)
    )


def _side_by_side(pairs: Sequence[tuple[Claim, Claim]]) -> Disagreement:
    claims = list({id(it): it for pair in pairs for it in pair}.values())
    groups: list[list[Claim]] = []
    for claim in sorted(claims, key=_in_time):
        home = next((it for it in groups if _agree(claim, it[0])), None)
        if home is None:
            groups.append([claim])
        else:
            home.append(claim)
    groups.sort(key=lambda it: (-len(it), _in_time(it[0])))
    return Disagreement(
        claims[0].concept,
        tuple(Figure(tuple(claim.statement for claim in group)) for group in groups),
    )


def _in_time(claim: Claim) -> tuple[float, int]:
    return claim.when.timestamp(), claim.signal.id
