"""A Chinese article in one line: the whole clauses of one sentence that tell most of it.

Read where an article has no title of its own (microblogs, flashes). Every run of clauses that can
stand alone is looked at; a trained model (`weights/line_*.json`, one for microblogs and one for
other articles, see `tests.training.line`) tells from its traits how well a
headline by an editor would agree with it.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from digest.condense.compress.chinese import headline_clause, runs
from digest.condense.compress.clauses import NAMES, Run
from digest.condense.compress.tables import pattern
from digest.condense.cues import marked
from digest.condense.points import as_shown, candidates, poise
from digest.condense.ranker import rank, word_count
from digest.condense.sentences import Looked, Reading, content_terms, look
from digest.condense.steps import StepModel, step_model
from digest.model import Article, Point
from digest.regexes import regex
from digest.text.segmentation import commonness, tag

_LEAD = pattern("zh", "lead")
_MICROBLOG = 140  # letters
# A report begins with who sends it and when it happened, whatever its length.
_REPORT = regex(r"今[天日晚早]|昨[天日晚]|近日|日前|\d\s?月\s?\d+\s?日")
_REPORTED_WITHIN = 20  # letters
_SENTENCES = 8  # the most promising ones are looked into
_HEARD_IN = 40  # sentences
_LONGEST = 80  # letters of a line
_SHORTEST = 6
_QUESTION, _ITEM, _POINTING, _EMPTY = 0.5, 0.4, 0.5, 0.5
_LIST_ITEM = regex(
    r"(?:^|[；，])\s?(?:\d{1,2}[.、)）](?!\d)|[①-⑩❶-❿]|[（(][一二三四五六七八九十\d]{1,2}[）)])"
)
_NUMBER = regex(r"\d[\d.,:]*")
_ASKS = regex(r"[？?][”」]*$")
# A question that is put to the reader or made in passing, not one that the text is about.
_ADDRESSED = regex(r"你|我|您|咱|大家|[呢吧吗][？?]|以[上下]")
# What only the sentences before it can tell, unless a name before it does.
_POINTER = regex(
    r"此举|此次|[对为据]此|这[一次个则条种些样项名位款家也被让使就会能是]|该(?![不怎是有]|如何)[\u4e00-\u9fff]"
    r"|上述|据其|^原因[是为在]|如此|以下是|(?:^|[，：])其(?![他它中实余次])|[前后]者"
)
_POINTED_WITHIN = 16  # letters
# That somebody spoke is told, not what about.
_OCCASION = regex(
    r"^[^，；：]*(?:(?:发[布表]|刊[发登])(?:了|一[份则篇])?(?:最新)?(?:公告|声明|消息|通告|博文|视频|文章|报告)"
    r"|(?:举行|召开|举办)[^，；：《“]{0,6}(?:新闻)?(?:发布|吹风|通气|说明|记者)会"
    r"|接受[^，；：]{0,24}(?:采访|专访))[。！]?$"
)
_CURT = regex(r"(?:表示|指出|认为|称|说)[，：][^，；：“”]{1,3}[。！]?$")
_AMOUNT = regex(r"\d\s?(?:[%％]|[万亿千百]?\s?[元倍人股吨]|万|亿)")
_COMPARED = ("told_elsewhere", "rare_cover")  # traits that are held against the best run's, too
_CUES = ("background", "reported", "news")
_COMMONEST = 14.0  # the logarithm of how often the dictionary counted the commonest words


@dataclass(frozen=True, slots=True)
class Offered:
    """A run of clauses that may be the line, where it stands and what it looks like."""

    sentence: int
    text: str
    traits: dict[str, float]
    poise: float


def line_of(
    article: Article, microblogs: StepModel | None = None, sentences: StepModel | None = None
) -> str:
    """The line of `article`, whose title is not looked at; "" when there is none to show.

    `microblogs`, `sentences`: other weights than those of the package for the line of a microblog
    and for the ranking of sentences.
    """
    line = find_line(look(article, ""), microblogs, sentences)
    return line.text if line else ""


def find_line(
    reading: Reading, microblogs: StepModel | None = None, sentences: StepModel | None = None
) -> Point | None:
    """The line of a Chinese article with the sentence it stands in, None when there is none.

    The weights as in `line_of`.
    """
    if reading.lang != "zh":
        return None
    if is_microblog(reading):
        model = microblogs or step_model("line_microblog")
    else:
        model = step_model("line_article")
    best, most = None, 0.0
    for one in offered(reading, sentences):
        worth = model.worth(one.traits) * one.poise
        if best is None or worth > most:
            best, most = one, worth
    return Point(best.text, (best.sentence,), reading.lang) if best else _leading(reading)


def _leading(reading: Reading) -> Point | None:
    """The leading clauses of the first sentence that can be shown: one of endless clauses."""
    for one in candidates(reading):
        text = headline_clause(as_shown(one, reading), _LONGEST)
        return Point(text, (one.index,), reading.lang)
    return None


def is_microblog(reading: Reading) -> bool:
    """Whether the text is a thought in one paragraph rather than a report with its lead first."""
    usable = reading.usable
    if not usable or len({one.paragraph for one in usable}) > 1:
        return False
    first = usable[0].opening
    if _LEAD.match(first) or _REPORT.search(first[:_REPORTED_WITHIN]):
        return False
    return sum(word_count(one.opening, "zh") for one in usable) <= _MICROBLOG


def offered(reading: Reading, sentences: StepModel | None = None) -> list[Offered]:
    """Every run of clauses that can stand alone, of the most promising sentences.

    `sentences`: other weights than those of the package to rank them with.
    """
    found = list(_offered(reading, rank(reading, sentences)))
    for trait in _COMPARED:
        best = max((one.traits[trait] for one in found), default=0.0)
        for one in found:
            one.traits[f"{trait}_behind"] = best - one.traits[trait]
    return found


def _offered(reading: Reading, ranked: dict[int, float]) -> Iterator[Offered]:
    told = _told(reading)
    usable = reading.usable
    places = {one.index: place for place, one in enumerate(usable)}
    best = max(ranked.values(), default=0.0) or 1.0
    able = [one for one in candidates(reading) if one.index in ranked]
    for one in sorted(able, key=lambda one: -ranked[one.index])[:_SENTENCES]:
        share, place = ranked[one.index], places[one.index]
        placed = {
            "share": share,
            "beside_best": share / best,
            "place": float(min(place, 6)),
            "from_end": float(min(len(usable) - 1 - place, 5)),
            "sentences": float(min(len(usable), 10)),
        }
        length = word_count(one.opening, "zh") or 1
        for run in runs(as_shown(one, reading)):
            size = word_count(run.text, "zh")
            if _SHORTEST <= size <= _LONGEST:
                within = _within(run, size / length)
                traits = {**placed, **within, **_telling(run, size, told), **_looks(run)}
                yield Offered(one.index, run.text, traits, _poise(one, run))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the text speaks of: its words and pairs of letters, and what they weigh together."""

    heard: Counter[str]
    pairs: Counter[tuple[str, str]]
    spread: Counter[tuple[str, str]]  # in how many sentences a pair stands
    repeated: float
    repeated_rare: float
    rare: float


def _told(reading: Reading) -> _Told:
    texts = [one.opening for one in reading.usable[:_HEARD_IN]]
    heard = Counter(term for text in texts for term in content_terms(text, "zh"))
    paired = [list(pairwise(_letters(text))) for text in texts]
    return _Told(
        heard,
        Counter(pair for pairs in paired for pair in pairs),
        Counter(pair for pairs in paired for pair in set(pairs)),
        sum(math.log(count) for count in heard.values()) or 1.0,
        sum(_rareness(term) * math.log(count) for term, count in heard.items()) or 1.0,
        sum(map(_rareness, heard)) or 1.0,
    )


def _letters(text: str) -> list[str]:
    return [letter for letter in text.casefold() if letter.isalnum()]


@lru_cache(maxsize=8192)
def _rareness(word: str) -> float:
    """From 0 (的) to 1: how little the segmenter's dictionary knows the word."""
    return min(1.0, max(0.0, 1 - math.log(max(1, commonness(word))) / _COMMONEST))


def _poise(one: Looked, run: Run) -> float:
    """What share of its worth a run keeps that stands badly alone."""
    asks = bool(_ASKS.search(run.text))
    kept = 1.0 if asks and not _ADDRESSED.search(run.text) else _QUESTION
    begins = run.first == 0 or run.headed
    worth = poise(one, question=kept) if begins else 1.0
    worth *= kept if asks and not (begins and one.question) else 1.0
    if (one.index or run.first) and _points_back(run.text):
        worth *= _POINTING
    if _OCCASION.search(run.text) or _CURT.search(run.text):
        worth *= _EMPTY
    return worth * (_ITEM if _LIST_ITEM.search(run.text) else 1.0)


def _points_back(text: str) -> bool:
    """Whether near its beginning `text` points to what it does not name."""
    pointer = _POINTER.search(text[:_POINTED_WITHIN])
    if not pointer:
        return False
    return not any(kind in NAMES for _, kind in tag(text[: pointer.start()]))


def _within(run: Run, ratio: float) -> dict[str, float]:
    return {
        "at": float(min(run.first, 6)),
        "clauses": float(run.last - run.first),
        "left": float(min(run.of - run.last, 6)),
        "whole": float(run.last - run.first == run.of),
        "headed": float(run.headed),
        "goes_on": float(run.goes_on),
        "ratio": ratio,
    }


def _telling(run: Run, size: int, told: _Told) -> dict[str, float]:
    """How much the run says of what the whole text speaks of."""
    terms = content_terms(run.text, "zh")
    count, heard = len(terms) or 1, told.heard
    own = set(terms)
    weights = {term: math.log(max(1, heard[term])) for term in own}
    cover = sum(weights.values()) / told.repeated
    rare = sum(_rareness(term) * weight for term, weight in weights.items()) / told.repeated_rare
    pairs = Counter(pairwise(_letters(run.text)))
    elsewhere = sum(1 for pair, often in pairs.items() if told.pairs[pair] > often)
    return {
        "length": math.log(size),
        "heard": sum(math.log1p(heard[term]) for term in terms) / count,
        "heard_twice": sum(len(term) for term in terms if heard[term] > 1) / size,
        "cover": cover,
        "density": 10 * cover / size,
        "rare_cover": rare,
        "rare_density": 10 * rare / size,
        "rareness": sum(map(_rareness, terms)) / count,
        "rare_share": 20 * sum(map(_rareness, own)) / told.rare / size,
        "elsewhere": elsewhere / (len(pairs) or 1),
        "told_elsewhere": sum(1 for pair in pairs if told.spread[pair] > 1) / (len(pairs) or 1),
    }


def _looks(run: Run) -> dict[str, float]:
    text = run.text
    kinds = Counter(kind for _, kind in tag(text))
    words = kinds.total() or 1
    return {
        "names": float(min(4, sum(kinds[kind] for kind in NAMES))),
        "numbers": float(min(4, len(_NUMBER.findall(text)))),
        "amount": float(bool(_AMOUNT.search(text))),
        "verbs": kinds["v"] / words,
        "nouns": sum(count for kind, count in kinds.items() if kind[:1] == "n") / words,
        "pronouns": float(min(3, kinds["r"])),
        "adverbs": kinds["d"] / words,
        "quoted": float("“" in text),
        "colon": float("：" in text),
        "question": float("？" in text),
        **{cue: float(marked(cue, text)) for cue in _CUES},
    }
