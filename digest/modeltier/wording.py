"""What can be said of a statement without its article: language, length, links, filler."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

from digest.regexes import regex

_HAN = regex(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = regex(r"[\u3041-\u3096\u30a1-\u30fa\uac00-\ud7a3]")
_LATIN_WORD = regex(r"[A-Za-z\u00c0-\u024f\u0400-\u04ff\u0600-\u06ff]+")
_LINK = regex(
    r"(?:https?|ftp|tg|javascript)\s*[:：]\s*[/(\w]|www\s*\.|\bt\.me\b|\]\s*\("
    r"|</?(?:a|b|br|div|font|form|h\d|i|iframe|img|p|script|span|style|svg)\b[^>]{0,200}>"
    r"|(?<![a-z0-9-])[a-z0-9-]{2,}+\.[a-z]{2,6}/\S|(?<![\w.])@[A-Za-z]\w{3,}"
    r"|(?<![\w.+-])[\w.+-]++@[\w-]+\.\w+",
    re.IGNORECASE,
)
_DOMAIN = regex(
    r"(?<![a-z0-9-])[a-z0-9-]{2,}+\.(?:com|cn|net|org|io|ai|app|dev|xyz|top|vip|site|shop|info|co|me|ru)\b",
    re.IGNORECASE,
)
# Telegram makes a link of any of them whose ending it knows, and new endings come every year.
_DOTTED = regex(r"(?<![\w.-])[A-Za-z0-9][\w-]+\.[a-z]{2,}(?!\w)", re.ASCII)
# Telegram makes a link of it as well. "C#" and "#1" are none.
_HASHTAG = regex(r"(?<![\w&])#(?=\w*[^\W\d_])\w+")
_WIDE_DOT = regex(r"(?<=[A-Za-z0-9])(?:[。｡．]|\[\.\]|\(\.\))(?=[a-z]{2})")
# A number to be called or written to: long, and no date, span of years or count of something.
_CALLED = regex(
    r"(?<![\d.,])(?!\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{4}\s?-\s?\d{4}(?!\d))"
    r"\+?\d(?:[\s()-]?\d){6,19}(?![\d.,%]|\s?[元美欧日英港万亿千百人台部辆个件家吨公平米次份])"
)
_NO_DIGIT = regex(r"\D")
_MARKUP = regex(r"\*\*|__|^#+\s*|`", re.MULTILINE)
_LEAD = regex(r"^\s*(?:[-*•·]\s*|\(?\d{1,2}[.)、）]\s+|要点\s*\d+\s*[:：]\s*)")
_PLACES = regex(r"\s*[\[［【(（]\s*s?\d+(?:\s*[,，、-]\s*s?\d+)*\s*[\]］】)）](?=\s*[。.]?\s*$)")
# A name may be of such words ("Lord of the Rings"): it has capitals on either side.
_QUOTED = regex(
    r"[“「《‘\"][^”」》’\"]{0,400}[”」》’\"]"
    r"|(?<![\w.-])[A-Z][\w.-]*+(?: (?:of|the|and|for|with|from|a|an))+ [A-Z]\w*"
)
_SAID = regex(r"[“「《‘][^”」》’]{0,400}[”」》’]")
_CLAUSE = regex(r"[^，,；;。]*[，,；;。]?")
_OWN_GROUND = regex(r"\d|[A-Za-z]{2,}|[“「《\"]")
_PAIRS = (
    ("（", "）"),
    ("(", ")"),
    ("《", "》"),
    ("“", "”"),
    ("「", "」"),
    ("【", "】"),
    ("[", "]"),
)
# Appeals that no single phrase tells from news: payments, trials and ratings are told of as well.
# What counts is who is spoken to: the reader, or whoever rates and places the article.
_BEGINS = r"(?:^|(?<=[，,。；;！!：:？?]))"
_NOW = r"(?:立即|立刻|马上|即刻|赶快|赶紧|尽快|速速|现在就|快去|快来)"
_ASKED = r"(?:欢迎|敬请|恳请|务必|烦请|请(?![勿不求示教愿假战辞]|注意))"
_PAY = r"(?:转账|转帐|打款|汇款|付款|充值|打赏|赞助)"
_APPEAL_FORM = regex(
    rf"{_BEGINS}(?:{_ASKED}|{_NOW})[^，,。；;！!]{{0,8}}(?:{_PAY}|试用|试驾|体验|开通|认购|好评|点赞)"
    rf"|(?:{_NOW}|点此|{_BEGINS}(?:点击|扫码|前往官网|登录官网))[^，,。；;！!]{{0,4}}免费"
    rf"|免费(?:试用|体验|领)[^，,。；;！!]{{0,4}}(?:请|{_NOW})"
    rf"|{_BEGINS}(?:支付宝|微信|银行卡?)(?:扫码)?{_PAY}"
    r"(?:即可|就能|立减|立享|有礼|返现|支持|(?=[，,。；;！!]|$))"
    rf"|{_BEGINS}(?:先|直接|{_NOW})?{_PAY}[^，,。；;！!]{{0,4}}(?:给|到|至|作者|本站|我们|我方)"
    rf"|{_PAY}(?:给|到|至)(?:作者|本站|我们|我方|本账|以下|下列|下方|指定)"
    r"|(?:评分|打分|分数|得分|重要性|优先级)(?:应当?|应该|须|必须|务必|请)(?:为|是|设|评|打|给|填|写)"
    r"|(?:应当?|应该|须|必须|务必|请)[^，,。；;！!]{0,4}(?:评|打|给)[^，,。；;！!]{0,4}"
    r"(?:满分|一百分|100\s?分|最高分|十分)"
    r"|(?:本文|本条|此文|该文|这篇(?:文章|报道))(?:应当?|应该|须|必须|务必|请)"
    r"[^，,。；;！!]{0,4}(?:评|打|列|排|置|放|推|标)"
    r"|务必(?:推荐|转告|告诉|分享|收藏|点赞|转发)"
    r"|您的?(?:账户|账号|钱包|银行卡)[^，,。；;！!]{0,6}(?:异常|风险|冻结|被盗|过期|验证)",
)
_UNFINISHED = regex(r"(?:…|\.{3}|[，,、；;：:—（(《“「]|(?:和|与|及|以及|因为|但是|例如))$")
# Small English words between Chinese ones are what a small model forgot to translate.
_UNTRANSLATED = regex(
    r"(?<![A-Za-z])(?:the|an|and|of|and|for|with|from|which|that|were|was|has|have|said|about|their"
    r"|its|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million"
    r"|billion|percent|year|years|week|weeks|month|months|day|days|hour|hours)(?![A-Za-z])"
    # Days and months are written in Chinese; "Black Friday" and the like are names.
    r"|(?<![A-Za-z])(?<![A-Z][a-z]{3} )(?<![A-Z][a-z]{4} )(?<![A-Z][a-z]{5} )"
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|April|June|July|August"
    r"|September|October|November|December)(?![A-Za-z]| [A-Z])"
)
_INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs"}
_MIN_HAN = 4


@cache
def _phrases(name: str) -> tuple[str, ...]:
    text = files("digest.modeltier").joinpath("wording.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)[name])


def visible(text: str) -> str:
    """`text` on one line, without letters that nobody sees or that turn the reading direction."""
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in text
        if letter.isspace() or unicodedata.category(letter) not in _INVISIBLE
    )
    return " ".join(seen.split())


def tidy(text: str) -> str:
    """`text` on one line, without bullets, markup, invisible letters and sentence numbers."""
    plain = _MARKUP.sub("", visible(text))
    return _PLACES.sub("", _LEAD.sub("", plain)).strip()


def width(text: str) -> float:
    """The length as Chinese editors count it: half-width letters are halves."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.5 for letter in text)


def is_chinese(text: str) -> bool:
    """Whether `text` is written in Chinese; foreign names and terms in it are no matter."""
    han = len(_HAN.findall(text))
    # Names and models have capitals; words in small letters are those of another language.
    foreign = sum(1 + word.islower() for word in _LATIN_WORD.findall(text))
    return han >= max(_MIN_HAN, foreign) and len(_KANA.findall(text)) * 10 <= han


def is_half_translated(text: str) -> bool:
    """Whether ordinary English words stand between the Chinese ones, outside of any quotation."""
    return bool(_UNTRANSLATED.search(_QUOTED.sub("", text)))


def has_link(text: str, known: str = "") -> bool:
    """Whether there is an address, a handle or markup in it: links never come from a model.

    A bare domain is a name ("Booking.com") where the article, `known`, has it too.
    """
    told = _narrow(text)
    if told != text and _names_new(_DOTTED, told, known):
        return True  # written so that it is not seen to be one
    return bool(_LINK.search(told)) or _names_new(_DOMAIN, told, known) or _adds_tag(told, known)


def adds_number_to_call(text: str, known: str) -> bool:
    """Whether `text` has a telephone number or the like that the article, `known`, has not."""
    called = [_NO_DIGIT.sub("", match.group()) for match in _CALLED.finditer(text)]
    there = _NO_DIGIT.sub("", known) if called else ""
    return any(digits not in there for digits in called)


def adds_link(text: str, told: str) -> bool:
    """Whether `text` has an address, a handle, or what could be one, that `told` has not."""
    text, told = _narrow(text), _narrow(told)
    forms = (_LINK, _DOMAIN, _DOTTED)
    return any(_names_new(form, text, told) for form in forms) or _adds_tag(text, told)


def _adds_tag(text: str, told: str) -> bool:
    """Whether it has a hashtag that is not of a text without any: those may be translated."""
    return "#" not in told and "＃" not in told and bool(_HASHTAG.search(text))


def _narrow(text: str) -> str:
    """`text` with wide letters and signs as narrow ones, and dots that stand for dots."""
    # Half-width katakana and the like are no matter: only what is wide ASCII changes.
    plain = "".join(
        chr(ord(letter) - _WIDE) if "！" <= letter <= "～" else letter for letter in text
    )
    return _WIDE_DOT.sub(".", plain)


_WIDE = 0xFEE0  # from ASCII to its wide forms


def _names_new(form: re.Pattern[str], text: str, known: str) -> bool:
    named = known.casefold()
    return any(match.group().casefold() not in named for match in form.finditer(text))


def without_filler(text: str) -> str:
    """`text` without the clauses that would stand under any article; "" when none is left."""
    clauses = [clause for clause in _CLAUSE.findall(text) if clause]
    kept = [clause for clause in clauses if not _is_filler(clause)]
    if len(kept) == len(clauses):
        return text
    rest = "".join(kept).strip().rstrip("，,；;")
    return rest if len(_HAN.findall(rest)) > _MIN_HAN else ""


def _is_filler(clause: str) -> bool:
    return any(phrase in clause for phrase in _phrases("filler")) and not _OWN_GROUND.search(
        clause
    )


def is_promotion(text: str, evidence: str) -> bool:
    """Whether it advertises or appeals in words that its evidence does not have."""
    if any(phrase in text and phrase not in evidence for phrase in _phrases("promotion")):
        return True
    plain = _SAID.sub("", text)  # what is quoted is said to somebody else
    return any(match.group() not in evidence for match in _APPEAL_FORM.finditer(plain))


def is_about_itself(text: str, evidence: str) -> bool:
    """Whether the model speaks of itself or of its task."""
    return any(phrase in text and phrase not in evidence for phrase in _phrases("about_itself"))


def is_unfinished(text: str) -> bool:
    """Whether it ends in the middle: an open bracket or quote, a comma, dots."""
    if _UNFINISHED.search(text.rstrip("。 ")):
        return True
    return any(text.count(left) != text.count(right) for left, right in _PAIRS)


def bigrams(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters and digits, by which Chinese texts are compared."""
    letters = [
        letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum()
    ]
    return frozenset(one + two for one, two in pairwise(letters))


def likeness(one: str, other: str) -> float:
    """0..1: the share of the shorter text's pairs of letters that the other one has."""
    left, right = bigrams(one), bigrams(other)
    smaller = min(len(left), len(right))
    return len(left & right) / smaller if smaller else 0.0
