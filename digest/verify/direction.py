"""Directions and negations: words of which another end or a "not" turns a statement round."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from digest.regexes import regex
from digest.text.folding import small
from digest.text.vocabulary import word_set
from digest.verify.certainty import is_compound
from digest.verify.deeds import contrary
from digest.verify.matching import same
from digest.verify.names import HAN
from digest.verify.quantities import Quantity

NEGATIVE_EN = regex(
    r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|cannot|without|hardly|barely"
    r"|(?:is|are|was|were|do|does|did|have|has|had|ca|wo|could|would|should|must|need|ai)"
    r"n['’]?t)\b",
    re.IGNORECASE,
)
# Two denials that say yes, the first with what it is about.
_DOUBLE_EN = regex(
    r"\b(?:not|never) without (?:(?:its|their|his|her|some|any|an?|the) )?\w+"
    r"|\bnever (?:fail(?:s|ed)? to|short of)|\bno (?:shortage|lack) of",
    re.IGNORECASE,
)
# What was tried in vain: Chinese denies it.
_IN_VAIN_EN = regex(r"\b(?:fail(?:s|ed)? to|unable to|yet to)\b", re.IGNORECASE)
_CONTRAST_EN = regex(r"\b(?:but|while|whereas|although|though|despite|compared)\b", re.IGNORECASE)
# What denies nothing: numbers and names, tags of questions, denials of a denial.
_IDLE_EN = regex(
    r"\b(?:no|not a) small\b"
    r"|\bNo\.? ?\d|\bDr\.? No\b|\bno (?:later|sooner|less|more|fewer|doubt|matter|wonder)\b"
    r"|\bnone other|\bnothing but|\bwhether or not"
    r"|\bnot (?:only|just|merely|least|to mention|(?:un|in|im)[a-z]+)"
    r"|\bmore often than not|n['’]?t (?:\w+ )?take (?:long|much|many)|n['’]?t (?:know|remember)"
    r"|n['’]?t (?:think|believe) (?:that['’]s |it['’]s |that |it is )?(?:un|in|im)[a-z]+"
    r"|\bwhy (?:not|do(?:es)?n['’]?t)"
    r"|, (?:do|did|is|are|was|were|have|has|ca|wo|does|can|would)(?:n['’]?t)?"
    r" (?:you|it|they|we|s?he|I)\?",
    re.IGNORECASE,
)
# Words that a translator may render by a negation.
_SOFT_EN = regex(
    r"\b(?:unable|instead|rather|fail\w*|impossib\w*|stop\w*|except\w*|beyond|unknown|untold|unless"
    r"|until|without|refus\w*|reject\w*|den(?:y|ies|ied|ying|ial)|lack\w*|absen\w+|avoid\w*"
    r"|prevent\w*|lost|los(?:s|e|es|ing)|fewer|few|little|only|hardly|barely|scarcely|rarely|seldom"
    r"|yet|away|deadly|inevitabl\w*|far from|out of|too|otherwise|regardless|oppos\w*|prefer\w*"
    r"|ban(?:s|ned|ning)?|bar(?:s|red|ring)|forbid\w*|prohibit\w*|illegal\w*|doubt\w*|but|imped\w*"
    r"|minimi[sz]\w*|contrary|conflict\w*|unlike|withh\w+|un(?!it|ion|iv|der|til|i\b)[a-z]{4,}"
    r"|im(?:prop|pract|mor|poss|mat|mob|pati|perf|pol|prob)\w+|ir(?:r|rep)\w+|in(?:ab|acc|adeq|eff|valid)\w+"
    r"|dis(?:a|be|c|h|l|o|q|r|s)\w+|\w+less|difficult\w*|hard|trouble|worse|poor\w*|ignor\w*|forget\w*"
    r"|forgot\w*|quit\w*|exclu\w*|never\w*|cease\w*|abandon\w*|declin\w*|remov\w*|zero|nil|still"
    r"|keep\w*|kept|always|ever|constant\w*|alone|different|safe|gone|short|skip\w*|mislead\w*"
    r"|restrict\w*|odd|deep|how|or|halt\w*|surviv\w*|mistak\w*|sudden\w*|rid|closed?|guard\w*"
    r"|empty|vacan\w*|fake|false|silen\w*|exempt\w*|elsewhere|others?|alternativ\w*|besides|outside"
    r"|fell|hate[sd]?|reluct\w*|deviat\w*|dunno|anti[a-z]{4,}|put(?:ting)? off|postpon\w*|delay\w*"
    r"|apolog\w*|sorry|regret\w*|stay\w*|after all|more so)\b",
    re.IGNORECASE,
)
# 是不是, 不得不, 不仅 and words that only look like denials.
_IDLE_ZH = regex(
    r"(.)[不没]\1|并非(?:没有|毫无|不|无)|不是没有|没有不|[无不]不|不无|不得不|不[仅但只光单过断久少错管论如禁由愧满安足到幸利公当法明便妨料见一时已等住定太符同良]"
    r"|不可思议|没关系|不好意思|对不起|差不多|了不起|不知不觉|忍不住|毫不|恨不得|巴不得|来不及|不是吗"
    r"|不是[^，。]{1,30}[，,]?\s?而是|没错|没有?问题"
)
# Denials that hardly stand for anything else.
NEGATIVE_ZH = regex(
    r"不(?:是|会|能|再|应|该|愿|想|要|可|在|让|给|用|做|说|知|敢|必|需|支持|同意|存在|接受|允许|考虑|相信|参加"
    r"|打算|希望|喜欢|认为)(?![吗呢？])|没有|没(?=[能有人想法])|并[未没非]|尚未|[从仍还]未|未(?=[能曾获得被有达经])"
    r"|绝[非不]|无法|无意|无权|无需"
)
_ANY_ZH = regex(
    "[不没未无非莫勿别否拒缺免禁失难休弗毋罕少停止反除绝防避远仅只却忽违错误忘才丢外躲甭岂谢]|零"
)
_CERTAIN = frozenset({"change", "trade", "pace", "staff"})  # hardly idiomatic
# "not accepted" for "denied", one for it and one against: certain where neither can be.
_CERTAIN_UNDENIED = _CERTAIN | {"consent"}
_DENIED_ZH = regex("[不没未无非]")
_MORE = regex(
    r"(?:more than|over|above|exceed\w*|upwards of|at least)\s?[$€£¥]?\s?$", re.IGNORECASE
)
_LESS = regex(r"(?:(?:less|fewer) than|under|below|nearly|almost)\s?[$€£¥]?\s?$", re.IGNORECASE)
_MORE_ZH = regex(r"(?:超过?|逾|多于|高于)\s?$")
_LESS_ZH = regex(r"(?:不到|不足|少于|低于|不超过)\s?$")


_NEGATIONS_ZH = word_set(
    "不 没 没有 未 无 并未 从未 不会 不能 无法 不再 不是 并非 尚未 未能 不可 不得 不要 并不 绝不 "
    "没能 不曾 不准 不许 不必 无人 没人 无一 毫无 并无 尚无 均未 从不 无需 无须",
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


@cache
def axes() -> tuple[str, ...]:
    """The names of all axes, always in the same order."""
    _, meanings = _patterns()
    return tuple(dict.fromkeys(axis for axis, _ in meanings.values()))


def polar_words(text: str) -> Iterator[Polar]:
    """The words of `text` that stand at one end of an axis, in either language."""
    (latin, chinese), meanings = _patterns()
    for match in latin.finditer(text):
        key = match.group("whole") or f"{match.group('stem')}*"
        yield Polar(match.start(), match.group(), *meanings[small(key)])
    if HAN.search(text):
        for match in chinese.finditer(text):
            yield Polar(match.start(), match.group(), *meanings[match.group()])


def opposite_of(word: str) -> tuple[str, int]:
    """The axis and the sign of one word, ("", 0) for most words."""
    found = next(polar_words(word), None)
    return (found.axis, found.sign) if found and len(found.text) == len(word) else ("", 0)


def is_negation(word: str) -> bool:
    """Whether one word is a plain negation."""
    return bool(NEGATIVE_EN.fullmatch(word)) or word in _NEGATIONS_ZH


def turned(original: str, told: str, *, part: bool = False, whole: str = "") -> str:
    """Where `told` says the contrary of `original`, one English and one Chinese; "" for nowhere.

    "not" where only one side denies, else the axis. What tells only a `part` of the original may
    leave out a denial. `whole` is the sentence of which `told` is a clause.
    """
    english, chinese = (original, told) if HAN.search(told) else (told, original)
    lost, added = _left_out(english, chinese), _put_in(english, chinese)
    if (lost and not part) or (added if HAN.search(told) else lost):
        return "not"
    if part and _CONTRAST_EN.search(english):
        return ""  # a clause may tell the other half
    denied = NEGATIVE_EN.search(english) or _DENIED_ZH.search(chinese)
    certain = _CERTAIN if denied or is_compound(english) else _CERTAIN_UNDENIED
    if axis := _other_end(english, chinese, certain):
        return axis
    return "" if denied else contrary(original, told, whole)


def turned_at_home(original: str, told: str) -> str:
    """Where `told` says the contrary of `original`, both Chinese and of one clause; "" if not."""
    if axis := _other_end(original, told, _CERTAIN):
        return axis
    if _DENIED_ZH.search(original) or _DENIED_ZH.search(told):
        return ""
    return contrary(original, told)


def _other_end(original: str, told: str, certain: frozenset[str]) -> str:
    """The axis of which each has only one end, and not the same one."""
    before, after = _ends(original), _ends(told)
    for axis in sorted(before.keys() & after.keys() & certain):
        if len(before[axis]) == len(after[axis]) == 1 and before[axis] != after[axis]:
            return axis
    return ""


def bound(text: str, start: int) -> int:
    """+1 for "more than" before the number at `start`, -1 for "less than", 0 for neither."""
    before = text[max(0, start - 16) : start]
    if _LESS.search(before) or _LESS_ZH.search(before):
        return -1
    return 1 if _MORE.search(before) or _MORE_ZH.search(before) else 0


def bounds_turned(
    told: str, claims: Sequence[Quantity], original: str, numbers: Sequence[Quantity]
) -> Iterator[str]:
    """The numbers of `told` that are "more than" where the original has "less than"."""
    bounded = [(claim, sign) for claim in claims if (sign := bound(told, claim.start))]
    if not bounded:
        return  # as nearly always; a sentence may have many numbers to look at
    there = [(number, sign) for number in numbers if (sign := bound(original, number.start))]
    for claim, sign in bounded:
        if {other for number, other in there if same(claim, number)} == {-sign}:
            yield claim.text


def _left_out(english: str, chinese: str) -> bool:
    """Whether the English plainly denies and nothing at all in the Chinese does."""
    return _denies(english) and not _ANY_ZH.search(chinese)


# Each clause of a statement is compared with the sentence that it is told from, often the same.
@lru_cache(maxsize=8)
def _denies(english: str) -> bool:
    plain = _IDLE_EN.sub(" ", _DOUBLE_EN.sub(" ", english))
    return bool(NEGATIVE_EN.search(plain) or _IN_VAIN_EN.search(plain))


def _put_in(english: str, chinese: str) -> bool:
    """Whether the Chinese plainly denies and nothing in the English could be told so."""
    if not NEGATIVE_ZH.search(_IDLE_ZH.sub(" ", chinese)):
        return False
    english = _DOUBLE_EN.sub(" ", english)
    return not NEGATIVE_EN.search(english) and not _SOFT_EN.search(english)


@lru_cache(maxsize=8)
def _ends(text: str) -> Mapping[str, set[int]]:
    """Axis → the ends of it that the text has words for."""
    found: dict[str, set[int]] = {}
    for word in polar_words(text):
        found.setdefault(word.axis, set()).add(word.sign)
    return found
