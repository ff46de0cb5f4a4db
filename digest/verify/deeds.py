"""Deeds told as their contraries: admitted for denied, resumed for stopped, ordered for agreed.

Beside the axes of `direction`: words that translators keep apart, whatever the sentence.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from digest.verify.names import HAN

_NONE = "(?!)"


@dataclass(frozen=True, slots=True)
class _Deed:
    """Words for a deed in either language, and those that may be told by them."""

    english: re.Pattern[str]
    chinese: re.Pattern[str]
    english_like: re.Pattern[str]
    chinese_like: re.Pattern[str]

    def done(self, text: str) -> re.Match[str] | None:
        """Where `text` tells of it."""
        return (self.chinese if HAN.search(text) else self.english).search(text)

    def may_be_done(self, text: str) -> bool:
        """Whether `text` may tell of it."""
        like = self.chinese_like if HAN.search(text) else self.english_like
        return bool(self.done(text) or like.search(text))


def _deed(words: dict[str, str]) -> _Deed:
    def english(key: str) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{words.get(key, _NONE)})", re.IGNORECASE)

    return _Deed(
        english("en"),
        re.compile(words["zh"]),
        english("en_like"),
        re.compile(words.get("zh_like", _NONE)),
    )


@cache
def _contraries() -> tuple[tuple[_Deed, _Deed], ...]:
    """(what is told, what it must not be told as)."""
    text = resources.files("digest.verify").joinpath("contraries.toml").read_text(encoding="utf-8")
    found: list[tuple[_Deed, _Deed]] = []
    pairs: list[dict[str, Any]] = tomllib.loads(text)["pair"]
    for pair in pairs:
        one, other = _deed(pair["one"]), _deed(pair["other"])
        found.append((one, other))
        if not pair.get("one_way"):
            found.append((other, one))
    return tuple(found)


def contrary(original: str, told: str, whole: str = "") -> str:
    """The word in the Chinese `told` for the contrary of what `original` tells; "" for none.

    `whole` is the sentence of which `told` is a clause: the deed may stand in another one.
    """
    for deed, other in _contraries():
        wrong = other.chinese.search(told)
        if (
            wrong
            and not deed.may_be_done(whole or told)
            and deed.done(original)
            and not other.may_be_done(original)
        ):
            return wrong.group()
    return ""
