"""Grave events that a statement tells and its article does not: nobody goes bankrupt by a guess.

Across languages words do not meet, so an invention without a number or a name in it would pass
every comparison. The gravest ones are few enough to be listed.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def untold_event(text: str, known: str, lang: str) -> str:
    """A word of `text` for a grave event that `known`, the article, tells in no word; "" if none.

    Articles in languages other than Chinese and English are not read for it.
    """
    if lang not in {"zh", "en"}:
        return ""
    for told, english in _events():
        match = told.search(text)
        if match is None or match.group() in known:
            continue
        if not (told if lang == "zh" else english).search(known):
            return match.group()
    return ""


@cache
def _events() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """For each event its Chinese words, and how English words for it begin."""
    written = files("digest.modeltier").joinpath("events.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(written)
    return tuple(
        (
            re.compile("|".join(map(re.escape, words["zh"]))),
            re.compile(
                r"\b(?:" + "|".join(re.escape(word.strip()) for word in words["en"]) + ")",
                re.IGNORECASE,
            ),
        )
        for words in table.values()
    )
