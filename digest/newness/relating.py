"""What a signal is to its story: it repeats it, adds to it, or tells what came after.

Careful by default. Within hours of the last telling, outlets write the same news anew, with more
background and with other figures for one thing: neither is news to who has the story, and nor is
what somebody makes of it. A turn (what was planned happened, what was said was denied) is news
within the hour, facts that nobody had are later: an update. An answer to the news, or another kind
of event with hardly anything told before, is a follow-up.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from digest.model import Adds, Changed, NumberFact, Relation
from digest.newness.account import Account
from digest.newness.told import AMOUNTS, Told, at, fate_of
from digest.newness.turns import awaits, is_comment, is_released, reactions, reverses, tells, turns
from digest.regexes import regex
from digest.verify.matching import same
from digest.verify.quantities import Quantity, claims, quantities
from digest.verify.units import measure

SOON = timedelta(hours=6)
"""So long after the last telling the same news is still being written anew."""

_AT_ONCE = timedelta(hours=1)
_MOSTLY = 0.6
_ALL_BUT = 0.75
_OTHER_HEADLINE = 0.5
_OTHER_WORDS = 0.25
"""Share of the words of a title, by weight, that stand nowhere in what was told."""

_LEAST_CLAUSE = 7  # letters that are a statement and no name
_CLAUSE = regex(r"[，,。；;：:！!？?|｜]")
_BACKGROUND = regex(
    r"此前|早前|早些时候|去年|前年|上年|曾[经于在]|成立于|创[立办]于|据了解|截至目前|历史上|同期"
    r"|\b(?:last year|previously|earlier (?:this|last)|founded in|back in|a year (?:ago|earlier)|"
    r"since (?:19|20)\d\d|compared with)\b",
    re.IGNORECASE,
)
_TURN = regex(
    r"从|由|升[到至]|降|涨|跌|[上下]调|调[整至为]|[增减][加少至到]|改[为至]|变|更正|修正"
    r"|\b(?:from|rose|rises?|rais|up|down|cut|f[ae]ll|grew|drop|revis|correct)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _News:
    """What of a signal was not told: points, numbers that matter, and how new its title is.

    `headline` (0..1) is how far no one sentence tells the title, `unseen` the share of its words
    that stand nowhere. `titled` counts the figures of its title that nobody told; `age` is how
    long ago the last telling was.
    """

    points: tuple[int, ...]
    numbers: tuple[int, ...]
    titled: int
    changes: tuple[Changed, ...]
    share: float
    headline: float
    unseen: float
    age: timedelta


def relate(mine: Account, told: Sequence[Account]) -> tuple[Relation, Adds | None]:
    """What `mine` is to a story that `told` tell already, and what it adds to it.

    LEAD, and nothing compared, when nobody has told it yet.
    """
    if not told:
        return Relation.LEAD, None
    known = Told.by(told)
    news = _news(mine, known)
    relation = _decide(mine, known, news)
    because = _because(news, len(mine.brief.points))
    return relation, Adds(news.points, news.numbers, news.changes, because)


def _news(mine: Account, told: Told) -> _News:
    points = tuple(
        place
        for place, point in enumerate(mine.brief.points)
        if not told.has_point(point, mine.lang)
    )
    numbers, changes, doubted = _figures(mine, told)
    new = [
        one
        for one in told.new_figures(mine.title, mine.lang)
        if measure(one.unit).dimension != "time"  # "3 小时前", "1 小时订单"
        and not any(same(one, other) for other in doubted)
        and _stands_in_a_point(one, mine)
    ]
    return _News(
        points,
        tuple(numbers),
        len(new),
        tuple(changes),
        len(points) / len(mine.brief.points) if mine.brief.points else 0.0,
        _headline(mine, told),
        _unseen(mine, told),
        mine.at - told.accounts[-1].at,
    )


def _stands_in_a_point(figure: Quantity, mine: Account) -> bool:
    texts = (point.original or point.text for point in mine.brief.points)
    return any(same(figure, one) for text in texts for one in quantities(text, mine.lang))


def _figures(mine: Account, told: Told) -> tuple[list[int], list[Changed], list[Quantity]]:
    """The numbers that are news, those among them that were others, and those only disagreed on.

    What two tell differently within hours is shown side by side, and is no news.
    """
    evidence = {number for point in mine.brief.points for number in point.evidence}
    titled = claims(mine.title, mine.lang)
    numbers: list[int] = []
    changes: list[Changed] = []
    doubted: list[Quantity] = []
    for place, fact in enumerate(mine.brief.numbers):
        sentence = at(mine.sentences, fact.sentence)
        own = claims(fact.text, mine.lang)[:1]
        in_title = any(same(one, other) for one in own for other in titled)
        if not in_title and (fact.sentence not in evidence or _BACKGROUND.search(sentence)):
            continue
        if told.has_number(fact, mine.lang, sentence):
            continue
        then = told.changed(fact, sentence, mine)
        if then is not None and _is_beside(then[0], mine, sentence):
            then = None
        if then is not None and mine.at - then[1].at < SOON:
            doubted += own
            continue
        if then is not None:
            direction = "up" if fact.value > then[0].value else "down"
            fate = fate_of(fact, sentence)
            changes.append(Changed(place, then[0].text, then[0].zh, direction, fate))
        numbers.append(place)
    return numbers, changes, doubted


def _is_beside(then: NumberFact, mine: Account, sentence: str) -> bool:
    """Whether the signal says the earlier figure too, and not that this one came in its place.

    Then two things are compared: 估值达 2 万亿美元，比甲公司的 1.77 万亿美元更高.
    """
    if _TURN.search(sentence):
        return False
    earlier = claims(then.text, mine.lang)[:1]
    said = [one for text in (mine.title, *mine.sentences) for one in quantities(text, mine.lang)]
    return any(same(one, other) for one in earlier for other in said)


def _headline(mine: Account, told: Told) -> float:
    """How much of the title (0..1) no sentence had told."""
    shares = [told.carries(text, lang) for lang, text in mine.titles().items()]
    known = [share for share in shares if share is not None]
    return 1.0 - max(known) if known else 0.0


def _unseen(mine: Account, told: Told) -> float:
    shares = [told.unseen(text, lang) for lang, text in mine.titles().items()]
    return min((share for share in shares if share is not None), default=0.0)


def _decide(mine: Account, told: Told, news: _News) -> Relation:
    """What a signal is, by what it brings; what is in doubt only repeats."""
    comment = is_comment(mine.title) and not news.changes
    if comment or news.age < _AT_ONCE:
        return Relation.DUPLICATE
    if _answers(mine, told, news):
        return Relation.FOLLOW_UP
    if _turned(mine, told):
        return Relation.UPDATE
    if news.age < SOON:
        return Relation.UPDATE if news.titled and news.points else Relation.DUPLICATE
    return _hours_later(mine, told, news)


def _hours_later(mine: Account, told: Told, news: _News) -> Relation:
    if news.changes or news.titled:
        return Relation.UPDATE
    if _retells(mine, told) or not tells(mine.title):
        return Relation.DUPLICATE
    if news.numbers and news.unseen >= _OTHER_WORDS:
        return Relation.UPDATE
    mostly = news.share >= _MOSTLY and len(news.points) > 1 and news.headline >= _OTHER_HEADLINE
    if not mostly:
        return Relation.DUPLICATE
    another = mine.kind not in {one.kind for one in told.accounts}
    return Relation.FOLLOW_UP if another else Relation.UPDATE


def _answers(mine: Account, told: Told, news: _News) -> bool:
    """Whether its title tells of an answer that nobody had told, and hardly else what was told.

    Within hours others name an answer that was told without the word.
    """
    known = {cue for one in told.accounts for text in _said(one) for cue in reactions(text)}
    if not reactions(mine.title) - known:
        return False
    if news.age < SOON:
        return news.share >= _ALL_BUT and news.headline >= _OTHER_HEADLINE
    return news.share >= _MOSTLY and news.unseen >= _OTHER_WORDS


def _turned(mine: Account, told: Told) -> bool:
    """Whether its title tells of a turn that nobody had told to have happened."""
    if reverses(mine.title):
        return not any(reverses(text) for one in told.accounts for _, text in one.texts())
    new = turns(mine.title)
    if is_released(new) and not any(awaits(one.title) for one in told.accounts):
        return False  # everybody writes of it in other words
    return bool(new) and not any(new & turns(text) for one in told.accounts for text in _said(one))


def _said(account: Account) -> Iterator[str]:
    """Its title and points, in its own words."""
    yield account.title
    for point in account.brief.points:
        yield point.original or point.text


def _retells(mine: Account, told: Told) -> bool:
    """Whether its title has figures, all told before, or a clause of a title of the story."""
    amounts = [
        one
        for one in claims(mine.title, mine.lang)
        if one.kind in AMOUNTS and measure(one.unit).dimension != "time"
    ]
    if amounts:  # all told: otherwise it had news
        return True
    titles = [_letters(one.title) for one in told.accounts]
    clauses = [_letters(clause) for clause in _CLAUSE.split(mine.title)]
    return any(
        len(clause) >= _LEAST_CLAUSE and any(clause in title for title in titles)
        for clause in clauses
    )


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _because(news: _News, points: int) -> str:
    hours = max(0, int(news.age / timedelta(hours=1)))
    return (
        f"hours={hours} points={len(news.points)} of={points} "
        f"numbers={max(len(news.numbers), news.titled)} "
        f"headline={100 * news.headline:.0f}"
    )
