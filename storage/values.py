"""Domain values as plain data for the JSON columns, and back.

Reading accepts rows of older versions: what is missing takes the value's default.
"""

import json
import zlib
from dataclasses import asdict
from datetime import time
from typing import Any

from digest.model import (
    Brief,
    Kind,
    NumberFact,
    Placement,
    Point,
    Score,
    ScorePart,
    Tier,
)

Data = dict[str, Any]


def brief_data(brief: Brief) -> Data:
    """A brief as plain data."""
    return asdict(brief)


def read_brief(data: Data) -> Brief:
    """The brief that `brief_data` wrote."""
    why = data.get("why")
    return Brief(
        headline=data["headline"],
        headline_lang=data["headline_lang"],
        points=tuple(_read_point(point) for point in data["points"]),
        numbers=tuple(NumberFact(**number) for number in data.get("numbers", ())),
        why=_read_point(why) if why else None,
        gaps=tuple(_read_point(point) for point in data.get("gaps", ())),
        keywords=tuple(data.get("keywords", ())),
        tier=Tier(data.get("tier", Tier.RULES)),
        version=data.get("version", ""),
    )


def _read_point(data: Data) -> Point:
    return Point(
        data["text"], tuple(data["evidence"]), data["lang"], data.get("translated", False)
    )


def placement_data(placement: Placement) -> Data:
    """Topics and cues; column and kind have columns of their own."""
    return {"topics": placement.topics, "cues": placement.cues}


def read_placement(column: str, kind: str, data: Data) -> Placement:
    """The placement that `placement_data` wrote."""
    cues = {name: tuple(words) for name, words in data.get("cues", {}).items()}
    return Placement(column, Kind(kind), tuple(data.get("topics", ())), cues)


def score_data(score: Score) -> list[list[Any]]:
    """The parts of a score."""
    return [[part.name, part.points, part.ceiling, part.evidence] for part in score.parts]


def read_score(data: list[list[Any]]) -> Score:
    """The score that `score_data` wrote."""
    return Score(tuple(ScorePart(*part) for part in data))


def times_data(times: tuple[time, ...]) -> list[str]:
    """Local times of day as ISO text. Raises ValueError for a time with a zone."""
    if any(moment.tzinfo for moment in times):
        raise ValueError("a digest time is a local one, its zone is kept apart")
    return [moment.isoformat() for moment in times]


def read_times(data: list[str]) -> tuple[time, ...]:
    """The times that `times_data` wrote."""
    return tuple(time.fromisoformat(text) for text in data)


def pack_paragraphs(paragraphs: tuple[tuple[str, ...], ...]) -> bytes:
    """An article's paragraphs of sentences, compressed."""
    # Escaped ASCII carries NUL and half surrogates through, so sentence numbers stay right.
    return zlib.compress(json.dumps(paragraphs, separators=(",", ":")).encode(), 6)


def unpack_paragraphs(packed: bytes) -> tuple[tuple[str, ...], ...]:
    """The paragraphs that `pack_paragraphs` wrote."""
    return tuple(tuple(sentences) for sentences in json.loads(zlib.decompress(packed)))


def pack_text(text: str) -> bytes:
    """Text of any length, compressed."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack_text(packed: bytes | None) -> str:
    """The text that `pack_text` wrote; "" once it was dropped."""
    return zlib.decompress(packed).decode("utf-8", "surrogatepass") if packed else ""
