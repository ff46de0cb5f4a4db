"""Columns and kinds that a person gave 240 titles of the 2026 streams, by their numbers there.

Each line of placement_labels.txt: record id, columns and kinds, the best first and then those a
reader would accept too, all decided before any output was seen.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

STREAMS = ("zh_it_news", "zh_rss_stream", "ai36kr_stream", "ai_pulse_stream")


class Label(NamedTuple):
    """What a reader expects of one text; the first of each is the best."""

    columns: tuple[str, ...]
    kinds: tuple[str, ...]


@cache
def load_labels() -> dict[str, Label]:
    """The labels by record id."""
    lines = Path(__file__).with_name("placement_labels.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in lines.splitlines() if line)
    return {
        name: Label(tuple(columns.split()), tuple(kinds.split())) for name, columns, kinds in rows
    }
