"""What a signal is to its story: it repeats it, adds to it, or tells what came after.

Careful by default. Within hours of the last telling, outlets write the same news anew, with more
background and with other figures for one thing: neither is news to who has the story. Later, and
with facts that nobody had, a signal is an update; with another kind of event and hardly anything
told before, a follow-up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from digest.model import Adds, Changed, NumberFact, Relation
from digest.newness.account import Account
from digest.newness.told import Told, at, fate_of
from digest.verify.matching import same
from digest.verify.quantities import Quantity, claims, quantities
from digest.verify.units import measure

SOON = timedelta(hours=6)
"""So long after the last telling the same news is still being written anew."""

_AT_ONCE = timedelta(hours=1)
_MOSTLY = 0.6
_OTHER_HEADLINE = 0.5
_BACKGROUND = re.compile(
    r"此前|早前|早些时候|去年|前年|上年|曾[经于在]|成立于|创[立办]于|据了解|截至目前|历史上|同期"
    r"|\b(?:last year|previously|earlier (?:this|last)|founded in|back in|a year (?:ago|earlier)|"
    r"since (?:19|20)\d\d|compared with)\b",
    re.IGNORECASE,
)
_REACTION = re.compile(
    r"回应|否认|澄清|致歉|道歉|辟谣|驳斥|反击|起诉|上诉|抗议|谴责|质疑|热议|召回|撤回|取消|被罚|处罚|判|获批|通过"
    r"|\b(?:respond|den(?:y|ies|ied)|apologi[sz]|sue[sd]?\b|slam|criticis|criticiz|reject|appeal|"
    r"react|condemn|backlash|recall|withdraw|cancel|fine[sd]\b|approve|reverse)",
    re.IGNORECASE,
)
_REVERSAL = re.compile(
    r"否认|辟谣|驳斥|澄清|延期|推迟|跳票|撤回|取消"
    r"|\b(?:den(?:y|ies|ied)|refut|delay|postpone|withdraw|cancel)",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"从|由|升[到至]|降|涨|跌|[上下]调|调[整至为]|[增减][加少至到]|改[为至]|变|更正|修正"
    r"|\b(?:from|rose|rises?|rais|up|down|cut|f[ae]ll|grew|drop|revis|correct)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _News:
    """What of a signal was not told: points, numbers that matter, and how new its title is.

    `titled` counts the figures of its title that nobody told; `age` is how long ago the last
    telling was.
    """

    points: tuple[int, ...]
    numbers: tuple[int, ...]
    titled: int
    changes: tuple[Changed, ...]
    share: float
    headline: float
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


def _decide(mine: Account, told: Told, news: _News) -> Relation:
    reacts = _reacts(mine, told)
    another = reacts or mine.kind not in {one.kind for one in told.accounts}
    if news.age < _AT_ONCE:
        return Relation.DUPLICATE
    mostly = news.share >= _MOSTLY and len(news.points) > 1 and news.headline >= _OTHER_HEADLINE
    if mostly and (reacts or (another and news.age >= SOON)):
        return Relation.FOLLOW_UP
    if _reverses(mine, told):
        return Relation.UPDATE
    if news.age < SOON:
        return Relation.UPDATE if news.titled and news.points else Relation.DUPLICATE
    if news.numbers or news.titled:
        return Relation.UPDATE
    return Relation.UPDATE if mostly else Relation.DUPLICATE


def _reacts(mine: Account, told: Told) -> bool:
    """Whether its title tells of an answer or a turn that no title told yet."""
    cues = {match.casefold() for match in _REACTION.findall(mine.title)}
    before = {match.casefold() for one in told.accounts for match in _REACTION.findall(one.title)}
    return bool(cues - before)


def _reverses(mine: Account, told: Told) -> bool:
    """Whether its title takes back or puts off what nobody had told to be so."""
    if not _REVERSAL.search(mine.title):
        return False
    return not any(_REVERSAL.search(text) for one in told.accounts for _, text in one.texts())


def _because(news: _News, points: int) -> str:
    hours = max(0, int(news.age / timedelta(hours=1)))
    return (
        f"hours={hours} points={len(news.points)} of={points} "
        f"numbers={max(len(news.numbers), news.titled)} "
        f"headline={100 * news.headline:.0f}"
    )
