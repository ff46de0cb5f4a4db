"""The words of cues.toml as patterns."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from digest.regexes import regex

_HAN = regex(r"[\u4e00-\u9fff]")


@cache
def tables() -> Mapping[str, Any]:
    """What cues.toml holds."""
    with Path(__file__).with_name("cues.toml").open("rb") as stream:
        return tomllib.load(stream)


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """The words of a table {zh = […], en = […]} as one pattern, the longest first."""
    table: Any = tables()
    for name in path:
        table = table[name]
    return any_of([*table["zh"], *table["en"]])


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """One pattern for words: Chinese ones anywhere, others whole, in capitals or not."""
    ordered = sorted(words, key=len, reverse=True)
    return regex("|".join(map(_whole, ordered)), re.IGNORECASE)


def _whole(word: str) -> str:
    if _HAN.search(word):
        return re.escape(word)
    return rf"(?<![\w'’-]){re.escape(word)}(?![\w'’-])" if word[0].isalnum() else re.escape(word)


@cache
def concepts() -> Mapping[str, re.Pattern[str]]:
    """Each concept's words, in the order in which they are tried."""
    return {name: pattern("concepts", name) for name in tables()["concepts"]}


@cache
def agencies() -> Mapping[str, re.Pattern[str]]:
    """The spellings of each agency, as they are written."""
    return {
        name: re.compile("|".join(map(_exact, words)))
        for name, words in tables()["agencies"].items()
    }


def _exact(word: str) -> str:
    if _HAN.search(word) or not word[0].isalnum():
        return re.escape(word)
    return rf"(?<![\w-]){re.escape(word)}(?![\w-])"


@cache
def unit_names() -> Mapping[str, str]:
    """The kind of thing that a counting word counts."""
    return {word: kind for kind, words in tables()["units"].items() for word in words}
