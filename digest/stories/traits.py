"""What is compared of a signal: its terms, names, figures and models, as hashed numbers.

A term is kept as 32 bits of its checksum: the same in every process, and a hundredth of what a
string in a set takes.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rensa import RMinHash

from digest.condense.cues import combined, word_list
from digest.condense.gazetteer import standard
from digest.regexes import regex
from digest.stories.items import StoryItem
from digest.stories.said import Said, said_of
from digest.text.numbers import FoundNumber, find_numbers
from digest.text.segmentation import search_terms
from digest.text.vocabulary import word_set
from digest.verify.alignment import meanings
from digest.verify.support import stem

BANDS = 16
_ROWS = 4  # of a band: two texts share it with the fourth power of their likeness
_LONGEST_TITLE, _LONGEST_LEAD = 400, 1200
_NAMED_LEAD, _FIGURED_LEAD, _MEANT_LEAD = 300, 160, 120
_COPY_TERMS = 40  # a text of fewer has too little to be recognised by
_WHOLE_TERMS = 12
_MOST_NUMBERS, _LONGEST_FIGURED = 8, 800
_APART = " ； "
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LEAST_NAME = 2
_LONGEST_PARTY = 6  # terms

_STOP, _GENERIC = word_list("stop_words"), word_list("generic_words")
_LATIN = regex(r"[A-Za-zÀ-ɏͰ-ϿЀ-ӿ][^\W_\u2e80-\U0003ffff]*(?:[.\-'’&][^\W_\u2e80-\U0003ffff]+)*")
_MODEL = regex(
    r"(?<![A-Za-z0-9.])(?!(?:19|20)\d\d(?![\w.]))(?=[\w.\-]*\d)[A-Za-z0-9][\w.\-]*(?!\s?[年月日号])",
    re.ASCII,
)
# A product line with its version: GPT-5, Opus 4.8, Pixel 10a; no months, no years, no amounts.
_VERSION = regex(
    r"(?<![a-z'’])([a-z]+)[ \-]?(?!(?:19|20)\d\d(?!\.?\d))"
    r"(\d+(?:\.\d+)*(?:(?![bkmtw])[a-z](?![a-z\d]))?)"
)
_NO_LINES = word_set(
    "update at in on to of from by for and the top about over under than around nearly day "
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july "
    "august september october november december"
)
_SUBJECT = regex(r"^([^\s：:，,|｜丨“《]{2,12})[：:]")
_HAN = regex(r"[\u3400-\u9fff]+")
_POSSESSIVE = regex(r"['’]s?$")
# Collections of many events: alike in every issue, and about none of them.
_ROUNDUP = regex(
    r"早报|晚报|晨报|日报|周报|月报|早知道|早餐|8点1氪|汇总|盘点|一周|盘前|盘后|收[跌涨盘]|[高低]开|早盘|午盘|[；;].*[；;]|\b(?:roundup|weekly|"
    r"newsletter|daily (?:brief|digest)|morning (?:brief|report)|this week in|live updates?|"
    r"in pictures|what to know today)\b|^the download\b|^\[ainews\]|hacker ?news$|"
    r"\b(?:podcast|episode|issue|newsletter) #?\d|"
    r"(?:沪指|深[证成]\w{0,2}指|创业板指|科创50|上证指数|恒指|恒生\w{0,4}指数?|大股指|纳指|道指|标普500?|"
    r"日经\w{0,5}指?数?|费城半导体\w{0,2}指数)[^，,。]{0,14}(?:涨|跌|[高低]开|收报|翻[红绿]|休盘)",
    re.IGNORECASE,
)
# Which part of a series: another number is another thing, however alike the titles.
_PART = regex(
    r"第\s?([0-9一二三四五六七八九十百]+)\s?[集期回讲]|"
    r"(?:#|\b(?:ep|episode|vol|issue|part)\b\.? ?#?)(\d+)",
    re.IGNORECASE,
)
# Notes of one form for every company: only the name at the head tells them apart.
_NOTE = regex(
    r"归母|净利|净亏|[营归]\w{0,2}亏损|营业?总?收入?\d|营收|业绩|财报|财年|季报|年报|中报|季度|"
    r"回购|分红|派息|减持|增持|中标|停牌|复牌|定增|募资|注册资本|成立新公司|"
    r"\b(?:earnings|revenues?|(?:net )?profits?|net loss|results|buyback|dividend"
    r"|quarter(?:ly)?)\b",
    re.IGNORECASE,
)
# Where a notice has said whom it is about and comes to when and what.
_PARTY_ENDS = regex(
    r"[\d：:，,；;。！？（(｜|$]|[上下首]?半年|[前首]?[一二三四]季|第[一二三四]|[本上][财季年]|[去今全]年|"
    r"年度|[一二三四五六七八九十]+月|公布|发布|公告|披露|宣布|首份|[预拟将]|在\w{2,4}成立|"
    r"\b[qh][1-4]\b|" + _NOTE.pattern,
    re.IGNORECASE,
)
# What feeds put around titles and openings: it is in all of them and says nothing.
_FURNITURE = regex(
    r"^(?:热点精选|专题|快讯|独家|视频)+(?:[｜|丨：:]|(?<=精选)|(?<=专题))|-?\d+(?:小时|分钟)前$|"
    r"^(?:show|launch|ask|tell) hn\s?[:：]|HN 热议 · \d+ 分 / \d+ 条评论|"
    r"^本文(?:来自|首发于?)微信公众号[：:]\s*\S+(?:\s*，\S+)*|#?欢迎关注\S*微信公众号\S*(?: \S*)?|"
    r"点击查看原文>?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Traits:
    """A signal as it is compared. Terms are numbers of 32 bits; each tuple without repetition.

    `words` counts the terms of title and opening, those of the title twice. `concepts` are
    the English terms that Chinese words mean; `bands` tell copies of one text, `whole` is equal
    for equal openings (0: too short). `makes` are versions without the letter at their end, which
    siblings share ("Mini 2" and "Mini 2S"). `is_note`: a company's notice in the usual form, and
    `party`: how many of its title's first terms say whose, 0 where it does not begin with that.
    """

    title: tuple[int, ...]
    also: tuple[int, ...]
    words: dict[int, int]
    names: tuple[int, ...]
    figures: tuple[int, ...]
    models: tuple[int, ...]
    lines: tuple[int, ...]
    versions: tuple[int, ...]
    makes: tuple[int, ...]
    subject: tuple[int, ...]
    parts: tuple[int, ...]
    concepts: tuple[int, ...]
    bands: tuple[int, ...]
    whole: int
    lang: str
    also_lang: str
    has_text: bool
    is_roundup: bool
    is_note: bool
    party: int
    said: Said


def traits_of(item: StoryItem) -> Traits:
    """What is compared of `item`; very long titles and openings only from their beginning."""
    title = _FURNITURE.sub(" ", item.title[:_LONGEST_TITLE]).strip() or item.title[:_LONGEST_TITLE]
    lead = _FURNITURE.sub(" ", item.lead_text[:_LONGEST_LEAD])
    terms, opening = _terms(title), _terms(lead)
    words = Counter(terms)
    words.update(words)
    words.update(opening)
    subject, party = _SUBJECT.match(title), len(set(_terms(_party(title))))
    numbers = _numbers(title, lead[:_FIGURED_LEAD], item)
    versions = list(_versions(title))
    return Traits(
        title=_unique(map(_hashed, terms)),
        also=_unique(map(_hashed, _terms(item.also[:_LONGEST_TITLE]))),
        words={_hashed(term): count for term, count in words.items()},
        names=_unique(map(_hashed, map(stem, _names(title, lead[:_NAMED_LEAD], item.keywords)))),
        figures=_salted("f", _figures(numbers)),
        models=_salted("m", _models(title, numbers)),
        lines=_salted("l", (line for line, _ in versions)),
        versions=_salted("v", (f"{line} {number}" for line, number in versions)),
        makes=_salted("k", (f"{line} {number.rstrip(_LETTERS)}" for line, number in versions)),
        subject=_unique(map(_hashed, _terms(subject.group(1)))) if subject else (),
        parts=_salted("p", ("".join(found) for found in _PART.findall(title))),
        concepts=_unique(map(_hashed, _concepts(f"{title} {lead[:_MEANT_LEAD]}"))),
        bands=_bands(opening),
        whole=_hashed(f"w:{' '.join(opening)}") if len(opening) >= _WHOLE_TERMS else 0,
        lang=item.lang.partition("-")[0],
        also_lang="zh" if _HAN.search(item.also) else "en",
        has_text=len(opening) > len(terms),
        is_roundup=bool(_ROUNDUP.search(title)),
        is_note=bool(_NOTE.search(title)),
        party=party if party <= _LONGEST_PARTY else 0,
        said=said_of(title),
    )


def _versions(title: str) -> Iterator[tuple[str, str]]:
    """Product lines with their versions; "MP3s" in an English title are several of one thing."""
    several = "" if _HAN.search(title) else "s"
    for line, number in _VERSION.findall(title.casefold()):
        if line not in _NO_LINES:
            yield line, number.rstrip(several)


def _models(title: str, numbers: Iterable[FoundNumber]) -> Iterator[str]:
    """Names of models and versions; an amount ("12 亿元", "7 人", "30%") is none.

    `numbers` are those of a text that begins with the title.

    Sizes of a product (120W, 7500mAh) are: they tell one from the next as its name does.
    """
    bare = title
    for number in numbers:
        in_title = number.end <= len(title)
        if in_title and number.is_fact and not number.text[-1:].isascii():
            bare = bare.replace(number.text, " ", 1)
    for found in _MODEL.findall(bare):
        yield found.casefold().rstrip(".-")


def _party(title: str) -> str:
    """How the title of a Chinese notice begins, which is whom it is about; "" for others.

    English ones have a verb next, not when and what, and no form that tells where a name ends.
    """
    ends = _PARTY_ENDS.search(title) if _HAN.search(title) and _NOTE.search(title) else None
    return title[: ends.start()] if ends else ""


def term_numbers(text: str) -> list[int]:
    """The terms of `text` as they are compared, in order."""
    return [_hashed(term) for term in _terms(text)]


def _hashed(term: str) -> int:
    return zlib.crc32(term.encode("utf-8", "replace")) or 1  # 0 is an empty place


def _salted(kind: str, found: Iterable[str]) -> tuple[int, ...]:
    return _unique(_hashed(f"{kind}:{one}") for one in found if one)


def _unique(found: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(found))


def _terms(text: str) -> list[str]:
    return [stem(term) for term in search_terms(text) if term not in _STOP]


def _names(title: str, lead: str, keywords: Iterable[str]) -> Iterator[str]:
    """Latin names word by word, known Chinese names by their Latin ones, other keywords."""
    known = standard()
    for text in (title, lead):
        for _, spelling in known.chinese_in(text):
            name = known.get(spelling)
            yield from _name_words(name.latin if name and name.latin else spelling)
        chinese = bool(_HAN.search(text))
        for word in _LATIN.findall(text):
            if chinese or word[0].isupper() or any(letter.isdigit() for letter in word):
                yield from _name_words(word)
    for word in keywords:
        if not combined("measures").fullmatch(word) and word.casefold() not in _GENERIC:
            name = known.get(word)
            yield from _name_words(name.latin if name and name.latin else word)


def _name_words(name: str) -> Iterator[str]:
    for word in name.casefold().split():
        plain = _POSSESSIVE.sub("", word)
        if plain not in _STOP and plain not in _GENERIC and len(plain) >= _LEAST_NAME:
            yield plain


def _numbers(title: str, lead: str, item: StoryItem) -> tuple[FoundNumber, ...]:
    """The numbers of title, opening and brief, those of the title in front."""
    text = _APART.join((title, lead, *item.numbers[:_MOST_NUMBERS]))[:_LONGEST_FIGURED]
    return find_numbers(text, item.lang)


def _figures(numbers: Iterable[FoundNumber]) -> Iterator[str]:
    for number in numbers:
        if number.is_fact:
            unit = number.unit if number.kind in {"money", "percent", "points"} else ""
            yield f"{unit}{number.value:.3g}"


def _concepts(text: str) -> Iterator[str]:
    for run in _HAN.findall(text):
        for word in _known_words(run):
            yield from (told for told, _ in meanings()[word][:2])


def _known_words(run: str) -> Iterator[str]:
    """The words of the table of meanings in a run of Chinese, the longest first at each place."""
    words, place = meanings(), 0
    while place < len(run):
        for length in (4, 3, 2):
            word = run[place : place + length]
            if len(word) == length and word in words:
                yield word
                place += length
                break
        else:
            place += 1


def _bands(opening: list[str]) -> tuple[int, ...]:
    """Checksums of the bands of a MinHash over runs of three terms; none for a short text."""
    if len(opening) < _COPY_TERMS:
        return ()
    sketch = RMinHash(num_perm=BANDS * _ROWS, seed=1)
    sketch.update([" ".join(opening[at : at + 3]) for at in range(len(opening) - 2)])
    least = sketch.digest()
    return tuple(
        _hashed(f"b{band}:{least[band * _ROWS : (band + 1) * _ROWS]}") for band in range(BANDS)
    )
