"""Word patterns and lists by which the rules recognise things (cues.toml, words.toml)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)  # of a pattern
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns of one idea in both languages, those that only begin a text apart.

    A pattern that starts with ^ is tried once, not at every letter, which is most of the time.
    """

    chinese: tuple[re.Pattern[str], re.Pattern[str]]  # at the beginning, anywhere
    english: tuple[re.Pattern[str], re.Pattern[str]]

    def found_in(self, text: str) -> bool:
        """Whether `text` matches one of them; Chinese ones where it has Chinese characters."""
        chinese = not text.isascii() and _HAN.search(text)
        opening, anywhere = self.chinese if chinese else self.english
        return bool(opening.match(text) or anywhere.search(text))


def cues_of(group: Mapping[str, Sequence[str]]) -> Cues:
    """The compiled cues of a group {"zh": […], "en": […]}; English ones ignore case."""
    return Cues(_compiled(group["zh"], 0), _compiled(group["en"], re.IGNORECASE))


def marked(group: str, text: str) -> bool:
    """Whether `text` matches one of the cues of `group`, for instance "junk" or "gaps".

    Text with Chinese characters is held against the Chinese cues, all other against the English.
    """
    return _group(group).found_in(text)


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
def _group(name: str) -> Cues:
    return cues_of(_cues()[name])


def _compiled(cues: Sequence[str], flags: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    opening: list[str] = []
    anywhere: list[str] = []
    for cue in cues:
        for one in _alternatives(cue):
            (opening if one.startswith("^") else anywhere).append(f"(?:{one})")
    never = ["(?!)"]
    return (
        re.compile("|".join(opening or never), flags),
        re.compile("|".join(anywhere or never), flags),
    )


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
