"""The cue patterns of placement.toml, compiled."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parents[1] / "placement.toml"


@cache
def cue_patterns(group: str) -> dict[str, re.Pattern[str]]:
    """The patterns of `group` ("kinds", "columns" …) by name, both languages in one."""
    with _FILE.open("rb") as stream:
        cues: dict[str, dict[str, list[str]]] = tomllib.load(stream)[group]
    return {
        name: re.compile("|".join(f"(?:{cue})" for cue in by["zh"] + by["en"]), re.IGNORECASE)
        for name, by in cues.items()
    }


def distinct(words: Iterable[str], most: int) -> tuple[str, ...]:
    """The first `most` different words, without space around them."""
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))[:most]
