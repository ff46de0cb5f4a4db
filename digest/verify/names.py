"""Names in a statement and whether a text has them: Latin tokens and Chinese names."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from digest.regexes import regex
from digest.text.number_tables import CURRENCIES, SCALES, UNIT_SYMBOLS
from digest.text.segmentation import tag
from digest.text.vocabulary import word_set

HAN = regex(r"[\u3400-\u9fff]")
LATIN = regex(
    r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af][^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]*(?:[.\-+&'’][^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+)*\+*"
)
_UNITS = (
    word_set("am pm vs kg a.m p.m km et al no nos eg ie etc mph ft lb lbs cm per")
    | {symbol.lower() for symbol in UNIT_SYMBOLS.split("|")}
    | {name.lower() for name in (*SCALES, *CURRENCIES) if name.isascii()}
)
_ORDINARY = word_set(
    "i a the an it its he she they we you his her their our this that these those there here in ",
    "on at of for and or but as by from with to is are was were be not no yes if when while ",
    "after before since what who how why where which all both each some many most one two ",
    "three four five six seven eight nine ten mr mrs ms dr sir monday tuesday wednesday ",
    "thursday friday ",
    "saturday sunday january february march april may june july august september october ",
    "november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri",
)
_PERSON = frozenset({"nr", "nrt", "nrfg"})
_PLACED = frozenset({"ns", "nt"})
# The segmenter takes many new words for persons: only what begins with a family name is one.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余于杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤习"
)
_LONGEST_PERSON = 4
# Words that the segmenter takes for names.
_NO_NAMES = word_set("官宣 上市 美丽 田野 大国 內建 内建 高清 小红 明明 安全 卡通")
_RUN = regex(r"[A-Z][\w'’-]*(?: (?:(?:of|and|for|the|on|in) ){0,2}[A-Z][\w'’-]*)+")
_QUARTERS = regex(r"[QH][1-4]|I['’](?:m|ll|ve|d)", re.IGNORECASE)
# A word once begun is taken whole: what may be cut anywhere takes for ever to find wanting.
_BEFORE_BRACKET = regex(r"((?:[A-Z][\w'’-]*+(?: (?:of|and|for) | )?)+)\($")
_LONGEST_NAME = 120  # characters
_LEAST_INITIALS = 3
_MOST_INITIALS = 10
_USUAL = Path(__file__).parents[1] / "condense" / "weights" / "english_words.txt"
_TITLED = regex(r"[A-Z][a-z]{2,}")
# Months and days are numbers, titles stand before Chinese names, and some words Chinese has taken.
_LOANED = word_set(
    "app apps web email mail blog vlog logo bug demo tweet tweets post emoji offer party live ",
    "show code chat agent token prompt cookie wiki beta mini plus pro max air note lite ultra ",
    "monday tuesday wednesday thursday friday saturday sunday january february march april may ",
    "june july august september october november december jan feb mar apr jun jul aug sep sept ",
    "oct nov dec mon tue wed thu fri mrs sir",
)
_PREPOSITIONS = frozenset("在同将与和对向就从被")
_STARTS = regex(r"(?:^|[.!?:：。！？\"“‘(（\[\n•*-])\s*$")
_UNSEEN = regex(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]")
_NO_LETTERS = regex(r"[\W_]+")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Name:
    """A name at `start` of a statement. `script`: "latin" or "zh"."""

    start: int
    text: str
    script: str


@cache
def known() -> dict[str, tuple[str, ...]]:
    """Chinese name → the Latin words of which one answers to it."""
    return {name: tuple(word.lstrip("~") for word in words) for name, words in _names().items()}


@cache
def certain() -> dict[str, tuple[str, ...]]:
    """Chinese name → the Latin words that name it and nothing else."""
    return {name: tuple(word for word in words if not word.startswith("~"))
            for name, words in _names().items()}  # fmt: skip


@cache
def _names() -> dict[str, list[str]]:
    return {name: words for part in ("companies", "places", "people")
            for name, words in _table()[part].items()}  # fmt: skip


@cache
def sort_of(name: str) -> str:
    """The part of our table that a Chinese name stands in."""
    return next(part for part in ("companies", "places", "people") if name in _table()[part])


@cache
def clues() -> dict[str, frozenset[str]]:
    """Chinese name of a country or the like → small English words that speak of it."""
    told: dict[str, str] = _table()["clues"]
    return {name: frozenset(words.split()) for name, words in told.items()}


@cache
def short() -> dict[str, tuple[str, ...]]:
    """Abbreviation → words of the phrase it stands for."""
    return {name: tuple(words) for name, words in _table()["short"].items()}


@cache
def _table() -> dict[str, Any]:
    text = resources.files("digest.verify").joinpath("names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


# Words that have a name's characters and not its meaning.
_NO_NAME = regex(
    r"发展中国|其中国(?=[内际家有])|集中国|联想[到起及]|(?<=[今明昨当每生节假近次])日本(?!人)|索尼[娅亚雅柯]|罗马诺|都柏林"
)


@cache
def _known_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(known(), key=len, reverse=True))
    return re.compile(rf"(?P<none>{_NO_NAME.pattern})|{names}")


def _known_matches(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _known_pattern().finditer(text) if not match.group("none"))


def known_in(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """(start, name, its Latin words) of the Chinese names of our table that `text` has."""
    if HAN.search(text):
        for match in _known_matches(text):
            yield match.start(), match.group(), known()[match.group()]


def latin_names(text: str) -> Iterator[Name]:
    """In Chinese every Latin word, in Latin text those written with a capital, once each."""
    chinese = len(HAN.findall(text)) * 4 > len(text)
    seen: set[str] = set()
    for match in LATIN.finditer(text):
        word = match.group()
        small = word.lower()
        if word in seen or len(word) < _SHORTEST or small in _UNITS:
            continue
        if small in _ORDINARY and not (chinese and is_left(text, match.start(), word)):
            continue
        if _QUARTERS.fullmatch(word):
            continue  # a number, or no name at all
        if not chinese and not _is_capital(text, match.start(), word):
            continue
        seen.add(word)
        yield Name(match.start(), word, "latin")


def is_left(text: str, start: int, word: str) -> bool:
    """Whether an English word stands alone in Chinese, where a name would: "由 While 建造"."""
    if not _TITLED.fullmatch(word) or word.lower() in _LOANED:
        return False
    end = start + len(word)
    return not re.search(r"[A-Za-z\d@#_]", text[max(0, start - 2) : start] + text[end : end + 2])


def is_titled(word: str) -> bool:
    """Whether only the first letter is a capital."""
    return bool(_TITLED.fullmatch(word))


@cache
def usual_words() -> frozenset[str]:
    """Frequent English words, in small letters."""
    lines = _USUAL.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.split(" ")[1:])


def begins_sentence(text: str, start: int) -> bool:
    """Whether a word at `start` has its capital from the beginning of a sentence or quotation."""
    return bool(_STARTS.search(text[max(0, start - 4) : start]))


def _is_capital(text: str, start: int, word: str) -> bool:
    if not any(letter.isupper() for letter in word):
        return False
    ordinary = word[1:].islower() or len(word) == 1
    return not (ordinary and _STARTS.search(text[max(0, start - 4) : start]))


def chinese_names(text: str, *, copied: bool = False) -> Iterator[Name]:
    """Names that the segmenter's tags or our table know, once each.

    In a text `copied` from its source every word tagged as a name may be asked for; elsewhere new
    words are too often taken for persons, so only those with a family name are.
    """
    seen: set[str] = set()
    for match in _known_matches(text):
        if match.group() not in seen:
            seen.add(match.group())
            yield Name(match.start(), match.group(), "zh")
    place = 0
    for word, sort in tag(text):
        start = place
        place += len(word)
        if sort not in _PERSON | _PLACED or len(word) < _SHORTEST or word in seen | _NO_NAMES:
            continue
        doubtful = word[0] not in _SURNAMES or len(word) > _LONGEST_PERSON
        if sort in _PERSON and doubtful and not copied:
            continue
        if HAN.search(word) and not any(word in other for other in seen):
            seen.add(word)
            # The segmenter draws the preposition behind a person into the name: 李明在.
            bare = word[:-1] if sort in _PERSON and len(word) > _SHORTEST else word
            yield Name(start, bare if word[-1] in _PREPOSITIONS else word, "zh")


@lru_cache(maxsize=8192)
def forms(name: str) -> tuple[str, ...]:
    """A Latin name in small letters without accents: whole, without a possessive, bare."""
    small = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.lower().replace("’", "'"))
        if not unicodedata.combining(letter)
    )
    bare = re.sub(r"'s?$", "", small)
    plain = re.sub(r"[^a-z0-9+]", "", bare) or bare
    single = plain[:-1] if plain.endswith("s") and len(plain) > 3 else plain  # noqa: PLR2004
    return tuple(dict.fromkeys((small, bare, plain, single)))


def is_ordinary(word: str) -> bool:
    """Whether a capitalised word is one of those that begin any sentence."""
    return word.lower() in _ORDINARY


def explained(short_name: str, text: str, start: int) -> bool:
    """Whether "(TMC)" at `start` follows the name that it shortens.

    Its letters stand there in order, the first first.
    """
    run = _BEFORE_BRACKET.search(text[max(0, start - _LONGEST_NAME) : start])
    if not run:
        return False
    rest = iter(run.group(1).lower())
    return run.group(1)[0] == short_name[0] and all(x in rest for x in short_name.lower())


def initials_around(name: Name, text: str) -> Iterator[str]:
    """Initials, three or more, of capitalised words that stand together with `name`."""
    # What is further away is no part of it, and looking through all for each name takes long.
    first = max(0, name.start - _LONGEST_NAME)
    first = text.find(" ", first, name.start) + 1 if first else 0
    for run in _RUN.finditer(text, first, name.start + _LONGEST_NAME):
        if not run.start() <= name.start < run.end():
            continue
        words = [
            (m.start() + run.start(), m.group()) for m in re.finditer(r"[\w'’-]+", run.group())
        ]
        names = [place for place in words if place[1][0].isupper()]
        at = next((i for i, (start, _) in enumerate(names) if start == name.start), None)
        if at is None:
            return
        # No abbreviation is longer; a text of capitalised words alone would take hours.
        names = names[max(0, at - _MOST_INITIALS) : at + _MOST_INITIALS]
        at = min(at, _MOST_INITIALS)
        words = [word for word in words if names[0][0] <= word[0] <= names[-1][0]]
        for first in range(at + 1):
            for last in range(max(at + 1, first + _LEAST_INITIALS), len(names) + 1):
                yield "".join(word[0] for _, word in names[first:last])
                inside = [w for s, w in words if names[first][0] <= s <= names[last - 1][0]]
                yield "".join(word[0] for word in inside).upper()


@cache
def _long_forms() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, phrases in short().items():
        for phrase in phrases:
            for word in phrase.split():
                found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


def written_short(word: str) -> tuple[str, ...]:
    """Abbreviations that may stand for a phrase with `word`: US for "United"."""
    return next((_long_forms()[form] for form in forms(word) if form in _long_forms()), ())


def visible(text: str) -> str:
    """`text` without characters that show nothing and may hide what a number is."""
    return _UNSEEN.sub("", text)


def letters(text: str) -> str:
    """Letters and digits only, in one width and case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NO_LETTERS.sub("", folded)
