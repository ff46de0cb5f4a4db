"""Word patterns and lists by which the rules recognise things (cues.toml, words.toml)."""

import re
import tomllib
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_HAN = re.compile(r"[\u4e00-\u9fff]")


def marked(group: str, text: str) -> bool:
    """Whether `text` matches one of the cues of `group`, for instance "junk" or "gaps".

    Text with Chinese characters is held against the Chinese cues, all other against the English.
    """
    chinese, english = _patterns(group)
    return bool((chinese if _HAN.search(text) else english).search(text))


@cache
def combined(group: str) -> re.Pattern[str]:
    """The cues of `group` in both languages as one pattern that ignores case."""
    cues = _cues()[group]
    return re.compile("|".join(f"(?:{cue})" for cue in cues["zh"] + cues["en"]), re.IGNORECASE)


def word_list(name: str) -> frozenset[str]:
    """The words of the list called `name`."""
    with (_HERE / "words.toml").open("rb") as stream:
        return frozenset(str(tomllib.load(stream)[name]).split())


@cache
def _patterns(group: str) -> tuple[re.Pattern[str], ...]:
    cues = _cues()[group]
    # One pattern per language: a single alternation is searched faster than many patterns.
    return (
        re.compile("|".join(f"(?:{cue})" for cue in cues["zh"])),
        re.compile("|".join(f"(?:{cue})" for cue in cues["en"]), re.IGNORECASE),
    )


@cache
def _cues() -> dict[str, dict[str, list[str]]]:
    with (_HERE / "cues.toml").open("rb") as stream:
        return tomllib.load(stream)
