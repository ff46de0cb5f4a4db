"""Up to three sentences that tell what the article says, in its own order.

The ranker tells what share of each sentence a summary would keep; from that follows which few
sentences together agree best with a summary of a given length. So a long sentence must be worth
its length, and one that repeats another adds nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from digest.condense.compress import compress
from digest.condense.compress.cutting import numbers
from digest.condense.cues import combined, marked
from digest.condense.headline import clean_headline
from digest.condense.ranker import rank, word_count
from digest.condense.sentences import LONGEST_TEXT, Looked, Reading, look
from digest.condense.standing import asks, is_cased, is_standfirst, is_whole, restraint
from digest.condense.steps import StepModel
from digest.model import Article, Point
from digest.regexes import regex
from digest.text.language import is_cjk
from digest.text.units import utf16_length

MOST_POINTS = 3

_LENGTH = {True: 100, False: 50}  # words (letters of Chinese) that points aim at, by is_cjk
_DANGLING, _QUESTION, _LIST = 0.85, 0.5, 0.7
_LEADS, _SELF, _SPEECH = 0.4, 0.3, 0.6
_REPEATED = 0.7
_OFFERS = 20  # sentences that are weighed against each other; compressing each takes its time
_LEAST_REST = 30  # characters that a sentence keeps
_TOO_ALIKE = 0.6
_LEAST_POINTS = 2  # of an article that has room for three
_LEAD = 0.7  # of the best sentence's worth: then the first one is among the points
_WORTH_SHOWING = 0.2  # of the best sentence's worth
_SHORTEST = {True: 12, False: 40}  # UTF-16 units, by is_cjk
_LONGEST = {True: 220, False: 400}
_LONGEST_WORDS = 60
_LONGEST_SHOWN = 1000  # characters; a "sentence" beyond fits no card and is not cut for one
_NEW_TERMS = 2
_LIST_ITEM = regex(r"^\s*(?:[-*•·●○▪◆]|\d{1,2}[.、)）]|[（(]\d{1,2}[）)])")
_DATELINE = combined("dateline")
# What is said by nobody: "“…。”" and no word around it.
_ONLY_SPEECH = regex(r"^[“「][^”」]*[”」]$")
_OPEN_END = regex(
    r"(?<=[\u4e00-\u9fff\w）)”》])(?:；|[，,；][^，,；。：:]{0,8}(?:称|表示|指出|写道|说|显示|如下|提到|包括)[：:]"
    r"|(?<=[明告报件息定果性点求议答应])[：:])$"
)
_STOPPED = regex(r"[。！？!?…；;.][”’」』）)\]]*$")
_SOURCE_TAIL = regex(r"(?<=[。！？])\s?[（(][^（）()。]{2,14}[）)]$")


def choose_points(
    reading: Reading, most: int = MOST_POINTS, *, model: StepModel | None = None
) -> tuple[Point, ...]:
    """The points of an article; fewer for a short one, none when it has no sentence to show.

    At most `most` of them. `model`: other weights to rank with than those of the language.
    """
    most, length = min(most, most_points(reading)), _LENGTH[is_cjk(reading.lang)]
    foreign = most == MOST_POINTS and not is_cjk(reading.lang)
    least = _LEAST_POINTS if foreign else 1
    chosen = _choose(_offers(reading, model), most, length, reading, least)
    if reading.lang == "zh":
        chosen = _with_title_numbers(chosen, most, reading)
    return _as_points(chosen, reading.lang)


def summary(
    article: Article, sentences: int, *, words: int | None = None, model: StepModel | None = None
) -> tuple[Point, ...]:
    """At most `sentences` points of `article`: the same that stand on its card, if three or fewer.

    `words` is the length that a good summary would have (letters of Chinese), where it is to be
    another than a card's: fewer or shorter sentences are chosen when more would only make it
    longer. `model`: weights to rank with.
    """
    title = clean_headline(article) if article.title else ""
    reading = look(article, title[:LONGEST_TEXT])
    if words is None and sentences <= MOST_POINTS:
        return choose_points(reading, sentences, model=model)
    length = words or _LENGTH[is_cjk(reading.lang)]
    return _as_points(
        _choose(_offers(reading, model), sentences, length, reading, 1), reading.lang
    )


def most_points(reading: Reading) -> int:
    """How many points an article of this length can give without being retold."""
    return min(MOST_POINTS, math.ceil((len(reading.usable) + 1) / 2))


def as_point(one: Looked, lang: str) -> Point:
    """The sentence as it is shown, compressed by deletions only, with its evidence."""
    return Point(shown(one.text, lang), (one.index,), lang)


def shown(text: str, lang: str, *, title: str = "") -> str:
    """`text` as a point shows it: without dateline, source, asides and empty tails.

    Numbers that `title` states stay, in brackets too.
    """
    return compress(_finished(bare(text)), lang, title=title)


def as_shown(one: Looked, reading: Reading) -> str:
    """A sentence of the article as a point shows it, without a title glued before it."""
    return shown(_untitled(one.text, reading.title), reading.lang, title=reading.title)


def bare(text: str) -> str:
    """`text` without the agency's dateline before it and the source in brackets after it.

    A quotation mark whose other half stands in another sentence goes too.
    """
    kept = _SOURCE_TAIL.sub("", text.strip())
    # Twice: "【快讯】晨星社 3 月 4 日电，…".
    kept = _DATELINE.sub("", _DATELINE.sub("", kept, count=1), count=1).strip()
    return _whole_quotes(kept) or text.strip()


def _finished(text: str) -> str:
    """A Chinese sentence that ends in a semicolon or leads on ("…，称：") with its full stop."""
    if not text.endswith(("；", "：", ":")):
        return text
    ended = _OPEN_END.sub("。", text)
    return ended if len(ended) >= _SHORTEST[True] else text


def _whole_quotes(text: str) -> str:
    for opening, closing in ("“”", "「」", "『』"):
        if text.startswith(opening) and closing not in text:
            text = text[1:].lstrip()
        if text.endswith(closing) and opening not in text:
            text = text[:-1].rstrip()
    return text


def candidates(reading: Reading) -> list[Looked]:
    """The sentences fit to be shown, with ever weaker claims until there is one."""
    usable = reading.usable
    fitting = [one for one in usable if _fits(one, reading.lang)]
    if is_cjk(reading.lang):
        fitting = [one for one in fitting if not _broken_off(one, reading)] or fitting
    else:
        fitting = _standing(fitting, reading) or fitting
    telling = [one for one in fitting if not _repeats_title(one, reading)]
    if telling:
        return telling if is_cjk(reading.lang) else _stating(telling)
    readable = [one for one in usable if len(one.text) <= _LONGEST_SHOWN]
    return fitting or readable[:MOST_POINTS] or _headings(reading)


def _stating(telling: Sequence[Looked]) -> list[Looked]:
    """The statements where there are enough of them; else the questions too."""
    stated = [one for one in telling if not (one.question and asks(one.text))]
    return stated if len(stated) >= _LEAST_POINTS else list(telling)


def _standing(fitting: Sequence[Looked], reading: Reading) -> list[Looked]:
    """The whole sentences, and before them what the editors set over the article."""
    cased = is_cased([one.text for one in fitting])
    whole = [one for one in fitting if is_whole(one.text, cased=cased)]
    opening = whole[0].index if whole else 0
    texts = [one.text for one in reading.sentences[: opening + 1]]
    return [
        one
        for one in fitting
        if one.index < opening and is_standfirst(one.text, texts[one.index + 1])
    ] + whole


def _broken_off(one: Looked, reading: Reading) -> bool:
    """Whether a feed cut its teaser within this sentence: the last one, and it has no end."""
    last = one.index + 1 == len(reading.sentences)
    return last and not _STOPPED.search(one.text)


def _headings(reading: Reading) -> list[Looked]:
    lines = (one for one in reading.sentences if not one.junk)
    return [one for one in lines if len(one.text) <= _LONGEST_SHOWN][:1]


def _fits(one: Looked, lang: str) -> bool:
    length, cjk = utf16_length(one.text), is_cjk(lang)
    if not _SHORTEST[cjk] <= length <= _LONGEST[cjk]:
        return False
    return cjk or len(one.text.split()) <= _LONGEST_WORDS


def _repeats_title(one: Looked, reading: Reading) -> bool:
    terms = one.terms
    return bool(reading.title_terms) and len(terms - reading.title_terms) < _NEW_TERMS


@dataclass(frozen=True, slots=True)
class _Offer:
    """A sentence that may be chosen: as it would be shown, its length and its expected share."""

    looked: Looked
    text: str
    length: int
    share: float

    @property
    def index(self) -> int:
        return self.looked.index


def _as_points(chosen: Sequence[_Offer], lang: str) -> tuple[Point, ...]:
    ordered = sorted(chosen, key=lambda one: one.index)
    return tuple(Point(one.text, (one.index,), lang) for one in ordered)


def _offers(reading: Reading, model: StepModel | None = None) -> list[_Offer]:
    """The most promising sentences as they would be shown, in article order."""
    ranked = rank(reading, model)
    share = {one.index: ranked.get(one.index, 0.0) * poise(one) for one in candidates(reading)}
    best = sorted(share, key=lambda index: (-share[index], index))[:_OFFERS]
    return [_offer(reading.sentences[index], reading, share[index]) for index in sorted(best)]


def _offer(one: Looked, reading: Reading, share: float) -> _Offer:
    text = as_shown(one, reading)
    return _Offer(one, text, word_count(text, reading.lang), share)


def _untitled(text: str, title: str) -> str:
    """`text` without the title that a page glued before its first sentence."""
    rest = text[len(title) :].lstrip()
    glued = bool(title) and text[: len(title)].casefold() == title.casefold()
    whole = len(rest) >= _LEAST_REST and (rest[0].isupper() or not rest[0].isascii())
    return rest if glued and whole else text


def poise(one: Looked, *, question: float = _QUESTION) -> float:
    """What is taken off a sentence that stands badly alone, whatever its words are worth.

    `question`: what share of its worth one keeps that asks.
    """
    worth = _DANGLING if one.index and marked("dangling", one.opening) else 1.0
    worth *= restraint(one.text, first=not one.index)
    worth *= question if one.question else 1.0
    worth *= _LEADS if marked("leads", _finished(one.opening)) else 1.0
    worth *= _SELF if marked("self", one.opening) else 1.0
    worth *= _SPEECH if _ONLY_SPEECH.match(one.text) else 1.0
    return worth * (_LIST if _LIST_ITEM.match(one.text) else 1.0)


def _choose(
    offers: Sequence[_Offer], most: int, length: int, reading: Reading, least: int
) -> list[_Offer]:
    """Greedily, the offers that agree best with a summary of `length` words.

    At least `least` of them where so many are worth it; if more than one, then with the opening
    of the article where that is good.
    """
    chosen: list[_Offer] = []
    told: frozenset[str] = frozenset()
    kept, size, best = 0.0, 0, 0.0
    left = list(offers)
    floor = _WORTH_SHOWING * max((offer.share for offer in offers), default=0.0)
    while left and len(chosen) < most:
        gains = [_kept(offer, told) for offer in left]
        agreements = [
            2 * (kept + gain) / (size + offer.length + length)
            for offer, gain in zip(left, gains, strict=True)
        ]
        at = max(range(len(left)), key=lambda place: (agreements[place], -place))
        if least > 1 and not chosen and _leads(left, reading):
            at = 0
        if size >= length and agreements[at] <= best and len(chosen) >= least:
            break
        offer = left.pop(at)
        if any(_likeness(offer.looked, one.looked, reading) > _TOO_ALIKE for one in chosen):
            continue
        if chosen and offer.share < floor:
            continue
        chosen.append(offer)
        told |= offer.looked.terms
        kept, size, best = kept + gains[at], size + offer.length, agreements[at]
    return chosen


def _with_title_numbers(chosen: Sequence[_Offer], most: int, reading: Reading) -> list[_Offer]:
    """The chosen ones, and where a number of the title is in none of them, a sentence that has it.

    It takes the place of the least worthy one that states no number of the title alone.
    """
    kept = list(chosen)
    wanted = numbers(reading.title)
    missing = wanted - _stated(kept)
    if not missing:
        return kept
    ranked = rank(reading)
    for one in sorted(
        candidates(reading), key=lambda one: -ranked.get(one.index, 0.0) * poise(one)
    ):
        found = missing & numbers(one.text)
        if not found or any(one.index == other.index for other in kept):
            continue
        offer = _offer(one, reading, ranked.get(one.index, 0.0) * poise(one))
        found &= numbers(offer.text)
        spare = _spare(kept, wanted) if len(kept) >= most else None
        if not found or (len(kept) >= most and spare is None):
            continue
        kept = [other for other in kept if other is not spare]
        kept.append(offer)
        missing -= found
        if not missing:
            break
    return kept


def _stated(offers: Sequence[_Offer]) -> frozenset[str]:
    return frozenset().union(*(numbers(offer.text) for offer in offers))


def _spare(offers: Sequence[_Offer], wanted: frozenset[str]) -> _Offer | None:
    """The least worthy offer whose numbers of the title the others state too."""
    free = [
        one
        for one in offers
        if numbers(one.text) & wanted <= _stated([other for other in offers if other is not one])
    ]
    return min(free, key=lambda one: one.share, default=None)


def _leads(offers: Sequence[_Offer], reading: Reading) -> bool:
    """Whether the first offer is the article's opening and nearly as good as any other."""
    opening = next((one.index for one in reading.usable), -1)
    best = max(offer.share for offer in offers)
    return offers[0].index == opening and offers[0].share >= _LEAD * best


def _kept(offer: _Offer, told: frozenset[str]) -> float:
    """How many words of the offer a summary would keep, apart from those it has already."""
    terms = offer.looked.terms
    repeated = len(terms & told) / len(terms) if terms else 0.0
    return offer.share * offer.length * (1 - _REPEATED * repeated)


def _likeness(one: Looked, other: Looked, reading: Reading) -> float:
    """The weighted share of the shorter sentence's words that the longer one has too."""
    mine, theirs = one.terms, other.terms
    smaller = min(mine, theirs, key=len)
    total = sum(reading.weight(term) for term in smaller)
    return sum(reading.weight(term) for term in mine & theirs) / total if total else 0.0
