"""The patterns by which furniture is recognised (tables.toml)."""

import re
import tomllib
from functools import cache
from pathlib import Path

from digest.regexes import regex


def pattern(lang: str, name: str) -> re.Pattern[str]:
    """All rows of the table called `name` as one pattern; English ones ignore case."""
    rows = _tables()[lang][name]
    return regex("|".join(f"(?:{row})" for row in rows), re.IGNORECASE if lang == "en" else 0)


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    with Path(__file__).with_name("tables.toml").open("rb") as stream:
        return tomllib.load(stream)
