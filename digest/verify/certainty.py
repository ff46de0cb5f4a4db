"""What is planned, expected or alleged, told as done: the same names and numbers, another truth.

Only plain cases count: the original says nothing as done, and the Chinese has a word for "done"
or has lost every word of doubt. What a clause may leave out is left to `direction`.
"""

import re

from digest.regexes import regex
from digest.verify.names import HAN

_OPEN_EN = regex(
    r"\b(?:plan(?:s|ned|ning)? to|plans|will|considers?|considering|in talks|negotiating"
    r"|propos(?:e|es|ed|ing)|intends?|expected to|expects? to|aims? to|hopes? to|set to"
    r"|(?:is|are) due to [a-z]+|likely to|about to|may|might|could|allegedly|reportedly"
    r"|suspect(?:s|ed)?)\b"
)
_DONE_EN = regex(
    r"\b(?:has|have|had|having|already|was|were|been|did|finished|completed?|now|since|after)\b"
    r"|['’](?:s|ve|d)\b",
    re.IGNORECASE,
)
_DOUBT_EN = regex(
    r"\b(?:allegedly|reportedly|purportedly|supposedly|suspects? (?:that|of)|is suspected of"
    r"|are suspected of)\b",
    re.IGNORECASE,
)
_OPEN_ZH = regex("计划|定于|打算|拟|将(?![军领])|考虑|可能|预计|有望|洽谈|提议|建议|涉嫌|怀疑")
_DOUBT_ZH = regex("涉嫌|据报道|据称|据悉|据传|疑似|怀疑|传闻")
_DONE_ZH = regex(
    "已(?!经?(?:计划|打算|决定|宣布|提议|提出|表示|知|同意|承诺|准备|有|是|成"
    "|在(?:考虑|准备|筹|计划|进行|洽|谈|商|研|讨论|着手|等|推进|制定|起草|努力|路上|此|这|那|其中)))"
)
# Whatever may stand for a plan, a wish, a condition or somebody's word, so as to be sure.
_SOME_OPEN_ZH = regex(
    "[将拟会想要欲料若应能愿或恐须]|计划|打算|考虑|可能|有望|预计|预期|预测|希望|力争|目标|准备|谈|磋商"
    "|提议|建议|提出|承诺|誓|威胁|试图|争取|旨在|寻求|申请|评估"
)
# Doubt in one small word, and what is told without any: as happened, as done to somebody.
_MAY_EN = regex(r"\b(?:may|might)\b|\bcould (?:face|lose|become|cut|cost|reach|rise|fall|be)\b")
_MAY_ZH = regex("可能(?!性)|也许|似乎|或(?=[将可会面对使导致影引有遭被需])")
_HAPPENED_ZH = regex("(?<![为除])了(?!解|不|如|断|结)|被")
_SOME_DOUBT_ZH = regex(
    "[据称说指控疑嫌传似或恐本]|报道|可能|认为|相信|所谓|消息|声明|表示|起诉|罪|猜测|估计|也许|显然|看来|看起来|据"
)
_DENIED = regex("[不未没无否]")


def overstated(original: str, told: str, *, part: bool = False) -> str:
    """The words with which Chinese tells as done what `original` leaves open; "" for none.

    `original` is English or Chinese. What tells only a `part` of it may leave out a doubt, and
    what it tells as done may be the other part.
    """
    if not HAN.search(told) or (part and is_compound(original)):
        return ""
    chinese = bool(HAN.search(original))
    done = _DONE_ZH.search(told)
    if done and not _SOME_OPEN_ZH.search(told) and _leaves_open(original, chinese=chinese):
        return told[done.start() : done.start() + 4]
    if not is_compound(original) and not _SOME_OPEN_ZH.search(told):
        open_ = (_MAY_ZH if chinese else _MAY_EN).search(original)
        if open_ and _HAPPENED_ZH.search(told) and not _SOME_DOUBT_ZH.search(told):
            return open_.group()
    doubt = (_DOUBT_ZH if chinese else _DOUBT_EN).search(original)
    if doubt and not _SOME_DOUBT_ZH.search(told) and not _DENIED.search(told):
        return doubt.group()
    return ""


def _leaves_open(original: str, *, chinese: bool) -> bool:
    if chinese:
        return bool(_OPEN_ZH.search(original)) and not re.search("[已曾了过]", original)
    return bool(_OPEN_EN.search(original)) and not _DONE_EN.search(original)


def is_compound(text: str) -> bool:
    """Whether a sentence has clauses, of which one may be told without the others."""
    if HAN.search(text):
        return bool(re.search("[，；：]", re.sub("^据[^，]{1,6}，", "", text)))
    return bool(
        re.search(
            r"[;:—–()]|,(?!\d)|[.!?]\s+\S|\s-\s|\b(?:and|but|or|while|which|who|that|because|if|when|after|before|as"
            r"|since|although|though|whereas|until|unless|so)\b",
            text,
        )
    )
