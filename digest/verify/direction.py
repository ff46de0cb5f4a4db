"""Directions and negations: words of which another end or a "not" turns a statement round."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from digest.text.vocabulary import word_set
from digest.verify.names import HAN

NEGATIVE_EN = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|cannot|without|hardly|barely"
    r"|(?:is|are|was|were|do|does|did|have|has|had|ca|wo|could|would|should|must|need|ai)"
    r"n['’]?t)\b",
    re.IGNORECASE,
)
# Words that a translator may render by a negation, and the other way round.
_SOFT_EN = re.compile(
    r"\b(?:un|in|im|ir|dis|non|mis|anti)[a-z]{4,}|\w+less\b|\bfew(?:er)?\b|\blittle\b|\bonly\b"
    r"|\bjust\b|\bfail\w*|\brefus\w*|\bden(?:y|ies|ied|ial)\b|\black\w*|\bavoid\w*|\bprevent\w*"
    r"|\bstop\w*|\bban\w*|\bunless\b|\buntil\b|\brather\b|\binstead\b|\bfree\b|\babsen\w+"
    r"|\bbut\b|\bless\b|\bmiss\w*|\bwithhold\w*|\breject\w*|\bexcept\w*|\bout of\b|\bfar from\b"
    r"|\bunder\b|\bbelow\b|\bdespite\b|\bhowever\b|\bmust\b|\bhave to\b|\bconstant\w*"
    r"|\bcontinu\w*|\bkeep\w*|\bdifferent\b|\bapart\b|\bbeyond\b|\bover\b|\bwrong\w*|\bbad\w*"
    r"|\bpoor\w*|\bsoon\b|\bmore than\b|\bas well\b|\bopen\b|\bstill\b|\byet\b|\bregardless\b"
    r"|\bwhether\b|\bany\w*\b|\belse\b|\btoo\b|\bdifficult\w*|\bhard\b|\bstruggl\w*|\bloss\w*"
    r"|\blost\b|\bwill\b|\bcan\b|\bforbid\w*|\bprohibit\w*|\bsan[sz]\b|\bnew\b|\balways\b"
    r"|\bquit\w*|\bleft\b|\bunlike\b|\bvarious\b|\bmultiple\b|\bmany\b|\bseveral\b|\bnearly\b"
    r"|\balmost\b|\bcontrovers\w*|\bdissent\w*|\bdespair\w*|\bdangerous\b|\billegal\w*",
    re.IGNORECASE,
)
# Denials that hardly stand for anything else; 不得不, 是不是, 不可思议 deny nothing.
NEGATIVE_ZH = re.compile(
    r"(?<!得)(?<![是会能要应该想愿敢可]不)(?<!毫)不(?:是(?!不)|会(?!不)|能(?!不)|再|应|该|愿|支持|同意|存在|需要|接受|允许|考虑|相信|参加)(?!吗|呢|？)"
    r"|(?<!有)(?<!还)没有(?!关系|问题|错|想到)|(?<!从)尚?未(?!来|婚|成年|必|经|能免|知)(?=[能曾获得被有达])"
    r"|从未|绝非|无法|无意|无权|并未|并没"
)
_ANY_ZH = re.compile("[不没未无非莫勿别否拒缺免禁失难休弗毋罕少停止反除绝防避远仅只却忽违错误]|零")


_NEGATIONS_ZH = word_set(
    "不 没 没有 未 无 并未 从未 不会 不能 无法 不再 不是 并非 尚未 未能 不可 不得 不要 并不 绝不",
)


@dataclass(frozen=True, slots=True)
class Polar:
    """A word at one end (+1, -1) of an axis."""

    start: int
    text: str
    axis: str
    sign: int


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], dict[str, tuple[str, int]]]:
    text = resources.files("digest.verify").joinpath("direction.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    meanings: dict[str, tuple[str, int]] = {}
    english: list[str] = []
    chinese: list[str] = []
    for axis, ends in table.items():
        for sign, place in ((1, 0), (-1, 1)):
            for word in ends["en"][place].split():
                meanings[word] = (axis, sign)
                english.append(word)
            for word in ends["zh"][place].split():
                meanings[word] = (axis, sign)
                chinese.append(word)
    stems = [word.rstrip("*") for word in english if word.endswith("*")]
    whole = [word for word in english if not word.endswith("*")]
    latin = re.compile(
        rf"\b(?:(?P<whole>{_any(whole)})|(?P<stem>{_any(stems)})[a-z]*)\b", re.IGNORECASE
    )
    return (latin, re.compile(_any(chinese))), meanings


def _any(words: list[str]) -> str:
    return "|".join(sorted(set(words), key=len, reverse=True))


def polar_words(text: str) -> Iterator[Polar]:
    """The words of `text` that stand at one end of an axis, in either language."""
    (latin, chinese), meanings = _patterns()
    for match in latin.finditer(text):
        key = match.group("whole") or f"{match.group('stem')}*"
        yield Polar(match.start(), match.group(), *meanings[key.lower()])
    if HAN.search(text):
        for match in chinese.finditer(text):
            yield Polar(match.start(), match.group(), *meanings[match.group()])


def opposite_of(word: str) -> tuple[str, int]:
    """The axis and the sign of one word, ("", 0) for most words."""
    found = next(polar_words(word), None)
    return (found.axis, found.sign) if found and len(found.text) == len(word) else ("", 0)


def negations(text: str) -> int:
    """How many plain negations `text` has."""
    return len(NEGATIVE_EN.findall(text)) + len(NEGATIVE_ZH.findall(text))


def is_negation(word: str) -> bool:
    """Whether one word is a plain negation."""
    return bool(NEGATIVE_EN.fullmatch(word)) or word in _NEGATIONS_ZH


def negation_lost(original: str, translated: str) -> bool:
    """Whether one side plainly denies and nothing at all on the other side does."""
    (english, chinese) = (
        (original, translated) if HAN.search(translated) else (translated, original)
    )
    if NEGATIVE_EN.search(english) and not _ANY_ZH.search(chinese):
        return True
    said = NEGATIVE_ZH.search(chinese)
    return bool(said and not NEGATIVE_EN.search(english) and not _SOFT_EN.search(english))
