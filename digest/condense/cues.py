"""Word patterns and lists by which the rules recognise things (cues.toml, words.toml)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.regexes import regex

_HERE = Path(__file__).parent
_PART = regex(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)  # of a pattern
_ESCAPED = regex(r"\\.")
_WORD, _NEVER = r"\b", "(?!)"
_HAN = regex(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns of one idea in both languages, those that only begin a text apart.

    A pattern that starts with ^ is tried once, not at every letter, which is most of the time;
    and English ones that know no capitals look at the text in small letters, which is quicker
    than ignoring case.
    """

    chinese: tuple[re.Pattern[str], re.Pattern[str]]  # at the beginning, anywhere
    english: tuple[re.Pattern[str], re.Pattern[str]]
    small: re.Pattern[str]  # English, anywhere in the text in small letters

    def found_in(self, text: str) -> bool:
        """Whether `text` matches one of them; Chinese ones where it has Chinese characters."""
        if not text.isascii() and _HAN.search(text):
            opening, anywhere = self.chinese
            return bool(opening.match(text) or anywhere.search(text))
        opening, anywhere = self.english
        return bool(
            opening.match(text) or self.small.search(text.lower()) or anywhere.search(text)
        )


def cues_of(group: Mapping[str, Sequence[str]]) -> Cues:
    """The compiled cues of a group {"zh": […], "en": […]}; English ones ignore case."""
    english = [one for cue in group["en"] for one in _alternatives(cue)]
    small = [one for one in english if _knows_no_capitals(one)]
    others = [one for one in english if one not in small]
    return Cues(
        _compiled([one for cue in group["zh"] for one in _alternatives(cue)], 0),
        _compiled(others, re.IGNORECASE),
        _words(small),
    )


def marked(group: str, text: str) -> bool:
    """Whether `text` matches one of the cues of `group`, for instance "junk" or "gaps".

    Text with Chinese characters is held against the Chinese cues, all other against the English.
    """
    return _group(group).found_in(text)


@cache
def combined(group: str) -> re.Pattern[str]:
    """The cues of `group` in both languages as one pattern that ignores case."""
    cues = _cues()[group]
    return regex("|".join(f"(?:{cue})" for cue in cues["zh"] + cues["en"]), re.IGNORECASE)


def word_list(name: str) -> frozenset[str]:
    """The words of the list called `name`."""
    with (_HERE / "words.toml").open("rb") as stream:
        return frozenset(str(tomllib.load(stream)[name]).split())


@cache
def _group(name: str) -> Cues:
    return cues_of(_cues()[name])


def _knows_no_capitals(cue: str) -> bool:
    """Whether a pattern that may match anywhere is the same for text in small letters."""
    bare = _ESCAPED.sub("", cue)
    return bare == bare.lower() and "(?-" not in cue and not cue.startswith("^")


def _compiled(cues: Sequence[str], flags: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    opening = [f"(?:{one})" for one in cues if one.startswith("^")]
    anywhere = [f"(?:{one})" for one in cues if not one.startswith("^")]
    return (
        re.compile("|".join(opening or [_NEVER]), flags),
        re.compile("|".join(anywhere or [_NEVER]), flags),
    )


def _words(cues: Sequence[str]) -> re.Pattern[str]:
    """One pattern of all `cues` which looks only once at each place whether a word begins."""
    begun = [f"(?:{one.removeprefix(_WORD)})" for one in cues if one.startswith(_WORD)]
    others = [f"(?:{one})" for one in cues if not one.startswith(_WORD)]
    return re.compile("|".join([rf"{_WORD}(?:{'|'.join(begun or [_NEVER])})", *others]))


def _alternatives(cue: str) -> list[str]:
    """The parts of a pattern between those | that stand in no bracket."""
    found, depth = [""], 0
    for part in _PART.findall(cue):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if part == "|" and not depth:
            found.append("")
        else:
            found[-1] += part
    return found


@cache
def _cues() -> dict[str, dict[str, list[str]]]:
    with (_HERE / "cues.toml").open("rb") as stream:
        return tomllib.load(stream)
