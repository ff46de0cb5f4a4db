"""What a title says, word for word: its words in their order, which are names, what turns it."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from digest.regexes import regex
from digest.stories.rarity import Rarity
from digest.text.segmentation import fold
from digest.text.vocabulary import word_set
from digest.verify.alignment import meanings
from digest.verify.direction import axes, is_negation, polar_words
from digest.verify.opposites import alike
from digest.verify.support import STOP, stem

SAID = 48  # words of a title, or Chinese characters
WORD, IDLE, NUMBER, NAME = range(4)

_TOKEN = regex(r"[\u3400-\u9fff]|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’.\-&]?[^\W_]+)*|[%$€£¥]")
_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"
_COUNTS = {
    word: str(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
_WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_NEAR_DAYS = ["today", "yesterday", "tomorrow"]
_DAYS = (*_WEEK, *_MONTHS, *_NEAR_DAYS)
_NO_DAYS = word_set("may mar sat sun dec")  # as words they are other things
_SHORT = 3
_DAY_OF = {
    name: at
    for at, day in enumerate(_DAYS)
    for name in (day, day[:_SHORT] if day not in _NEAR_DAYS else day)
    if name not in _NO_DAYS
}
_DAY_WORDS = frozenset(_DAYS) | frozenset(_DAY_OF)
_LATIN = regex(r"[a-z]+")
_HAN_DAY = regex(
    r"(?:周|星期|礼拜)([一二三四五六日天])|(1[0-2]|[1-9])月|(今天|今日)|(昨天|昨日)|(明天|明日)"
)
_HAN_WEEK = "一二三四五六日"
_IDLE_HAN = frozenset(
    "的了在是和与及或也都就而但将把被对为以从到向由于并等一个这那其该他她它们有着过地得之位名"
)
_DENIALS = regex("[不没未无否]")
_SENTENCE = regex(r"[.。!！?？…][\"”'’」）)]*\s*$")
_TITLE_CASE = 0.7
_LEAST_ALIKE, _BEGINNING = 5, 5
_LONGEST_KNOWN = 4
_IDLE_WORTH, _LEAST_WORTH = 0.08, 0.15


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a title in order, each with a checksum of 32 bits.

    `kin` are checksums of 16 bits that words of one meaning share (0: nothing is akin), `kinds`
    WORD and so on, `pairs` what a Chinese character makes with its neighbours. `up` and `down`
    are the axes of which one end or the other is named, `days` the days and months, by bits.
    """

    words: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    kin: tuple[int, ...]
    kinds: tuple[int, ...]
    up: int
    down: int
    days: int
    denies: bool
    is_sentence: bool


def said_of(title: str) -> Said:
    """What `title` says, its first `SAID` words."""
    tokens = [match.group() for match in _TOKEN.finditer(title)][:SAID]
    plain = [_plain(token) for token in tokens]
    all_large = _is_title_case(tokens)
    folded = fold(title)
    up, down = _ends(folded)
    return Said(
        words=tuple(map(_checked, plain)),
        pairs=tuple(_pairs(plain)),
        kin=tuple(_kin_in_order(plain)),
        kinds=tuple(_kind(token, at, all_large=all_large) for at, token in enumerate(tokens)),
        up=up,
        down=down,
        days=_days(folded),
        denies=bool(_DENIALS.search(title)) or any(is_negation(one.casefold()) for one in tokens),
        is_sentence=bool(_SENTENCE.search(title)),
    )


def worths_of(said: Said, rarity: Rarity) -> NDArray[np.float32]:
    """What each word of `said` is worth, 0..1: rare words most, small words least.

    A Chinese character is worth what the commoner of the pairs is that it stands in.
    """
    if not said.words:
        return np.empty(0, np.float32)
    pairs = np.array(said.pairs, np.uint32)
    of_pairs = np.where(pairs > 0, rarity.of(pairs), np.float32(1.0)).min(axis=1)
    alone = rarity.of(np.array(said.words, np.uint32))
    worth = np.maximum(np.where(pairs.any(axis=1), of_pairs, alone), _LEAST_WORTH)
    idle = np.array(said.kinds) == IDLE
    return np.where(idle, np.float32(_IDLE_WORTH), worth).astype(np.float32)


def _plain(token: str) -> str:
    small = token.casefold().replace("’", "'")
    if small[0].isdigit():
        return small.replace(",", "").rstrip(".:")
    return stem(_COUNTS.get(small, small).removesuffix("'s").removesuffix("'"))


def _is_han(token: str) -> bool:
    return len(token) == 1 and _FIRST_HAN <= token <= _LAST_HAN


def _checked(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "replace")) or 1


def _pairs(plain: Sequence[str]) -> Iterator[tuple[int, int]]:
    """For each Chinese character the pairs with its neighbours; (0, 0) for words."""
    before = 0
    for at, one in enumerate(plain):
        after = 0
        if at + 1 < len(plain) and _is_han(one) and _is_han(plain[at + 1]):
            after = _checked(one + plain[at + 1])
        yield before, after
        before = after


def _is_title_case(tokens: Sequence[str]) -> bool:
    words = [
        one for one in tokens if one.isascii() and one.isalpha() and one.casefold() not in STOP
    ]
    return bool(words) and sum(one[0].isupper() for one in words) >= _TITLE_CASE * len(words)


def _kind(token: str, at: int, *, all_large: bool) -> int:
    small = token.casefold()
    if token[0].isdigit() or small in _COUNTS:
        return NUMBER
    if _is_han(token):
        return IDLE if token in _IDLE_HAN else WORD
    if small in STOP or small in _DAY_WORDS or not token[0].isalpha():
        return IDLE
    marked = token[1:] != token[1:].casefold() or any(map(str.isdigit, token))
    return NAME if marked or (token[0].isupper() and at > 0 and not all_large) else WORD


def _kin_in_order(plain: Sequence[str]) -> Iterator[int]:
    at = 0
    while at < len(plain):
        length, kin = _known_word(plain, at) if _is_han(plain[at]) else (1, _kin(plain[at]))
        yield from [kin] * length
        at += length


def _known_word(plain: Sequence[str], at: int) -> tuple[int, int]:
    """How long the known Chinese word there is, and what it means; (1, 0) for none."""
    known = meanings()
    for length in range(_LONGEST_KNOWN, 1, -1):
        word = "".join(plain[at : at + length])
        if len(word) == length and word in known:
            return length, _short(known[word][0][0])
    return 1, 0


@lru_cache(maxsize=1024)  # most of what is written is said in few words
def _kin(word: str) -> int:
    """The same for English words of one meaning, or of one beginning."""
    if not word.isalpha() or not word.isascii():
        return 0
    group = alike(word)
    if group:
        return _short(min(group | {word}))
    return _short(word[:_BEGINNING]) if len(word) >= _LEAST_ALIKE else 0


def _short(text: str) -> int:
    return zlib.crc32(text.encode()) & 0xFFFF or 1


def _ends(folded: str) -> tuple[int, int]:
    ends = [0, 0]
    for one in polar_words(folded):
        ends[one.sign < 0] |= 1 << axes().index(one.axis)
    return ends[0], ends[1]


def _days(folded: str) -> int:
    found = 0
    for match in _HAN_DAY.finditer(folded):
        week, month, *near = match.groups()
        if week:
            found |= 1 << _HAN_WEEK.index(week.replace("天", "日"))
        elif month:
            found |= 1 << (len(_WEEK) + int(month) - 1)
        else:
            found |= 1 << (len(_WEEK) + len(_MONTHS) + near.index(match.group()))
    for word in _LATIN.findall(folded):
        if word in _DAY_OF:
            found |= 1 << _DAY_OF[word]
    return found
