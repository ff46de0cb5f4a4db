"""Deeds told as their contraries: admitted for denied, praised for criticised, cut for raised.

Beside the axes of `direction`: words that translators keep apart, whatever the sentence.
"""

import re
from dataclasses import dataclass

from digest.verify.names import HAN

_AIM = r"(?:its|their|the) (?:forecast|outlook|target|guidance|rates?)\b"


@dataclass(frozen=True, slots=True)
class Deed:
    """Words for a deed in either language."""

    english: re.Pattern[str]
    chinese: re.Pattern[str]

    def done(self, text: str) -> re.Match[str] | None:
        """Where `text` tells of it."""
        return (self.chinese if HAN.search(text) else self.english).search(text)


def _deed(english: str, chinese: str) -> Deed:
    return Deed(re.compile(rf"\b(?:{english})", re.IGNORECASE), re.compile(chinese))


_CONTRARIES = (
    (
        _deed(r"admit(?:s|ted|ting)?\b|confess", "承认|坦承|供认"),
        _deed(r"den(?:y|ies|ied|ying)\b", "否认"),
    ),
    (
        _deed(r"prais|hail(?:s|ed)\b|applaud", "称赞|赞扬|赞赏|表扬|盛赞"),
        _deed(
            r"critici[sz]|condemn|denounc|revil|rebuk|accus|blast|slam(?:s|med)\b",
            "批评|谴责|抨击|指责|痛斥",
        ),
    ),
    (
        _deed(r"hir(?:es?|ed|ing)\b|recruit", "招聘|招募|雇用|聘用"),
        _deed(r"(?:lay|lays|laid|laying) off|sack|layoffs?\b", "裁掉|裁减|裁员|解雇|辞退"),
    ),
    (
        _deed(r"succe(?:ed|ss)", "成功|谈成|达成"),
        _deed(r"fail(?:s|ed)?\b|collaps", "失败|破裂|告吹"),
    ),
    (
        _deed(rf"(?:raised?|lifted|hiked) {_AIM}", "上调|调高|提高"),
        _deed(rf"(?:cut|lowered|slashed|reduced) {_AIM}", "下调|调低|降低"),
    ),
)


def contrary(original: str, told: str) -> str:
    """The word in the Chinese `told` for the contrary of what `original` tells; "" for none."""
    for pair in _CONTRARIES:
        for deed, other in (pair, pair[::-1]):
            wrong = other.done(told)
            if wrong and not deed.done(told) and deed.done(original) and not other.done(original):
                return wrong.group()
    return ""
