"""Signals made up for the tests of composing and rendering."""

from datetime import UTC, datetime, timedelta
from typing import Any

from digest.model import (
    Brief,
    Kind,
    NumberFact,
    Placement,
    Point,
    Score,
    ScorePart,
    SeenIn,
    Signal,
)

NOW = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai, a Sunday


def a_signal(number: int = 1, /, **changes: Any) -> Signal:
    """A plain signal; `score`, `column`, `topics`, `kind`, `source`, `headline`, `points` and all
    fields of Signal may be given."""
    source = changes.pop("source", number)
    brief = Brief(
        headline=changes.pop("headline", f"新一代推理芯片发布，第 {number} 号"),
        headline_lang="zh",
        points=changes.pop("points", (a_point("芯片功耗比上一代下降 40%，今年四季度量产。"),)),
        numbers=changes.pop("numbers", ()),
        why=changes.pop("why", None),
        gaps=changes.pop("gaps", ()),
        keywords=changes.pop("keywords", ("芯片",)),
    )
    placement = Placement(
        changes.pop("column", "tech"),
        changes.pop("kind", Kind.RELEASE),
        changes.pop("topics", ("chips",)),
    )
    created = changes.pop("created_at", NOW - timedelta(minutes=18))
    values: dict[str, Any] = {
        "id": number,
        "url": f"https://news.example/{number}",
        "title": "A new chip for inference",
        "lang": "zh",
        "brief": brief,
        "placement": placement,
        "score": Score((ScorePart("substance", changes.pop("score", 70), 100),)),
        "reading_minutes": 3,
        "created_at": created,
        "seen_in": (SeenIn(source, f"信源{source}", "https://news.example/feed", created),),
    }
    return Signal(**{**values, **changes})


def a_point(text: str, lang: str = "zh", *, translated: bool = False) -> Point:
    return Point(text, (0,), lang, translated)


def a_number(text: str = "$1.2 billion", zh: str = "12 亿美元", measure: str = "") -> NumberFact:
    return NumberFact(text, 1.2e9, "money", "USD", 0, measure=measure, zh=zh)
